import type { Logger } from 'pino'
import type { AdminStart } from '../engine/control/admin-start.ts'
import type { EngineReport, EngineStart, HeldListener, ListenerSetting } from '../engine/control/engine-start.ts'
import type { MediaStart } from '../engine/control/media-start.ts'
import { StartError } from './data-folder.ts'
import type { EngineListener, EngineProcess } from './engine-process.ts'
import { startEngineProcess } from './engine-process.ts'
import { startKeptProcess } from './kept-process.ts'
import { ProcessKeeper } from './process-keeper.ts'
import { RestartDelay } from './restart-delay.ts'
import { activatedListeners, activatedSockets } from './socket-activation.ts'
import type { HeldSockets } from './socket-holder.ts'
import { BindError, holdSockets } from './socket-holder.ts'
import { Standby } from './standby.ts'
import { listenForSignals } from './stop-signals.ts'

export interface SupervisorOptions {
  readonly start: Omit<EngineStart, 'listeners'>
  /** `null`: no admin process. */
  readonly admin: AdminStart | null
  /** One for each media process. */
  readonly media: readonly MediaStart[]
  readonly listeners: readonly ListenerSetting[]
  readonly environment: NodeJS.ProcessEnv
  readonly log: Logger
  /** Milliseconds to wait for ports that the engine of a supervisor that died may still hold. */
  readonly bindPatience: number
  /** Brings the configuration up to date when told to by SIGHUP; afterwards the engine looks for what has changed. */
  readonly reload: () => Promise<void>
  /** Called once, when the first engine serves traffic. */
  readonly onReady: (listeners: readonly ListenerSetting[]) => void
}

/** How long an engine may take to give way to the next, in milliseconds. */
const giveWayTime = 1000

/** First descriptor after standard input, output and error. */
const firstDescriptor = 3

/**
 * Holds the sockets, runs the engine and lets another take over whenever it dies, until it is told to stop.
 * Resolves when the engine has ended.
 * @throws StartError where a port cannot be had or the engine says that it cannot start
 */
export async function supervise(options: SupervisorOptions): Promise<void> {
  const sockets = await takeSockets(options)
  const supervisor = new Supervisor(options, sockets)
  try {
    await supervisor.run()
  } finally {
    await supervisor.endOthers()
    await sockets.release()
  }
}

class Supervisor {
  readonly #options: SupervisorOptions
  readonly #log: Logger
  readonly #descriptors: readonly number[]
  readonly #listeners: readonly HeldListener[]
  readonly #delay = new RestartDelay()
  readonly #standby: Standby
  readonly #admin: ProcessKeeper | null
  readonly #media: readonly ProcessKeeper[]
  readonly #engineEnvironment: NodeJS.ProcessEnv
  #engine: EngineProcess | null = null
  #startedAt = 0
  #restart: NodeJS.Timeout | null = null
  #stopping = false
  /** Orders to reload that are not carried out yet. */
  #reloads = 0
  #wasReady = false
  /** The engine there is has reported that it serves. */
  #serves = false
  #upgradeStage: 'none' | 'loading' | 'taking over' = 'none'
  #failure: string | null = null
  #end: (error: StartError | null) => void = () => undefined

