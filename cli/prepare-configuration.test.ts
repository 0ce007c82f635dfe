import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import t from 'tap'
import { openConfigurationWriter } from '../engine/config/configuration-writer.ts'
import { emptyCompany, sampleCompany } from './first-start.ts'
import type { ConfigurationReport, ConfigurationTask } from './prepare-configuration.ts'
import { prepareConfiguration } from './prepare-configuration.ts'
import { withStore } from './stored-configuration.ts'

const author = { actor: 'test', address: '', source: 'api' } as const

const company = {
  account: { name: 'Example' },
  listeners: [{ bind: '127.0.0.1', port: 5070 }],
  pbxs: [{ id: 'north', name: 'North', domain: 'north.test', country: 'GB' }],
  sites: [{ id: 'office', name: 'Office', pbx: 'north', timeZone: 'Europe/London' }],
}

interface Place {
  readonly dataFolder: string
  /** Path of a document, whether or not it is there. */
  readonly document: string
  prepare(task?: Partial<ConfigurationTask>): Promise<ConfigurationReport>
  write(document: unknown): void
}

function place(test: Test): Place {
  const dataFolder = mkdtempSync(join(tmpdir(), 'ringdown-prepare-'))
  test.teardown(() => rmSync(dataFolder, { recursive: true, force: true }))
  const document = join(dataFolder, 'document.yaml')
  return {
    dataFolder,
    document,
    prepare: (task = {}) =>
      prepareConfiguration({ dataFolder, document: '', initial: emptyCompany.text, outsideAddress: '', ...task }),
    write: (content) => writeFileSync(document, typeof content === 'string' ? content : JSON.stringify(content)),
  }
}

async function changeName(dataFolder: string, name: string): Promise<void> {
  const writer = await openConfigurationWriter(dataFolder)
  const site = { ...company.sites[0], name }
  const result = await writer.write([{ kind: 'site', id: 'office', body: site }], author)
  if (!result.ok) throw new Error(JSON.stringify(result))
  await writer.close()
}

t.test('a first start begins with the sample, later ones with what is stored', async (test) => {
  const { prepare, dataFolder } = place(test)
  const { text } = sampleCompany()
  const first = await prepare({ initial: text })
  test.match(first, { ok: true, revision: 1, begun: 'initial', changed: true, sampleTrunk: true, problems: [] })
  const second = await prepare({ initial: sampleCompany().text })
  test.match(second, { ok: true, revision: 1, begun: 'not', changed: false, sampleTrunk: true })
  const [revision] = await withStore(dataFolder, (store) => store.revisions.list())
  test.match(revision, { source: 'start', actor: 'ringdown serve', summary: 'first start' })
})

t.test('the empty company is sound', async (test) => {
  test.match(await place(test).prepare(), { ok: true, revision: 1, sampleTrunk: false, warnings: [] })
})

t.test('a document is applied when it has changed, and what others changed stays until then', async (test) => {
  const { prepare, write, document, dataFolder } = place(test)
  write(company)
  const listeners = [{ bind: '127.0.0.1', port: 5070 }]
  test.match(await prepare({ document }), { ok: true, revision: 1, begun: 'not', changed: true, listeners })
  await changeName(dataFolder, 'Changed by the API')
  test.match(await prepare({ document }), { ok: true, revision: 2, changed: false })
  write({ ...company, account: { name: 'Another' } })
  test.match(await prepare({ document }), { ok: true, revision: 3, changed: true })
  const site = await withStore(dataFolder, (store) => store.entities.get('site', 'office'))
  test.equal(site?.body['name'], 'Office')
  const [revision] = await withStore(dataFolder, (store) => store.revisions.list())
  test.match(revision, { source: 'document', summary: `document ${document}` })
})

t.test('a document with mistakes stops only a start that has nothing else to serve', async (test) => {
  const { prepare, write, document } = place(test)
  const wrong = { ...company, sites: [{ ...company.sites[0], pbx: 'south' }] }
  write(wrong)
  test.match(await prepare({ document }), { ok: false, isStore: false, problems: [/sites\[0\]\.pbx.*south/] })
  write(company)
  test.match(await prepare({ document }), { ok: true, revision: 1 })
  for (const mistake of [wrong, 'account: [', '']) {
    write(mistake)
    const report = await prepare({ document })
    test.match(report, { ok: true, revision: 1, changed: false })
    test.ok(report.problems.length > 0, 'it says why')
  }
  rmSync(document)
  test.match(await prepare({ document }), { ok: true, revision: 1, problems: [/There is no document/] })
  write(company)
  test.match(await prepare({ document }), { ok: true, revision: 1, changed: false, problems: [] })
})

t.test('a document that is not there and nothing stored: nothing to serve', async (test) => {
  const { prepare, document } = place(test)
  test.match(await prepare({ document }), { ok: false, problems: [/There is no document .*leave --config out/] })
})

t.test('the document of a former version is taken over once', async (test) => {
  const { prepare, dataFolder } = place(test)
  const former = join(dataFolder, 'company.yaml')
  writeFileSync(former, JSON.stringify(company))
  test.match(await prepare(), { ok: true, revision: 1, begun: 'former', changed: true })
  writeFileSync(former, JSON.stringify({ ...company, account: { name: 'Changed' } }))
  test.match(await prepare(), { ok: true, revision: 1, begun: 'not', changed: false })
})

t.test('the sample company is not brought before other machines', async (test) => {
  const { prepare, write, document } = place(test)
  write(company)
  test.match(await prepare({ document }), { ok: true, revision: 1 })
  write(sampleCompany().text)
  const refused = await prepare({ document, outsideAddress: '192.0.2.1' })
  test.match(refused, { ok: true, revision: 1, problems: [/must not be reached at 192\.0\.2\.1/], sampleTrunk: false })
  test.match(await prepare({ document }), { ok: true, revision: 2, sampleTrunk: true })
})

t.test('a store that cannot be used is told with its cure', async (test) => {
  const { prepare, dataFolder } = place(test)
  await prepare()
  // The version of the tables, in the header of the file (https://www.sqlite.org/fileformat.html §1.3).
  const file = join(dataFolder, 'config.db')
  const bytes = readFileSync(file)
  bytes.writeUInt32BE(9000, 60)
  writeFileSync(file, bytes)
  test.match(await prepare(), { ok: false, isStore: true, problems: [/newer version of ringdown.*start that version/] })
})
