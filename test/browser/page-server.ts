import { readFile } from 'node:fs/promises'
import type { Server } from 'node:http'
import { createServer } from 'node:http'
import { join, normalize } from 'node:path'
import { loopback } from '../wire/ports.ts'

/** What of the machine's files is shown, by the first part of the path: from the root of the project. */
const folders: Readonly<Record<string, string>> = { 'sip.js': 'node_modules/sip.js/lib', page: 'test/browser/page' }

/** Serves a page with the browser phone. A loopback address is a secure place for browsers, so it may use a microphone. */
export class PageServer {
  readonly #server: Server
  readonly url: string

  private constructor(server: Server, port: number) {
    this.#server = server
    this.url = `http://${loopback}:${port}/`
  }

  static async open(port: number): Promise<PageServer> {
    const server = createServer((request, response) => {
      void fileOf(request.url ?? '/').then((text) => {
        response.writeHead(text === null ? 404 : 200, { 'Content-Type': contentType(request.url ?? '/') })
        response.end(text ?? 'Not found')
      })
    })
    await new Promise<void>((resolve) => server.listen({ host: loopback, port }, resolve))
    return new PageServer(server, port)
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }
}

function contentType(path: string): string {
  return path.endsWith('.js') ? 'text/javascript' : 'text/html'
}

async function fileOf(path: string): Promise<string | null> {
  if (path === '/') return '<!doctype html><title>Phone</title>'
  const [, name = '', ...rest] = normalize(path).split('/')
  const folder = folders[name]
  return folder === undefined ? null : readFile(join(folder, ...rest), 'utf8').catch(() => null)
}
