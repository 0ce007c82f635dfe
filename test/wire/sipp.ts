import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort, loopback } from './ports.ts'
import type { Step } from './scenario.ts'
import { scenario } from './scenario.ts'
import type { Address } from './wires.ts'

export interface SippOptions {
  readonly port: number
  /** TLS, which Debian's SIPp has not: TCP to somebody who makes TLS of it; only the messages say TLS. */
  readonly transport?: 'UDP' | 'TCP' | 'TLS'
  /** How many calls it makes or takes before it ends well. */
  readonly calls?: number
  /** Milliseconds after which a message that does not come is a failure. */
  readonly receiveTimeout?: number
  /** False: nothing is sent again by itself, and what comes again has to be in the scenario. */
  readonly repeats?: boolean
  /** Of this machine, where it is not to be that of all tests of this process. */
  readonly address?: string
  /** SIPp's pattern of Call-IDs. */
  readonly callId?: string
  /** Even port that its sound comes from and goes to, `[media_port]` in scenarios; SIPp needs to be root to play a file. */
  readonly mediaPort?: number
  /** Seconds after which a run that goes on is a failure; 40 unless said. */
  readonly timeLimit?: number
  /** Takes a Call-ID that was used before for a new call at once, as registrations bring it. */
  readonly takesAgain?: boolean
  /** Of each call in turn, what stands in its scenario for `[field0]`, `[field1]` and so on. */
  readonly rows?: readonly (readonly string[])[]
  /** What is done with a call that somebody else begins. */
  readonly outOfCall?: readonly Step[]
  /** Opens a connection by TCP anew where it is lost, and keeps its calls; the call that finds out by sending is lost. */
  readonly reconnects?: boolean
}

/** For how many connections it makes room: as many as it likes are more than most machines let it open. */
const mostSockets = 3000
/** Calls that it begins in a second, where it makes many. */
const callsASecond = 25

/** One run of SIPp with a scenario. */
export class Sipp {
  readonly #title: string
  readonly #folder: string
  readonly #process: ChildProcess
  readonly #ended: Promise<number | null>
  #output = ''

