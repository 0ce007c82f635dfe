import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { applyDocument } from '../../engine/config/apply-document.ts'
import { openConfigurationWriter } from '../../engine/config/configuration-writer.ts'
import { openStore } from '../../engine/config/store/open-store.ts'
import { openRecordsDatabase } from '../../engine/records/records-database.ts'
import { emptyCompany, sampleCompany } from '../first-start.ts'
import type { Settings } from '../settings.ts'
import { readSettings } from '../settings.ts'
import { createBackup } from './create-backup.ts'
import { restoreBackup } from './restore-backup.ts'

const author = { actor: 'test', address: '', source: 'command' } as const

/** A data folder as after a first start. */
async function dataFolder(folder: string, text: string): Promise<Settings> {
  mkdirSync(folder)
  const writer = await openConfigurationWriter(folder)
  const applied = await applyDocument(writer, text, 'document.yaml', author, { prune: true })
  if (!applied.ok) throw new Error('the document was not applied')
  await writer.close()
  writeFileSync(join(folder, 'nonce.key'), 'a key', { mode: 0o600 })
  mkdirSync(join(folder, 'journal'))
  return readSettings({ data: folder }, {}, () => ({ path: '', values: {} })).settings
}

async function contents(folder: string) {
  const store = await openStore(folder, { readOnly: true })
  const loaded = await store.load()
  await store.close()
  return loaded
}

async function refusal(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'nothing was refused',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )
}

t.test('a backup has everything that is not live, for its owner only', async (t) => {
  const folder = t.testdir()
  const settings = await dataFolder(join(folder, 'data'), sampleCompany().text)
  const certificate = join(folder, 'server.pem')
  writeFileSync(certificate, 'a certificate')
  const records = openRecordsDatabase(join(settings.data, 'records.db'), false)
  records.connection.exec('insert into progress values (1, 57, 1000)')
  records.connection.close()
  const target = join(folder, 'backups', 'first')
  const told: string[] = []
  const manifest = await createBackup({ ...settings, 'http-certificate': certificate }, target, (line) =>
    told.push(line),
  )
  t.equal(statSync(target).mode & 0o777, 0o700)
  const names = manifest.files.map(({ name }) => name)
  t.same(names, ['config.db', 'records.db', 'nonce.key', 'outside/3-server.pem'])
  t.equal(told.length, names.length)
  for (const name of ['config.db', 'records.db', 'manifest.json']) t.equal(statSync(join(target, name)).mode & 0o077, 0)
  t.same(await contents(target), await contents(settings.data), 'with secrets')
  t.equal(manifest.revision, 1)
  t.match(await refusal(createBackup(settings, target, () => undefined)), /not empty/)
  t.match(await refusal(createBackup(settings, join(target, 'nonce.key'), () => undefined)), /not empty/)
  t.match(
    await refusal(createBackup({ ...settings, data: join(folder, 'none') }, join(folder, 'x'), () => undefined)),
    /There is no configuration/,
  )
  t.notOk(existsSync(join(folder, 'x')))

  const restored = join(folder, 'restored')
  const result = await restoreBackup(target, restored, false)
  t.same(result.outside, [], 'it stands where it stood')
  t.same(readdirSync(restored).toSorted(), ['config.db', 'nonce.key', 'records.db'])
  t.same(await contents(restored), await contents(settings.data))
  const copy = openRecordsDatabase(join(restored, 'records.db'), true)
  t.same(copy.connection.prepare('select * from progress').all(), [], 'the new journal begins at its beginning')
  copy.connection.close()
  rmSync(certificate)
  t.match((await restoreBackup(target, join(folder, 'elsewhere'), false)).outside, [{ from: certificate }])
})

t.test('data that is there is taken only when told to, and moved aside', async (t) => {
  const folder = t.testdir()
  const settings = await dataFolder(join(folder, 'data'), sampleCompany().text)
  const target = join(folder, 'backup')
  await createBackup(settings, target, () => undefined)
  const other = await dataFolder(join(folder, 'other'), emptyCompany.text)
  t.match(await refusal(restoreBackup(target, other.data, false)), /--replace/)
  const { before } = await restoreBackup(target, other.data, true)
  t.same(await contents(other.data), await contents(settings.data))
  t.equal((await contents(before)).entities.length, 2, 'what was there')
  t.same(readdirSync(before).toSorted().slice(-2), ['journal', 'nonce.key'])

  // This process stands for a server.
  const began = readFileSync(`/proc/${process.pid}/stat`, 'latin1').split(') ')[1]?.split(' ')[19]
  writeFileSync(join(other.data, 'supervisor.pid'), `${process.pid} ${began}\n`)
  t.match(await refusal(restoreBackup(target, other.data, true)), /already serves/)
})

t.test('what is damaged, not whole or newer is refused, and nothing is touched', async (t) => {
  const folder = t.testdir()
  const settings = await dataFolder(join(folder, 'data'), emptyCompany.text)
  const target = join(folder, 'restored')
  const attempt = async (name: string, spoil: (backup: string) => void) => {
    const backup = join(folder, name)
    await createBackup(settings, backup, () => undefined)
    spoil(backup)
    const words = await refusal(restoreBackup(backup, target, false))
    t.notOk(existsSync(target), name)
    return words
  }
  const edit = (change: (manifest: Record<string, unknown>) => object) => (backup: string) => {
    const path = join(backup, 'manifest.json')
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
    writeFileSync(path, JSON.stringify({ ...manifest, ...change(manifest) }))
  }
  t.match(await attempt('one', (backup) => rmSync(join(backup, 'manifest.json'))), /no whole backup/)
  t.match(await attempt('two', (backup) => rmSync(join(backup, 'nonce.key'))), /nonce\.key is missing/)
  t.match(await attempt('three', (backup) => writeFileSync(join(backup, 'config.db'), 'x')), /damaged: config\.db/)
  t.match(await attempt('four', (backup) => writeFileSync(join(backup, 'manifest.json'), '{')), /cannot be read/)
  t.match(
    await attempt(
      'five',
      edit(() => ({ form: 2 })),
    ),
    /newer version/,
  )
  t.match(
    await attempt(
      'six',
      edit(() => ({ tables: 999, ringdown: '9.9.9' })),
    ),
    /newer version \(9\.9\.9\)/,
  )
  t.match(
    await attempt(
      'seven',
      edit(() => ({ files: [{ name: '../../etc/passwd', sha256: '' }] })),
    ),
    /is none/,
  )
  t.match(
    await attempt(
      'eight',
      edit(() => ({ files: [] })),
    ),
    /is none/,
  )
  t.match(await refusal(restoreBackup(join(folder, 'nowhere'), target, false)), /no whole backup/)
})
