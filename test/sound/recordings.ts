/** Recordings that a server has completed, as they lie in its data folder. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RecordingDescription } from '../../media/recording/recording-order.ts'

export interface CompleteRecording {
  readonly description: RecordingDescription
  /** Bytes of G.711, one a sample: the caller's and the callee's. */
  readonly channels: readonly [Buffer, Buffer]
  /** The whole file. */
  readonly file: Buffer
}

/** All that are complete and not yet taken over by the catalogue. */
export function completeRecordings(dataFolder: string): CompleteRecording[] {
  const root = join(dataFolder, 'recordings')
  const folder = join(root, 'new')
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => {
      const description = JSON.parse(readFileSync(join(folder, name), 'utf8')) as RecordingDescription
      const file = readFileSync(join(root, description.file))
      return { description, file, channels: channelsOf(file) }
    })
}

/** The channels of a WAV file of G.711 in stereo. */
function channelsOf(file: Buffer): [Buffer, Buffer] {
  const at = file.indexOf('data')
  const length = file.readUInt32LE(at + 4)
  const sound = file.subarray(at + 8, at + 8 + length)
  const channels: [Buffer, Buffer] = [Buffer.alloc(length / 2), Buffer.alloc(length / 2)]
  for (let sample = 0; sample < length / 2; sample++) {
    channels[0][sample] = sound[sample * 2] ?? 0
    channels[1][sample] = sound[sample * 2 + 1] ?? 0
  }
  return channels
}