  private constructor(title: string, folder: string, child: ChildProcess) {
    this.#title = title
    this.#folder = folder
    this.#process = child
    child.stdout?.on('data', (bytes: Buffer) => {
      this.#output = (this.#output + bytes.toString('latin1')).slice(-4000)
    })
    child.stderr?.on('data', (bytes: Buffer) => {
      this.#output = (this.#output + bytes.toString('latin1')).slice(-4000)
    })
    this.#ended = new Promise((resolve) => {
      child.once('error', () => resolve(null))
      child.once('exit', (code) => resolve(code))
    })
  }

  /** Starts SIPp; resolves when its socket is open. */
  static async start(title: string, server: Address, steps: readonly Step[], options: SippOptions): Promise<Sipp> {
    const folder = mkdtempSync(join(tmpdir(), 'ringdown-sipp-'))
    const file = join(folder, 'scenario.xml')
    const { port, transport = 'UDP', calls = 1, receiveTimeout = 8000, repeats = true, callId } = options
    const { address = loopback } = options
    writeFileSync(file, scenario(title, steps).replaceAll('[transport]', transport))
    const authorizationUri = steps.find((step) => step.authorizationUri)?.authorizationUri
    const given = [
      `${server.address}:${server.port}`,
      ...['-sf', file, '-i', address, '-p', String(port), '-t', transport === 'UDP' ? 'u1' : 't1'],
      ...['-m', String(calls), '-nostdin', '-cp', String(await freePort())],
      ...['-recv_timeout', String(receiveTimeout), '-timeout', String(options.timeLimit ?? 40), '-timeout_error'],
      ...['-trace_msg', '-message_file', join(folder, 'messages'), '-trace_err', '-error_file', join(folder, 'errors')],
      ...(options.mediaPort === undefined ? [] : ['-mi', address, '-mp', String(options.mediaPort)]),
      ...(options.takesAgain ? ['-deadcall_wait', '0'] : []),
      ...(calls > 1 ? ['-l', String(calls), '-r', String(callsASecond)] : []),
      ...(options.rows ? ['-inf', rowsFile(folder, options.rows)] : []),
      ...(options.outOfCall ? ['-oocsf', outOfCallFile(folder, title, options.outOfCall, transport)] : []),
      ...(options.reconnects ? ['-max_reconnect', '1000', '-reconnect_close', 'false', '-reconnect_sleep', '50'] : []),
      ...['-max_socket', String(mostSockets)],
      ...(authorizationUri ? ['-auth_uri', authorizationUri] : []),
      ...(repeats ? [] : ['-nr']),
      ...(callId ? ['-cid_str', callId] : []),
      ...['-trace_logs', '-log_file', join(folder, 'log')],
    ]
    // SIPp without a terminal asks for its size; it writes traces named after the process into its own folder.
    const child = spawn('sipp', given, {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, TERM: 'dumb' },
    })
    const sipp = new Sipp(title, folder, child)
    while (!boundTo(address, port, transport) && child.exitCode === null) await sleep(5)
    if (child.exitCode !== null && child.exitCode !== 0) await sipp.succeeded()
    return sipp
  }

  /** Waits for the end; throws with the messages and SIPp's own complaints unless every call went as written. */
  async succeeded(): Promise<void> {
    const code = await this.#ended
    const report = code === 0 ? '' : this.#report()
    rmSync(this.#folder, { recursive: true, force: true })
    if (code !== 0) throw new Error(`SIPp "${this.#title}" ended with ${code}\n${report}`)
  }

  /** How often its calls have said this by `say`. */
  said(what: string): number {
    const log = join(this.#folder, 'log')
    // Not always by line.
    return existsSync(log) ? readFileSync(log, 'latin1').split(what).length - 1 : 0
  }

  /** Has it not ended yet? */
  get running(): boolean {
    return this.#process.exitCode === null
  }

  /** Ends it where it is no longer of use; gives what it saw. */
  async stop(): Promise<string> {
    if (this.#process.exitCode === null) this.#process.kill('SIGKILL')
    await this.#ended
    const report = this.#report()
    rmSync(this.#folder, { recursive: true, force: true })
    return report
  }

  #report(): string {
    return ['errors', 'messages']
      .map((name) => join(this.#folder, name))
      .filter((path) => existsSync(path))
      .map((path) => readFileSync(path, 'latin1'))
      .concat(this.#output.slice(-600))
      .join('\n')
  }
}

function rowsFile(folder: string, rows: readonly (readonly string[])[]): string {
  const file = join(folder, 'rows.csv')
  writeFileSync(file, `SEQUENTIAL\n${rows.map((row) => `${row.join(';')};\n`).join('')}`)
  return file
}

function outOfCallFile(folder: string, title: string, steps: readonly Step[], transport: string): string {
  const file = join(folder, 'out-of-call.xml')
  writeFileSync(file, scenario(`${title}: called`, steps).replaceAll('[transport]', transport))
  return file
}

/** Runs one scenario to its end. */
export async function runSipp(
  title: string,
  server: Address,
  steps: readonly Step[],
  options: SippOptions,
): Promise<void> {
  const sipp = await Sipp.start(title, server, steps, options)
  await sipp.succeeded()
}

/** Is a socket bound to this address (or to all)? Read from the kernel's own list. */
function boundTo(address: string, port: number, transport: 'UDP' | 'TCP' | 'TLS'): boolean {
  const hexadecimalPort = port.toString(16).toUpperCase().padStart(4, '0')
  const reversed = address
    .split('.')
    .reverse()
    .map((byte) => Number(byte).toString(16).toUpperCase().padStart(2, '0'))
    .join('')
  const table = readFileSync(transport === 'UDP' ? '/proc/net/udp' : '/proc/net/tcp', 'latin1')
  // Of the first TCP socket SIPp opens as a caller only the far end is known beforehand: any state will do.
  return table.includes(` ${reversed}:${hexadecimalPort} `) || table.includes(` 00000000:${hexadecimalPort} `)
}
