import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import t from 'tap'
import { applyDocument } from '../engine/config/apply-document.ts'
import { openConfigurationWriter } from '../engine/config/configuration-writer.ts'
import { smallCompany } from './application-under-test.ts'
import { serveAdmin } from './serve-admin.ts'

/** The checkout, wherever the compiled tests stand. */
function checkout(): string {
  for (let folder = new URL('.', import.meta.url); ; folder = new URL('..', folder)) {
    if (existsSync(new URL('docs/plugins.md', folder))) return fileURLToPath(folder)
    if (folder.pathname === '/') throw new Error('there is no docs/plugins.md')
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

t.test('the example of docs/plugins.md works as the page says', async (t) => {
  const root = checkout()
  const page = readFileSync(join(root, 'docs/plugins.md'), 'utf8')
  const named = /--plugins "\$PWD\/([^"]+)"/.exec(page)?.[1] ?? ''
  const address = /http:\/\/localhost:8080(\/\S+)/.exec(page)?.[1] ?? ''
  const entry = /<entry>.*<\/entry>/.exec(page)?.[0] ?? 'the page shows an entry'
  t.equal(named, 'docs/examples/plugin-phone-book/plugin.mjs')

  const dataFolder = mkdtempSync(join(tmpdir(), 'ringdown-plugins-'))
  t.teardown(() => rmSync(dataFolder, { recursive: true, force: true }))
  const writer = await openConfigurationWriter(dataFolder)
  await applyDocument(
    writer,
    smallCompany,
    'company.yaml',
    { actor: 'test', address: '', source: 'start' },
    { prune: true },
  )
  await writer.close()
  const broken = join(dataFolder, 'broken.mjs')
  writeFileSync(broken, 'export const plugin = {name: "Not Kebab"}')

  const logged: Record<string, unknown>[] = []
  const log = pino({ level: 'info' }, { write: (line: string) => void logged.push(JSON.parse(line)) })
  process.env['RINGDOWN_ADMIN_PASSWORD'] = 'Correct-horse-9'
  const port = await freePort()
  const plugins = [broken, join(dataFolder, 'missing.mjs'), join(root, named), 'no-such-package-anywhere']
  const served = await serveAdmin(
    { dataFolder, addresses: ['127.0.0.1'], port, tls: null, plugins, logLevel: 'info', logFormat: 'json' },
    log,
  )
  t.teardown(() => served.close())
  const failed = logged.filter(({ level }) => level === 50).map(({ module }) => module)
  t.same(failed, [broken, join(dataFolder, 'missing.mjs'), 'no-such-package-anywhere'])

  const token = readFileSync(join(dataFolder, 'admin.token'), 'utf8').trim()
  const ask = (path: string) =>
    fetch(`http://127.0.0.1:${port}${path}`, { headers: { authorization: `Bearer ${token}` } })
  const book = await ask(address)
  t.equal(book.status, 200)
  t.equal(book.headers.get('content-type'), 'application/xml')
  t.match(await book.text(), entry)
  t.equal((await ask(`${address}?x=1`)).status, 400)
  const found = await (await ask(`${address}?q=BEN`)).text()
  t.match(found, 'Ben Baker')
  t.notMatch(found, 'Anna')
  t.equal((await fetch(`http://127.0.0.1:${port}${address}`)).status, 401)
  const description = (await (await ask('/v1/openapi.json')).json()) as { paths: Record<string, unknown> }
  t.ok(description.paths[address])
  const changed = await fetch(`http://127.0.0.1:${port}/v1/users/anna`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: '{"lastName":"<Abbott> & \\"Co\\""}',
  })
  t.equal(changed.status, 202, 'no engine runs')
  t.match(await (await ask(address)).text(), 'Anna &#60;Abbott&#62; &#38; &#34;Co&#34;')
  t.ok(
    logged.some(({ plugin, people }) => plugin === 'phone-book' && people === 1),
    'it was told of the change',
  )
})
