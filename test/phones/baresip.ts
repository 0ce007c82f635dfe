import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Credentials } from '../wire/digest.ts'
import { freePort, loopback } from '../wire/ports.ts'
import type { Address } from '../wire/wires.ts'

/** An event or response of baresip's control port (module ctrl_tcp). */
interface Report {
  readonly event?: boolean
  readonly response?: boolean
  readonly type?: string
  readonly token?: string
  readonly ok?: boolean
  readonly data?: string
  readonly param?: string
}

/** Debian puts baresip's modules here. */
const modules = '/usr/lib/baresip/modules'

/** Settings of a baresip that says a tone (hertz), and keeps what it hears in its folder. */
export function baresipSound(folder: string, tone: number): string[] {
  return [
    `module_path ${modules}`,
    ...['g711', 'aufile', 'ausine', 'sndfile'].map((name) => `module ${name}.so`),
    'module_tmp account.so',
    'module_app menu.so',
    // ausine knows two channels at 48 kHz only.
    `audio_source ausine,${tone}`,
    'ausrc_srate 48000',
    'ausrc_channels 2',
    `audio_player aufile,${join(folder, 'played.wav')}`,
    'auplay_srate 48000',
    'auplay_channels 1',
    `audio_alert aufile,${join(folder, 'alert.wav')}`,
    `snd_path ${folder}`,
  ]
}

/** What a baresip has heard in its newest call, as a WAV file; empty before the first sound. */
export function heardIn(folder: string): Buffer {
  // Their names have the second at which they were begun.
  const name = readdirSync(folder)
    .filter((file) => file.endsWith('-dec.wav'))
    .sort()
    .at(-1)
  return name === undefined ? Buffer.alloc(0) : readFileSync(join(folder, name))
}

/** A running baresip that plays a tone into its calls and records both directions. */
export class Baresip {
  readonly #folder: string
  readonly #process: ChildProcess
  readonly #ended: Promise<void>
  readonly #reports: Report[] = []
  readonly #waiters: (() => void)[] = []
  #control: net.Socket | null = null
  #output = ''
  #pending = Buffer.alloc(0)

