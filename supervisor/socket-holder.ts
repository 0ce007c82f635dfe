import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { ListenerSetting } from '../engine/control/engine-start.ts'
import { socketTransport } from '../engine/control/engine-start.ts'
import { boundSockets, canonicalAddress } from './socket-descriptors.ts'

export interface HolderTask {
  readonly listeners: readonly ListenerSetting[]
}

export type HolderReport =
  | { readonly ports: readonly number[] }
  | { readonly failed: number; readonly code: string; readonly message: string }

/** Sockets that are bound in this process and that nobody here reads. */
export interface HeldSockets {
  /** The listeners, with the ports they really have. */
  readonly listeners: readonly ListenerSetting[]
  /** Descriptor of each listener in this process; `null` where it cannot be known, and then nothing is held. */
  readonly descriptors: readonly (number | null)[]
  release(): Promise<void>
}

/** A socket could not be bound. */
export class BindError extends Error {
  readonly listener: ListenerSetting
  readonly code: string

  constructor(listener: ListenerSetting, code: string, message: string) {
    super(message)
    this.listener = listener
    this.code = code
  }
}

/**
 * Binds the listeners' sockets for as long as this process lives. What arrives while no engine reads waits in the
 * kernel: nothing is refused.
 * @throws BindError where one cannot be bound; then none is held
 */
export async function holdSockets(listeners: readonly ListenerSetting[]): Promise<HeldSockets> {
  const worker = new Worker(new URL('./socket-holder-thread.js', import.meta.url), {
    workerData: { listeners } satisfies HolderTask,
    stdin: false,
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 },
  })
  const [report] = (await once(worker, 'message')) as [HolderReport]
  const release = async () => {
    await worker.terminate()
  }
  if ('failed' in report) {
    await release()
    const listener = listeners[report.failed]
    if (listener === undefined) throw new Error(report.message)
    throw new BindError(listener, report.code, report.message)
  }
  worker.unref()
  const real = listeners.map((listener, index) => ({ ...listener, port: report.ports[index] ?? listener.port }))
  const descriptors = real.map(descriptorOf)
  if (descriptors.some((descriptor) => descriptor === null)) {
    // Without a descriptor to hand down the engine must bind for itself, and cannot while we do.
    await release()
    return { listeners: real, descriptors: real.map(() => null), release: async () => undefined }
  }
  return { listeners: real, descriptors, release }
}

/** The descriptor of a listener's socket in this process. */
export function descriptorOf(listener: ListenerSetting): number | null {
  const address = canonicalAddress(listener.address)
  const transport = socketTransport(listener)
  const found = boundSockets().find(
    (socket) => socket.transport === transport && socket.port === listener.port && socket.address === address,
  )
  return found?.descriptor ?? null
}
