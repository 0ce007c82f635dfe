import { closeSync, constants, openSync } from 'node:fs'
import { join } from 'node:path'
import { socketName } from './protocol.ts'

/** Name of the socket in the data folder where the engine listens for media processes (media/protocol.ts). */
export const mediaSocketName = 'media.sock'

/** sun_path holds 108 bytes on Linux and 104 elsewhere, its end included; longer paths are cut without a word. */
const longestPath = 100

export interface SocketPath {
  readonly path: string
  /** Must be called when the path is no longer used, also for unlinking. */
  release(): void
}

/**
 * Path of a socket in a data folder, the control port's unless another is named, short enough for a Unix socket. Where the
 * folder lies too deep, Linux lets us name it by a descriptor.
 * @throws the system's error where the folder cannot be opened
 */
export function socketPath(folder: string, name: string = socketName): SocketPath {
  const path = join(folder, name)
  if (Buffer.byteLength(path) <= longestPath || process.platform !== 'linux') return { path, release: () => undefined }
  const descriptor = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY)
  return { path: `/proc/self/fd/${descriptor}/${name}`, release: () => closeSync(descriptor) }
}
