/** Where sounds of the account's library lie, in the form of telephones, and the music that is played where none is chosen. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Folder in the data folder. */
export const audioFolderName = 'audio'
/** Comes with Ringdown. */
export const defaultMusic = fileURLToPath(new URL('../../../media/music/default.wav', import.meta.url))

/** The name of the file of a sound, by the id of the audio file: the same id, the same name, and none leads out of the folder. */
export function audioFileName(id: string): string {
  const isPlain = /^(?!x-)[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(id)
  return `${isPlain ? id : `x-${Buffer.from(id, 'utf8').toString('hex').slice(0, 120)}`}.wav`
}

/**
 * The file of a music on hold.
 * @param id of the audio file; '' where nothing is chosen
 * @returns the default music too where the chosen sound was never uploaded
 */
export function musicFile(dataFolder: string, id: string): string {
  if (id === '') return defaultMusic
  const path = join(dataFolder, audioFolderName, audioFileName(id))
  return existsSync(path) ? path : defaultMusic
}
