/** The memory of a running engine, with its garbage collected first: it is asked to by Node's inspector. */

import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import WebSocket from 'ws'

/** Where Node opens the inspector of a process that is sent SIGUSR1. */
const inspectorList = 'http://127.0.0.1:9229/json/list'
const openSeconds = 20

export interface MemorySample {
  /** In RAM, all threads of the process. */
  readonly residentBytes: number
  /** In use in the heap of the main thread. */
  readonly heapBytes: number
}

interface Answer {
  readonly id?: number
  readonly result?: { readonly result?: { readonly value?: unknown } }
}

export class EngineMemory {
  readonly #processId: number
  readonly #socket: WebSocket
  readonly #waiting = new Map<number, (answer: Answer) => void>()
  #next = 1

  private constructor(processId: number, socket: WebSocket) {
    this.#processId = processId
    this.#socket = socket
    socket.on('message', (data) => {
      const answer = JSON.parse(String(data)) as Answer
      if (answer.id === undefined) return
      this.#waiting.get(answer.id)?.(answer)
      this.#waiting.delete(answer.id)
    })
  }

  /** @throws Error where the process opens no inspector */
  static async open(processId: number): Promise<EngineMemory> {
    process.kill(processId, 'SIGUSR1')
    for (let waited = 0; waited < openSeconds * 1000; waited += 100) {
      await pause(100)
      const found = await inspector()
      if (found === null) continue
      const socket = new WebSocket(found)
      await once(socket, 'open')
      const memory = new EngineMemory(processId, socket)
      if ((await memory.#evaluate('process.pid')) === processId) return memory
      socket.close()
    }
    throw new Error(
      `Process ${processId} opened no inspector at ${inspectorList}; does another process have that port?`,
    )
  }

  /** After several full collections: what the first leaves for finalizers, the next can free. */
  async collected(): Promise<MemorySample> {
    for (let time = 0; time < 3; time++) {
      await this.#ask('HeapProfiler.collectGarbage', {})
      // Pages go back to the system in tasks of their own.
      await pause(500)
    }
    return { residentBytes: this.#resident(), heapBytes: await this.#evaluate('process.memoryUsage().heapUsed') }
  }

  close(): void {
    this.#socket.close()
  }

  async #evaluate(expression: string): Promise<number> {
    const answer = await this.#ask('Runtime.evaluate', { expression })
    return Number(answer.result?.result?.value)
  }

  #resident(): number {
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${this.#processId}/status`, 'latin1'))?.[1]
    if (kilobytes === undefined) throw new Error(`The engine, process ${this.#processId}, is gone`)
    return Number(kilobytes) * 1024
  }

  #ask(method: string, params: object): Promise<Answer> {
    const id = this.#next++
    const answered = new Promise<Answer>((resolve) => this.#waiting.set(id, resolve))
    this.#socket.send(JSON.stringify({ id, method, params }))
    return answered
  }
}

/** Address of the inspector that is open, of whatever process; `null` while there is none. */
async function inspector(): Promise<string | null> {
  const response = await fetch(inspectorList).catch(() => null)
  if (response === null) return null
  const targets = (await response.json()) as { readonly webSocketDebuggerUrl?: string }[]
  return targets[0]?.webSocketDebuggerUrl ?? null
}
