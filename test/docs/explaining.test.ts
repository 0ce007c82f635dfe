/**
 * What docs/explaining.md shows is what the commands print, in the sample company. `UPDATE_PAGES=1` writes what they print
 * into the page.
 */
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { applyDocument } from '../../engine/config/apply-document.ts'
import { compile } from '../../engine/config/compile/compile-document.ts'
import { openConfigurationWriter } from '../../engine/config/configuration-writer.ts'
import { readDocument } from '../../engine/config/read-document.ts'
import { sampleDocument } from '../../engine/config/sample.ts'
import { openJournal } from '../../engine/records/journal-file.ts'
import { freePort, loopback } from '../wire/ports.ts'
import { RingdownServer } from '../wire/server.ts'
import { recordSampleCalls } from './sample-calls.ts'

t.setTimeout(120_000)

const page = pagePath()
const commandLine = fileURLToPath(new URL('../../cli/main.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'ringdown-page-'))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))

/** Of the checkout, wherever the compiled tests stand. */
function pagePath(): URL {
  for (let at = new URL('.', import.meta.url); ; at = new URL('..', at)) {
    const file = new URL('docs/explaining.md', at)
    if (existsSync(file)) return file
    if (at.pathname === '/') throw new Error('there is no docs/explaining.md')
  }
}

function run(given: readonly string[], environment: NodeJS.ProcessEnv): Promise<string> {
  const env = { ...process.env, RINGDOWN_DATA: folder, ...environment }
  return new Promise((resolve) => {
    execFile(process.execPath, [commandLine, ...given], { cwd: folder, env }, (_error, output, errors) =>
      resolve(`${output}${errors}`),
    )
  })
}

t.test('docs/explaining.md shows what the commands print', async (t) => {
  const text = readFileSync(page, 'utf8')
  const shown = [...text.matchAll(/```text\n\$ ringdown (.*)\n([^`]*)```/g)]
  t.ok(shown.length >= 5, 'there are examples')
  const block = (language: string) => new RegExp(`\`\`\`${language}\n([^\`]*)\`\`\``).exec(text)?.[1] ?? ''
  const sample = sampleDocument({ token: (length) => 'k'.repeat(length) }).text
  writeFileSync(join(folder, 'calls.csv'), block('csv'))
  // The rules of the page, for Ben.
  const rules = block('yaml').replaceAll(/^/gm, '    ').trimEnd()
  writeFileSync(join(folder, 'company.yaml'), sample.replace('    ringSeconds: 10\n', `$&${rules}\n`))
  const configuration = await openConfigurationWriter(folder)
  const author = { actor: 'sample', address: '', source: 'start' as const }
  const applied = await applyDocument(configuration, sample, 'sample.yaml', author, { prune: true })
  t.ok(applied.ok)
  await configuration.close()
  const reading = readDocument(sample, 'sample.yaml')
  if (!reading.ok) throw new Error('The sample has mistakes')
  const journal = openJournal(join(folder, 'journal'), {
    log: { info() {}, warn() {}, error() {} },
    records: { path: join(folder, 'records.db'), days: 0 },
  })
  recordSampleCalls(compile(reading.document, 1), journal.events)
  await journal.close()

  const needsServer = (command: string) => command.startsWith('whatif') || command.startsWith('lint')
  const printed = new Map<string, string>()
  // Without a server what depends on the moment is assumed, and not asked of phones that nobody has registered.
  for (const [, command = ''] of shown) {
    if (!needsServer(command)) printed.set(command, await run(command.split(' '), { TZ: 'UTC' }))
  }
  // The calls of the page get older than records are kept.
  const kept = { RINGDOWN_RECORD_DAYS: '0' }
  const environment = { ...kept, RINGDOWN_HTTP_BIND: loopback, RINGDOWN_HTTP_PORT: String(await freePort()) }
  const server = await RingdownServer.start({ document: null, dataFolder: folder, environment })
  t.teardown(() => server.remove())
  await server.printed(/Admin process serves/, 15_000)
  for (const [, command = ''] of shown) {
    if (needsServer(command)) printed.set(command, await run(command.split(' '), environment))
  }
  if (process.env['UPDATE_PAGES'] === '1') {
    const updated = text.replaceAll(
      /(```text\n\$ ringdown (.*)\n)[^`]*```/g,
      (_all, head: string, command: string) => `${head}${printed.get(command)}\`\`\``,
    )
    writeFileSync(page, updated)
  } else for (const [, command = '', output] of shown) t.equal(printed.get(command), output, command)
})
