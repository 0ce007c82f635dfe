import { chmodSync, rmSync } from 'node:fs'
import type { Server } from 'node:net'
import type { SocketPath } from './socket-path.ts'
import { socketPath } from './socket-path.ts'

/** Where a server listens in the data folder: a socket for nobody but its user. */
export class UnixSocket {
  readonly #server: Server
  #path: SocketPath | null = null

  constructor(server: Server) {
    this.#server = server
  }

  /**
   * Opens it. A socket that a process left behind is replaced: the caller sees to it that no other one serves the folder.
   * @param name of the socket; the control port's where it is not given
   * @throws the system's error
   */
  listen(folder: string, name?: string): Promise<void> {
    const place = socketPath(folder, name)
    this.#path = place
    rmSync(place.path, { force: true })
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(place.path, () => {
        this.#server.off('error', reject)
        this.#server.on('error', () => undefined)
        chmodSync(place.path, 0o600)
        resolve()
      })
    })
  }

  /** Settles when the last connection has ended; the socket's file goes with it. */
  close(): Promise<void> {
    return new Promise((resolve) =>
      this.#server.close(() => {
        this.#path?.release()
        this.#path = null
        resolve()
      }),
    )
  }
}
