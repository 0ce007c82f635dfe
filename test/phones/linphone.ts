import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Credentials } from '../wire/digest.ts'
import { freePort } from '../wire/ports.ts'
import type { Address } from '../wire/wires.ts'
import { toneFile, wavFile } from './tone.ts'

/** How long something that should come at once may take, ms: it matters only when a test fails. */
const patience = 8000
/** RTP and RTCP are two neighbouring ports, of which each call takes a pair. */
const soundPorts = 20
/** Of the one codec that is on. */
const samplesPerSecond = 8000

/** What is on (1) and off: it has all it knows on that is not named. */
const codecs = [
  ['PCMU', samplesPerSecond, 1],
  ['PCMA', 8000, 0],
  ['GSM', 8000, 0],
  ['G722', 8000, 0],
  ['speex', 8000, 0],
  ['speex', 16_000, 0],
  ['opus', 48_000, 0],
] as const

/**
 * A running linphone without a screen (Debian's linphone-cli), driven by its command line: it plays a tone into its calls
 * and keeps what it hears in a file.
 */
export class Linphone {
  readonly #server: Address
  readonly #folder: string
  readonly #process: ChildProcessWithoutNullStreams
  readonly #ended: Promise<void>
  readonly #waiters: (() => void)[] = []
  #output = ''
  #recordings = 0

  private constructor(server: Address, folder: string, child: ChildProcessWithoutNullStreams) {
    this.#server = server
    this.#folder = folder
    this.#process = child
    const keep = (bytes: Buffer): void => {
      this.#output += bytes.toString('latin1')
      this.#wake()
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.stdin.on('error', () => undefined)
    this.#ended = new Promise((resolve) => {
      child.once('error', () => resolve())
      child.once('exit', () => {
        resolve()
        this.#wake()
      })
    })
  }

  /**
   * Starts it as one device of a server and waits until it has registered; calls are answered at once.
   * @param tone in hertz
   */
  static async start(
    server: Address,
    device: Credentials,
    tone: number,
    transport: 'udp' | 'tcp' = 'udp',
    autoAnswer = true,
  ): Promise<Linphone> {
    const folder = mkdtempSync(join(tmpdir(), 'ringdown-linphone-'))
    const sound = (await freePort()) & ~1
    writeFileSync(join(folder, 'tone.wav'), toneFile(tone, samplesPerSecond, 2))
    const address = `${server.address}:${server.port}`
    // Without its database it does not even open a socket.
    mkdirSync(join(folder, '.local', 'share', 'linphone'), { recursive: true })
    const settings = [
      '[sip]',
      `${transport === 'udp' ? 'sip_port' : 'sip_tcp_port'}=${await freePort()}`,
      `${transport === 'udp' ? 'sip_tcp_port' : 'sip_port'}=0`,
      'sip_tls_port=0',
      `bind_address=${server.address}`,
      'default_proxy=0',
      '[proxy_0]',
      `reg_proxy=<sip:${address};transport=${transport}>`,
      `reg_identity=sip:${device.userName}@${address}`,
      'reg_expires=120',
      'reg_sendregister=1',
      '[auth_info_0]',
      `username=${device.userName}`,
      `passwd=${device.password}`,
      '[net]',
      'mtu=0',
      '[rtp]',
      `audio_rtp_port=${sound}-${sound + soundPorts}`,
      '[sound]',
      'echocancellation=0',
      // Only what every phone here knows: sound is compared, codecs are not.
      ...codecs.flatMap(([mime, rate, enabled], index) => [
        `[audio_codec_${index}]`,
        `mime=${mime}`,
        `rate=${rate}`,
        `channels=${mime === 'opus' ? 2 : 1}`,
        `enabled=${enabled}`,
      ]),
    ]
    writeFileSync(join(folder, 'rc'), `${settings.join('\n')}\n`)
    const child = spawn('linphonec', ['-c', join(folder, 'rc'), ...(autoAnswer ? ['-a'] : [])], {
      cwd: folder,
      env: { ...process.env, HOME: folder, TERM: 'dumb', COLUMNS: '500' },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    const phone = new Linphone(server, folder, child)
    try {
      phone.command('soundcard use files')
      phone.command(`play ${join(folder, 'tone.wav')}`)
      phone.record()
      await phone.#registered()
    } catch (error) {
      await phone.stop()
      throw error
    }
    return phone
  }

  #wake(): void {
    for (const waiter of this.#waiters.splice(0)) waiter()
  }

  /** Gives a command of its prompt; what it prints for it is waited for with `printed`. */
  command(line: string): void {
    this.#process.stdin.write(`${line}\n`)
  }

  /** How much it has printed: what comes later is waited for from there. */
  get now(): number {
    return this.#output.length
  }

  /** Gives a command, and waits until it has printed this because of it. */
  async does(line: string, pattern: RegExp): Promise<void> {
    const from = this.now
    this.command(line)
    await this.printed(pattern, from)
  }

  /** Calls an extension, and waits until somebody has answered. */
  call(extension: string): Promise<void> {
    return this.does(`call ${this.uri(extension)}`, /Call \d+ .* connected/)
  }

  /** By what its commands name the call that came or was made last. */
  get newestCall(): string {
    return [...this.#output.matchAll(/assigned id (\d+)/g)].at(-1)?.[1] ?? 'none'
  }

  /** Address of an extension. */
  uri(extension: string): string {
    return `sip:${extension}@${this.#server.address}:${this.#server.port}`
  }

  /** Waits until it has printed this, counted from a place in its output. */
  async printed(pattern: RegExp, from = 0, milliseconds = patience): Promise<void> {
    const deadline = Date.now() + milliseconds
    while (!pattern.test(this.#output.slice(from))) {
      const left = deadline - Date.now()
      if (left <= 0 || this.#process.exitCode !== null) throw new Error(`linphone has no ${pattern}\n${this.#output}`)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left)
        this.#waiters.push(() => {
          clearTimeout(timer)
          resolve()
        })
      })
    }
  }

  /** It says so only when it is asked. */
  async #registered(): Promise<void> {
    const deadline = Date.now() + patience
    while (!/^registered, /m.test(this.#output)) {
      if (Date.now() > deadline || this.#process.exitCode !== null)
        throw new Error(`linphone did not register\n${this.#output}`)
      this.command('status register')
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  /** From now on what it hears goes into a new file: what `heard` gives. */
  record(): void {
    this.#recordings++
    this.command(`record ${this.#recording}`)
  }

  get #recording(): string {
    return join(this.#folder, `heard-${this.#recordings}.wav`)
  }

  /** What it has heard since `record`, as a WAV file; empty before the first sound. */
  heard(): Buffer {
    // It writes the header when the file is complete.
    return existsSync(this.#recording)
      ? wavFile(samplesPerSecond, readFileSync(this.#recording).subarray(44))
      : Buffer.alloc(0)
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode === null) this.command('quit')
    const hard = setTimeout(() => this.#process.kill('SIGKILL'), 3000)
    await this.#ended
    clearTimeout(hard)
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