  private constructor(folder: string, child: ChildProcess) {
    this.#folder = folder
    this.#process = child
    const keep = (bytes: Buffer): void => {
      this.#output = (this.#output + bytes.toString('latin1')).slice(-8000)
      this.#wake()
    }
    child.stdout?.on('data', keep)
    child.stderr?.on('data', keep)
    this.#ended = new Promise((resolve) => {
      child.once('error', () => resolve())
      child.once('exit', () => {
        resolve()
        this.#wake()
      })
    })
  }

  /**
   * Starts it as one device of a server. `tone` in hertz.
   * @param authority PEM of who signed the server's certificate: by TLS then, else by UDP
   * @param own address of its own, in its SDP too. Its sound leaves from 127.0.0.1 whatever other loopback address that is
   * @param encryption of its sound, with keys in SDP: willing (`srtp`), or insisting on it
   * @param watches extensions whose presence it subscribes to; then it watches its own mailbox as well
   * @param answers `when told`: by the command `accept`
   */
  static async start(
    server: Address,
    device: Credentials,
    tone: number,
    authority = '',
    own = loopback,
    watches: readonly string[] = [],
    encryption: '' | 'srtp' | 'srtp-mand' = '',
    answers: 'at once' | 'when told' = 'at once',
  ): Promise<Baresip> {
    const folder = mkdtempSync(join(tmpdir(), 'ringdown-baresip-'))
    const control = await freePort()
    const media = await freePort()
    const transport = authority === '' ? 'udp' : 'tls'
    const account = `<sip:${device.userName}@${server.address}:${server.port};transport=${transport}>`
    const answering = `answermode=${answers === 'at once' ? 'auto' : 'manual'}`
    const keys = encryption === '' ? '' : `;mediaenc=${encryption}`
    const parameters = `auth_user=${device.userName};auth_pass=${device.password};regint=60;${answering};audio_codecs=PCMU${keys}`
    writeFileSync(join(folder, 'accounts'), `${account};${parameters}\n`)
    const contacts = watches.map((one) => `"${one}" <sip:${one}@${server.address}:${server.port}>;presence=p2p\n`)
    writeFileSync(join(folder, 'contacts'), contacts.join(''))
    if (authority !== '') writeFileSync(join(folder, 'authority.pem'), authority)
    const settings = [
      // It listens for TLS one port above.
      `sip_listen ${own}:${await freePort()}`,
      `net_interface ${own}`,
      ...(authority === '' ? [] : [`sip_cafile ${join(folder, 'authority.pem')}`]),
      `ctrl_tcp_listen ${loopback}:${control}`,
      `rtp_ports ${media}-${media + 20}`,
      ...baresipSound(folder, tone),
      ...(encryption === '' ? [] : ['module srtp.so']),
      'module ctrl_tcp.so',
      ...(watches.length === 0 ? [] : ['module_app contact.so', 'module_app mwi.so', 'module_app presence.so']),
    ]
    writeFileSync(join(folder, 'config'), `${settings.join('\n')}\n`)
    const child = spawn('baresip', ['-f', folder], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
    const phone = new Baresip(folder, child)
    try {
      phone.#control = await phone.#connect(control)
    } catch (error) {
      await phone.stop()
      throw error
    }
    return phone
  }

  async #connect(port: number): Promise<net.Socket> {
    for (let attempt = 0; attempt < 500 && this.#process.exitCode === null; attempt++) {
      const socket = net.connect({ host: loopback, port })
      const connected = await new Promise<boolean>((resolve) => {
        socket.once('connect', () => resolve(true))
        socket.once('error', () => resolve(false))
      })
      if (connected) {
        socket.on('error', () => undefined)
        socket.on('data', (bytes: Buffer) => this.#read(bytes))
        return socket
      }
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    throw new Error(`baresip did not open its control port\n${this.#output}`)
  }

  /** Netstrings: length, colon, JSON, comma. */
  #read(bytes: Buffer): void {
    this.#pending = Buffer.concat([this.#pending, bytes])
    for (;;) {
      const colon = this.#pending.indexOf(0x3a)
      const length = Number(this.#pending.toString('latin1', 0, Math.max(0, colon)))
      if (colon < 1 || this.#pending.length < colon + length + 2) return
      this.#reports.push(JSON.parse(this.#pending.toString('utf8', colon + 1, colon + 1 + length)) as Report)
      this.#pending = this.#pending.subarray(colon + length + 2)
      this.#wake()
    }
  }

  #wake(): void {
    for (const waiter of this.#waiters.splice(0)) waiter()
  }

  /** Waits until a report has come that fits; earlier ones count. */
  async #reported(fits: (report: Report) => boolean, what: string, milliseconds = 8000): Promise<Report> {
    const deadline = Date.now() + milliseconds
    for (;;) {
      const report = this.#reports.find(fits)
      if (report) return report
      const left = deadline - Date.now()
      if (left <= 0 || this.#process.exitCode !== null) {
        const seen = this.#reports.map((one) => one.type ?? `response ${one.token}`).join(', ')
        throw new Error(`baresip: waited for ${what}, saw ${seen}\n${this.#output}`)
      }
      await this.#woken(left)
    }
  }

  /** Waits until something came from it, at most so long (ms). */
  #woken(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds)
      this.#waiters.push(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  /** Gives a command of baresip's menu; its events are then waited for with `saw`. */
  async command(name: string, parameters = ''): Promise<void> {
    const token = `${name}${this.#reports.length}`
    const text = JSON.stringify({ command: name, params: parameters, token })
    this.#control?.write(`${Buffer.byteLength(text)}:${text},`)
    const response = await this.#reported((report) => report.token === token, `the response to ${name}`)
    if (response.ok === false) throw new Error(`baresip refused ${name} ${parameters}: ${response.data}`)
  }

  /** Waits for an event: CALL_ESTABLISHED, CALL_CLOSED ... */
  async saw(type: string, milliseconds = 8000): Promise<string> {
    const report = await this.#reported((one) => one.event === true && one.type === type, type, milliseconds)
    return report.param ?? ''
  }

  /** Waits until a call of its has ended for this reason. */
  async closed(reason: RegExp): Promise<void> {
    const fits = ({ event, type, param = '' }: Report) => event === true && type === 'CALL_CLOSED' && reason.test(param)
    await this.#reported(fits, `the end of a call by ${reason}`)
  }

  /** Waits until it has registered. It does so by itself at its start, mostly before its control port can be reached. */
  async registered(milliseconds = 8000): Promise<void> {
    const deadline = Date.now() + milliseconds
    while (!/\b200 OK \(.*\) \[\d+ bindings?\]/.test(this.#output)) {
      const left = deadline - Date.now()
      if (left <= 0 || this.#process.exitCode !== null) throw new Error(`baresip did not register\n${this.#output}`)
      await this.#woken(left)
    }
  }

  /** Waits until it has printed this. */
  async printed(pattern: RegExp, milliseconds = 8000): Promise<void> {
    const deadline = Date.now() + milliseconds
    while (!pattern.test(this.#output)) {
      const left = deadline - Date.now()
      if (left <= 0 || this.#process.exitCode !== null) throw new Error(`baresip has no ${pattern}\n${this.#output}`)
      await this.#woken(left)
    }
  }

  /** What it has heard in its newest call, as a WAV file; empty before the first sound. A hold by the other side ends it. */
  heard(): Buffer {
    return heardIn(this.#folder)
  }

  /** Forgets what it has reported: `saw` waits for something new. */
  forget(): void {
    this.#reports.length = 0
  }

  async stop(): Promise<void> {
    this.#control?.destroy()
    if (this.#process.exitCode === null) this.#process.kill('SIGTERM')
    const hard = setTimeout(() => this.#process.kill('SIGKILL'), 3000)
    await this.#ended
    clearTimeout(hard)
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