  constructor(options: SupervisorOptions, sockets: HeldSockets) {
    this.#options = options
    this.#log = options.log
    this.#descriptors = sockets.descriptors.filter((descriptor) => descriptor !== null)
    this.#listeners = sockets.listeners.map((listener, index) => ({
      ...listener,
      descriptor: sockets.descriptors[index] === null ? null : firstDescriptor + index,
    }))
    // The first administrator's password is nothing to the engine.
    const { RINGDOWN_ADMIN_PASSWORD: _, ...engineEnvironment } = options.environment
    this.#engineEnvironment = engineEnvironment
    const { admin, environment, log } = options
    this.#admin =
      admin === null
        ? null
        : new ProcessKeeper({
            name: 'Admin process',
            start: (listener) => startKeptProcess('admin', { order: 'serve', start: admin }, environment, listener),
            log,
          })
    this.#media = options.media.map(
      (start) =>
        new ProcessKeeper({
          name: `Media process ${start.process}`,
          start: (listener) => startKeptProcess('media', { order: 'serve', start }, this.#engineEnvironment, listener),
          log,
        }),
    )
    this.#standby = new Standby({
      start: (listener) => this.#startProcess(listener),
      log: options.log,
      dataFolder: options.start.dataFolder,
    })
  }

  run(): Promise<void> {
    listenForSignals({
      stop: (hurry) => this.#stop(hurry),
      reload: () => this.#reload(),
      upgrade: () => this.#upgrade(),
    })
    return new Promise((resolve, reject) => {
      this.#end = (error) => (error === null ? resolve() : reject(error))
      this.#startEngine()
      // At once: calls that the engine takes up again after a crash wait for their sound.
      for (const media of this.#media) media.begin()
    })
  }

  /** Signals that come meanwhile are obeyed once, afterwards. */
  #reload(): void {
    this.#reloads++
    if (this.#reloads > 1) return
    const run = async (): Promise<void> => {
      while (this.#reloads > 0) {
        this.#reloads = 1
        await this.#options.reload()
        this.#engine?.order({ order: 'reload' })
        this.#reloads--
      }
    }
    void run()
  }

  /**
   * Puts processes of the program that is on the disk now in place of those that run: a fresh engine waits first, so that
   * one that cannot load its modules changes nothing. This process itself stays as it is.
   */
  #upgrade(): void {
    const engine = this.#engine
    if (this.#upgradeStage !== 'none' || this.#stopping || engine === null || !this.#serves) {
      this.#log.warn({}, 'An upgrade is asked for, and there is no engine that serves: ask again later')
      return
    }
    this.#upgradeStage = 'loading'
    this.#standby.renew().then(
      () => {
        if (this.#upgradeStage !== 'loading' || this.#stopping) return
        this.#upgradeStage = 'taking over'
        this.#log.info({ engine: engine.pid }, 'A new engine has loaded its modules and takes over')
        engine.order({ order: 'giveWay' })
        // One that no longer listens to orders is ended; what it answered is in its journal.
        setTimeout(() => engine.kill(), giveWayTime).unref()
      },
      (error: Error) => {
        if (this.#upgradeStage !== 'loading') return
        this.#upgradeStage = 'none'
        this.#log.error({ how: error.message }, 'The new program cannot start: everything stays as it is')
      },
    )
  }

  /** The admin process and media processes serve for as long as an engine does, and end after it. */
  async endOthers(): Promise<void> {
    await Promise.all([this.#admin?.end(), ...this.#media.map((media) => media.end())])
  }

  #startEngine(): void {
    this.#restart = null
    this.#startedAt = performance.now()
    this.#failure = null
    const listener: EngineListener = {
      reported: (report) => this.#reported(report),
      ended: (how) => this.#engineEnded(how),
    }
    this.#engine = this.#standby.take(listener) ?? this.#startProcess(listener)
    this.#engine.order({ order: 'serve', start: { ...this.#options.start, listeners: this.#listeners } })
  }

  #startProcess(listener: EngineListener): EngineProcess {
    return startEngineProcess(this.#descriptors, this.#engineEnvironment, listener)
  }

  #reported(report: EngineReport): void {
    switch (report.report) {
      case 'ready': {
        const milliseconds = Math.round(performance.now() - this.#startedAt)
        this.#log.info({ engine: this.#engine?.pid, milliseconds }, 'Engine serves calls')
        if (!this.#wasReady) this.#options.onReady(this.#listeners)
        this.#wasReady = true
        this.#serves = true
        if (this.#stopping) return
        if (this.#upgradeStage === 'taking over') this.#upgraded()
        // Not before: it would take a processor from the engine's start.
        this.#admin?.begin()
        this.#standby.prepare()
        return
      }
      case 'waiting':
        return
      case 'failed':
        this.#failure = report.message
        this.#upgradeStage = 'none'
        return
      case 'draining':
        if (report.calls > 0) {
          this.#log.info({ calls: report.calls }, 'Stopping when the last call has ended; ask again to stop at once')
        }
        return
      default:
        report satisfies never
    }
  }

  /** The new engine serves: now the others, which nobody's call waits for. */
  #upgraded(): void {
    this.#upgradeStage = 'none'
    this.#admin?.renew()
    for (const media of this.#media) media.renew()
  }

  #engineEnded(how: string): void {
    this.#engine = null
    this.#serves = false
    if (this.#stopping) {
      this.#end(null)
      return
    }
    // Before anybody was served, a person is waiting for the reason; afterwards calls wait for us to try again.
    if (this.#failure !== null && !this.#wasReady) {
      this.#end(new StartError(this.#failure))
      return
    }
    if (this.#upgradeStage === 'taking over') {
      this.#startEngine()
      return
    }
    // It died while the new one was loading its modules: that one serves now, as it was to.
    if (this.#upgradeStage === 'loading') this.#upgradeStage = 'taking over'
    const lived = Math.round(performance.now() - this.#startedAt)
    const delay = this.#delay.next(lived)
    const cause = this.#failure === null ? {} : { cause: this.#failure }
    this.#log.error({ how, lived, delay, ...cause }, 'Engine ended unexpectedly and is started again')
    if (delay === 0) this.#startEngine()
    else this.#restart = setTimeout(() => this.#startEngine(), delay)
  }

  #stop(hurry: boolean): void {
    this.#stopping = true
    this.#standby.end()
    if (this.#engine === null) {
      if (this.#restart !== null) clearTimeout(this.#restart)
      this.#end(null)
      return
    }
    this.#engine.order(hurry ? { order: 'stop' } : { order: 'drain' })
    if (!hurry) return
    // One that no longer listens to orders is ended; what it answered is in its journal.
    const engine = this.#engine
    setTimeout(() => engine.kill(), 3000).unref()
  }
}

/** Sockets that were opened for us, else our own. */
async function takeSockets(options: SupervisorOptions): Promise<HeldSockets> {
  const activated = activatedSockets(options.environment, process.pid)
  if (activated.length > 0) {
    options.log.info({ sockets: activated.length }, 'Using the sockets that were handed to us')
    return {
      listeners: activatedListeners(activated, options.listeners),
      descriptors: activated.map((socket) => socket.descriptor),
      release: async () => undefined,
    }
  }
  const deadline = performance.now() + options.bindPatience
  for (;;) {
    try {
      return await holdSockets(options.listeners)
    } catch (error) {
      if (!(error instanceof BindError)) throw error
      if (error.code !== 'EADDRINUSE' || performance.now() >= deadline) throw new StartError(bindAdvice(error))
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

const portSettings: Readonly<Record<ListenerSetting['transport'], string>> = {
  UDP: '--sip-port',
  TCP: '--sip-port',
  TLS: '--tls-port',
  WS: '--ws-port',
  WSS: '--wss-port',
}

/** One line for people: which socket, why, and what to do. */
export function bindAdvice(error: BindError): string {
  const { transport, address, port } = error.listener
  const place = `${transport} port ${port} of ${address}`
  const setting = portSettings[transport]
  switch (error.code) {
    case 'EADDRINUSE':
      return `${place} is in use by another program: stop it, or choose another port with ${setting}`
    case 'EACCES':
      return `${place} is not allowed for this user: choose a port of 1024 or above with ${setting}`
    case 'EADDRNOTAVAIL':
      return `${place} cannot be used, because this machine does not have that address: choose another with --bind`
    default:
      return `${place} cannot be used (${error.message}): choose another with --bind or ${setting}`
  }
}
