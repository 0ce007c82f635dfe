import type { ChildProcess } from 'node:child_process'
import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Document } from '../../engine/config/document.ts'
import { ControlClient } from '../../engine/control/client.ts'
import type { CallEntry, RegistrationEntry } from '../../engine/control/protocol.ts'
import { recoverJournal } from '../../engine/records/journal-recovery.ts'
import { freePort, loopback } from './ports.ts'
import type { Address } from './wires.ts'

/** The compiled command line beside which this file was compiled. */
export const commandLine = join(import.meta.dirname, '..', '..', 'cli', 'main.js')

export interface ServerOptions {
  /** `null`: a first start that makes the sample company. */
  readonly document: Document | null
  readonly environment?: Readonly<Record<string, string>>
  /** Where the data folder is already there, it is used and kept. */
  readonly dataFolder?: string
  readonly port?: number
  /** How the process is started, for parents of its own: gets program and arguments, gives the process. */
  readonly spawn?: (program: string, given: readonly string[], environment: NodeJS.ProcessEnv) => ChildProcess
}

export interface CommandResult {
  readonly code: number
  readonly output: string
  readonly errors: string
}

/** A real `ringdown serve` on a port of its own. */
export class RingdownServer {
  readonly address: Address
  readonly dataFolder: string
  readonly #environment: NodeJS.ProcessEnv
  readonly #keepsFolder: boolean
  #process: ChildProcess
  #ended: Promise<number | null>
  #log = ''

  private constructor(
    address: Address,
    dataFolder: string,
    environment: NodeJS.ProcessEnv,
    keepsFolder: boolean,
    child: ChildProcess,
  ) {
    this.address = address
    this.dataFolder = dataFolder
    this.#environment = environment
    this.#keepsFolder = keepsFolder
    this.#process = child
    this.#ended = this.#watch(child)
  }

