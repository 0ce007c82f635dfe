import { once } from 'node:events'
import type { Server } from 'node:net'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { loopback } from '../wire/ports.ts'
import type { RingdownServer } from '../wire/server.ts'

/** How long an admin process may take to start on a busy machine, in milliseconds. */
const patience = 60_000

/** The API of a running server. */
export class AdminUnderTest {
  readonly #origin: string

  constructor(port: number) {
    this.#origin = `http://${loopback}:${port}`
  }

  /** Waits until it answers. */
  async alive(): Promise<void> {
    const deadline = Date.now() + patience
    for (;;) {
      try {
        if ((await this.#get('/healthz')).ok) return
      } catch {
        // Not yet.
      }
      if (Date.now() > deadline) throw new Error(`The admin process does not answer at ${this.#origin}`)
      await sleep(50)
    }
  }

  /** Waits until another process than those answers. */
  async aliveAgain(server: RingdownServer, before: readonly number[]): Promise<void> {
    const deadline = Date.now() + patience
    while (server.adminPids.length === 0 || server.adminPids.some((pid) => before.includes(pid))) {
      if (Date.now() > deadline) throw new Error(`The admin process is not started again\n${server.log}`)
      await sleep(20)
    }
    await this.alive()
  }

  /** Value of one line of /metrics. */
  async metric(line: string): Promise<number> {
    const text = await (await this.#get('/metrics')).text()
    const found = text.split('\n').find((each) => each.startsWith(`${line} `))
    if (found === undefined) throw new Error(`There is no ${line} in\n${text}`)
    return Number(found.slice(line.length + 1))
  }

  /** Takes the port, as another program would. */
  static async occupy(port: number): Promise<Server> {
    const server = createServer().listen(port, loopback)
    await once(server, 'listening')
    return server
  }

  #get(path: string): Promise<Response> {
    return fetch(this.#origin + path, { headers: { connection: 'close' } })
  }
}
