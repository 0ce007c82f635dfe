/** The files of the audio library and of prompts that were replaced. */
import { mkdirSync } from 'node:fs'
import { copyFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { audioFileName, audioFolderName } from '../../media/announcements/audio-library.ts'
import { dataPromptsName } from '../../media/announcements/prompt-set.ts'
import { readSound } from '../../media/recording/read-sound.ts'
import { writeWhole } from '../../media/recording/seal-file.ts'

export class AudioLibrary {
  readonly #dataFolder: string

  constructor(dataFolder: string) {
    this.#dataFolder = dataFolder
  }

  pathOf(id: string): string {
    return join(this.#dataFolder, audioFolderName, audioFileName(id))
  }

  /** Whoever plays the one before plays it to its end. */
  async put(id: string, wav: Uint8Array): Promise<void> {
    const path = this.pathOf(id)
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    await writeWhole(path, once(wav), null)
  }

  /** @returns its length in bytes; `null`: nothing was uploaded */
  async lengthOf(id: string): Promise<number | null> {
    return stat(this.pathOf(id)).then(
      ({ size }) => size,
      () => null,
    )
  }

  /** @param to the byte after the last */
  read(id: string, from: number, to: number): AsyncGenerator<Buffer> {
    const file = join(audioFolderName, audioFileName(id))
    return readSound({ root: this.#dataFolder, file, law: null, key: null, keys: [] }, from, to)
  }

  async remove(id: string): Promise<void> {
    await rm(this.pathOf(id), { force: true })
  }

  /** Where the account's own recording of a prompt lies. */
  promptPath(language: string, name: string): string {
    return join(this.#dataFolder, dataPromptsName, language, `${name}.wav`)
  }

  /** A copy, so that the prompt stays when the sound of the library goes. */
  async putPrompt(language: string, name: string, id: string): Promise<void> {
    const path = this.promptPath(language, name)
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    await copyFile(this.pathOf(id), `${path}.part`)
    await rename(`${path}.part`, path)
  }

  async removePrompt(language: string, name: string): Promise<void> {
    await rm(this.promptPath(language, name), { force: true })
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