  /** Starts it and waits until it serves calls. */
  static async start(options: ServerOptions): Promise<RingdownServer> {
    const dataFolder = options.dataFolder ?? mkdtempSync(join(tmpdir(), 'ringdown-test-'))
    mkdirSync(dataFolder, { recursive: true })
    if (options.document) writeFileSync(documentPath(dataFolder), JSON.stringify(options.document, null, 2))
    const address = { address: loopback, port: options.port ?? (await freePort()) }
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('RINGDOWN_'))
    const environment: NodeJS.ProcessEnv = {
      ...Object.fromEntries(inherited),
      RINGDOWN_DATA: dataFolder,
      RINGDOWN_BIND: address.address,
      RINGDOWN_SIP_PORT: String(address.port),
      // Most tests need no admin process; those that do give a port.
      RINGDOWN_HTTP_PORT: 'off',
      RINGDOWN_HTTP_BIND: address.address,
      // Likewise sound: without it calls of trunks pass their SDP on as it came.
      RINGDOWN_MEDIA_PROCESSES: '0',
      ...options.environment,
    }
    const document = documentPath(dataFolder)
    const given = [commandLine, 'serve', ...(existsSync(document) ? ['--config', document] : [])]
    const child = (options.spawn ?? spawnPlain)(process.execPath, given, environment)
    const server = new RingdownServer(address, dataFolder, environment, options.dataFolder !== undefined, child)
    try {
      await server.printed(/Engine serves calls/, 30_000)
    } catch (error) {
      await server.remove()
      throw error
    }
    return server
  }

  #watch(child: ChildProcess): Promise<number | null> {
    const keep = (bytes: Buffer): void => {
      this.#log += bytes.toString('utf8')
    }
    child.stdout?.on('data', keep)
    child.stderr?.on('data', keep)
    return new Promise((resolve) => {
      child.once('error', () => resolve(null))
      child.once('exit', (code) => resolve(code))
    })
  }

  /** Everything it has printed. */
  get log(): string {
    return this.#log
  }

  /** Waits until it has printed this. */
  async printed(pattern: RegExp, milliseconds = 8000): Promise<void> {
    const deadline = Date.now() + milliseconds
    while (!pattern.test(this.#log)) {
      if (Date.now() > deadline || this.#process.exitCode !== null) {
        throw new Error(`The log has no ${pattern} (exit code ${this.#process.exitCode})\n${this.#log}`)
      }
      await sleep(10)
    }
  }

  get supervisorPid(): number {
    return this.#process.pid ?? 0
  }

  /** Process id of the engine that serves. */
  async enginePid(): Promise<number> {
    return (await this.#asked((engine) => engine.status())).pid
  }

  /** Asks the engine at its control port. */
  async #asked<Answer>(question: (engine: ControlClient) => Promise<Answer>): Promise<Answer> {
    const engine = await ControlClient.open(this.dataFolder)
    try {
      return await question(engine)
    } finally {
      engine.close()
    }
  }

  /** Process id of the engine that waits beside it, as soon as there is one. */
  async standbyPid(milliseconds = 8000): Promise<number> {
    const serving = await this.enginePid()
    const deadline = Date.now() + milliseconds
    for (;;) {
      const [standby] = enginesOf(this.supervisorPid).filter((pid) => pid !== serving)
      if (standby !== undefined) return standby
      if (Date.now() > deadline) throw new Error(`There is no standby engine\n${this.#log}`)
      await sleep(20)
    }
  }

  /** Process ids of all engines, the one that serves and the one that waits. */
  get enginePids(): readonly number[] {
    return enginesOf(this.supervisorPid)
  }

  /** Process ids of the admin process: one, or none between two. */
  get adminPids(): readonly number[] {
    return childrenOf(this.supervisorPid, isAdmin)
  }

  /** Runs a command of the same installation against this server's data folder. */
  command(...given: string[]): Promise<CommandResult> {
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        [commandLine, ...given],
        { env: this.#environment, encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 },
        (error, output, errors) => resolve({ code: error ? Number(error.code ?? 1) : 0, output, errors }),
      )
    })
  }

  /** What `ringdown calls --json` lists, without the process that prints it: starting one takes a second of a processor. */
  calls(): Promise<CallEntry[]> {
    return this.#asked((engine) => engine.calls())
  }

  /** What `ringdown registrations --json` lists. */
  registrations(): Promise<RegistrationEntry[]> {
    return this.#asked((engine) => engine.registrations())
  }

  /** Writes another document and asks for it by SIGHUP. */
  reload(document: Document | string): void {
    const text = typeof document === 'string' ? document : JSON.stringify(document, null, 2)
    writeFileSync(documentPath(this.dataFolder), text)
    process.kill(this.supervisorPid, 'SIGHUP')
  }

  signal(name: NodeJS.Signals): void {
    process.kill(this.supervisorPid, name)
  }

  /** Waits for the end of the process; its exit code. */
  async ended(milliseconds = 10_000): Promise<number | null> {
    const outcome = await Promise.race([this.#ended, sleep(milliseconds, 'late' as const, { ref: false })])
    if (outcome === 'late') throw new Error(`ringdown serve does not end\n${this.#log}`)
    return outcome
  }

  /** Throws unless no call, dialog or line is left, in what it tells and in its journal; then stops it. */
  async stopEmpty(): Promise<void> {
    const deadline = Date.now() + 8000
    let calls = await this.calls()
    while (calls.length > 0 && Date.now() < deadline) {
      await sleep(50)
      calls = await this.calls()
    }
    const exitCode = calls.length > 0 ? null : await this.stop()
    const left = calls.length > 0 ? [] : this.journalledCalls()
    const log = this.#log
    await this.remove()
    if (calls.length > 0) throw new Error(`Calls are left: ${JSON.stringify(calls)}\n${log}`)
    if (left.length > 0) throw new Error(`The journal still has calls: ${left.join('\n')}\n${log}`)
    if (exitCode !== 0) throw new Error(`ringdown serve ended with ${exitCode}\n${log}`)
  }

  /** Keys of calls in the journal. Only after it has stopped. */
  journalledCalls(): string[] {
    const { entries } = recoverJournal(journalFolder(this.dataFolder)).recovered
    return entries.filter((entry) => entry.kind === 'call').map((entry) => `${entry.key}: ${entry.value}`)
  }

  /** Asks it to end, and waits. */
  stop(): Promise<number | null> {
    this.signal('SIGTERM')
    return this.ended()
  }

  /** Ends whatever is left of it, by kill -9, and removes its folder. */
  async remove(): Promise<void> {
    const engines = enginesOf(this.supervisorPid)
    const admins = this.adminPids
    if (this.#process.exitCode === null && this.#process.signalCode === null) this.#process.kill('SIGKILL')
    await this.#ended
    for (const pid of engines) if (isEngine(pid)) process.kill(pid, 'SIGKILL')
    for (const pid of admins) if (isAdmin(pid)) process.kill(pid, 'SIGKILL')
    if (!this.#keepsFolder) rmSync(this.dataFolder, { recursive: true, force: true, maxRetries: 5 })
  }
}

export function documentPath(dataFolder: string): string {
  return join(dataFolder, 'document.yaml')
}

export function journalFolder(dataFolder: string): string {
  const named = join(dataFolder, 'journal')
  return existsSync(named) ? named : dataFolder
}

function spawnPlain(program: string, given: readonly string[], environment: NodeJS.ProcessEnv): ChildProcess {
  return spawn(program, given, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
}

/** Process ids of the engines a supervisor has started, from /proc. */
function enginesOf(supervisor: number): number[] {
  return childrenOf(supervisor, isEngine)
}

function childrenOf(supervisor: number, isWanted: (pid: number) => boolean): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && parentOf(pid) === supervisor && isWanted(pid))
}

function parentOf(pid: number): number {
  const stat = readOr(`/proc/${pid}/stat`)
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
}

function isEngine(pid: number): boolean {
  return /engine[/\\]main\.js/.test(readOr(`/proc/${pid}/cmdline`))
}

function isAdmin(pid: number): boolean {
  return /admin[/\\]main\.js/.test(readOr(`/proc/${pid}/cmdline`))
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}
