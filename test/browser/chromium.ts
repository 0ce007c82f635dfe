import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { createHash, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'

const flags = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-dev-shm-usage'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-default-browser-check'],
  // A microphone that beeps, and nobody who has to allow it; sound between two pages by loopback.
  ...['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', '--allow-loopback-in-peer-connection'],
  '--autoplay-policy=no-user-gesture-required',
  '--disable-features=WebRtcHideLocalIpsWithMdns',
  '--remote-debugging-port=0',
]
const startMilliseconds = 30_000

interface Reply {
  readonly id?: number
  readonly result?: Readonly<Record<string, unknown>>
  readonly error?: { readonly message: string }
}

/** Chromium without a screen, driven by its own debugging protocol (https://chromedevtools.github.io/devtools-protocol). */
export class Chromium {
  readonly #process: ChildProcess
  readonly #folder: string
  readonly #socket: WebSocket
  readonly #waiting = new Map<number, (reply: Reply) => void>()
  #id = 0

  private constructor(child: ChildProcess, folder: string, socket: WebSocket) {
    this.#process = child
    this.#folder = folder
    this.#socket = socket
    socket.on('message', (data: Buffer) => {
      const reply = JSON.parse(data.toString('utf8')) as Reply
      if (reply.id === undefined) return
      this.#waiting.get(reply.id)?.(reply)
      this.#waiting.delete(reply.id)
    })
  }

  /** @param certificate PEM that this browser trusts though nobody signed it */
  static async start(program: string, certificate: string): Promise<Chromium> {
    const folder = mkdtempSync(join(tmpdir(), 'ringdown-chromium-'))
    const trusted = `--ignore-certificate-errors-spki-list=${keyHash(certificate)}`
    // A group of its own: it starts many processes.
    const child = spawn(program, [...flags, trusted, `--user-data-dir=${folder}`, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    })
    let log = ''
    const url = await new Promise<string>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`Chromium does not start\n${log}`)), startMilliseconds)
      child.stderr?.on('data', (bytes: Buffer) => {
        log += bytes.toString('utf8')
        const found = /DevTools listening on (ws:\S+)/.exec(log)?.[1]
        if (found === undefined) return
        clearTimeout(late)
        resolve(found)
      })
      child.once('exit', () => reject(new Error(`Chromium has ended\n${log}`)))
    }).catch((error: unknown) => {
      endGroup(child)
      throw error
    })
    const socket = new WebSocket(url)
    await once(socket, 'open')
    return new Chromium(child, folder, socket)
  }

  /** Opens a page of its own. */
  async open(url: string): Promise<BrowserPage> {
    const { targetId } = await this.command('Target.createTarget', { url })
    const { sessionId } = await this.command('Target.attachToTarget', { targetId, flatten: true })
    const page = new BrowserPage(this, String(sessionId))
    while (!(await page.evaluate(`location.href === ${JSON.stringify(url)} && document.readyState === 'complete'`))) {
      await sleep(20)
    }
    return page
  }

  /** One command of the protocol. Rejects with Chromium's own words. */
  async command(method: string, params: Readonly<Record<string, unknown>>, sessionId?: string) {
    this.#id += 1
    const id = this.#id
    const reply = await new Promise<Reply>((resolve) => {
      this.#waiting.set(id, resolve)
      this.#socket.send(JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) }))
    })
    if (reply.error) throw new Error(`${method}: ${reply.error.message}`)
    return reply.result ?? {}
  }

  async close(): Promise<void> {
    const ended = once(this.#process, 'exit')
    this.#socket.terminate()
    endGroup(this.#process)
    await ended
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 10 })
  }
}

/** One page with the browser phone. */
export class BrowserPage {
  readonly #browser: Chromium
  readonly #session: string

  constructor(browser: Chromium, session: string) {
    this.#browser = browser
    this.#session = session
  }

  /** Calls a function of `page/phone.js`; gives what it resolves with. Throws what it throws, and after a while. */
  async phone(name: string, ...given: readonly unknown[]): Promise<unknown> {
    const late = `new Promise((_, reject) => setTimeout(() => reject(new Error('${name} takes too long')), 15000))`
    const call = `import('/page/phone.js').then((phone) => phone.${name}(...${JSON.stringify(given)}))`
    return this.evaluate(`Promise.race([${call}, ${late}])`)
  }

  /** Gives the value of an expression, or what its promise resolves with. */
  async evaluate(expression: string): Promise<unknown> {
    const parameters = { expression, awaitPromise: true, returnByValue: true }
    const { result, exceptionDetails } = await this.#browser.command('Runtime.evaluate', parameters, this.#session)
    if (exceptionDetails !== undefined) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`)
    return (result as { readonly value?: unknown }).value
  }
}

function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // Gone already, which is what was wanted.
  }
}

/** How Chromium names a key: SHA-256 of its SubjectPublicKeyInfo. */
function keyHash(certificate: string): string {
  const key = new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' })
  return createHash('sha256').update(key).digest('base64')
}
