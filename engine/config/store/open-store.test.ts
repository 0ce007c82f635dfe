import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import t from 'tap'
import { Sqlite } from '../../sqlite/sqlite.ts'
import type { Author } from './configuration-store.ts'
import { openStore, storeName } from './open-store.ts'
import { StoreError } from './store-error.ts'

const author: Author = { actor: 'tester', address: '', source: 'command' }

function folder(test: Test): string {
  const path = mkdtempSync(join(tmpdir(), 'ringdown-store-'))
  test.teardown(() => rmSync(path, { recursive: true, force: true }))
  return path
}

async function faultOf(opening: Promise<unknown>): Promise<StoreError> {
  try {
    await opening
  } catch (error) {
    if (error instanceof StoreError) return error
    throw error
  }
  throw new Error('it was opened')
}

t.test('makes an empty database that only its owner may read, and finds it again', async (test) => {
  const path = folder(test)
  const store = await openStore(path)
  test.equal(store.revision(), 0)
  test.same(await store.load(), { revision: 0, entities: [] })
  await store.meta.set('colour', 'green')
  for (const ending of ['', '-wal', '-shm']) {
    test.equal(statSync(join(path, storeName + ending)).mode & 0o777, 0o600, `config.db${ending}`)
  }
  await store.close()
  const again = await openStore(path)
  test.equal(await again.meta.get('colour'), 'green')
  await again.meta.set('colour', 'blue')
  test.equal(await again.meta.get('colour'), 'blue')
  await again.meta.set('colour', null)
  test.equal(await again.meta.get('colour'), null)
  await again.close()
  const reading = await openStore(path, { readOnly: true })
  test.equal(reading.revision(), 0)
  await reading.close()
})

t.test('shuts a file that others could read', async (test) => {
  const path = folder(test)
  await (await openStore(path)).close()
  chmodSync(join(path, storeName), 0o644)
  await (await openStore(path)).close()
  test.equal(statSync(join(path, storeName)).mode & 0o777, 0o600)
})

t.test('several that open a new database at once make its tables once', async (test) => {
  const path = folder(test)
  const stores = await Promise.all([openStore(path), openStore(path), openStore(path)])
  for (const store of stores) test.equal(store.revision(), 0)
  for (const store of stores) await store.close()
})

t.test('leaves a database of a newer version as it is', async (test) => {
  const path = folder(test)
  await (await openStore(path)).close()
  const file = join(path, storeName)
  const sqlite = new Sqlite(file)
  sqlite.exec('create table from_the_future (colour text)')
  sqlite.pragma('user_version = 9000')
  sqlite.pragma('journal_mode = DELETE')
  sqlite.close()
  const before = readFileSync(file)
  const error = await faultOf(openStore(path))
  test.equal(error.fault, 'newer')
  test.match(error.message, /newer version of ringdown \(its tables are version 9000/)
  test.ok(readFileSync(file).equals(before), 'not a byte has changed')
})

t.test('says what is wrong with a file that is no database, or that of another program', async (test) => {
  const path = folder(test)
  const file = join(path, storeName)
  writeFileSync(file, 'this was a shopping list '.repeat(1000))
  test.match(await faultOf(openStore(path)), { fault: 'damaged', message: /is no database/ })
  rmSync(file)
  const sqlite = new Sqlite(file)
  sqlite.exec('create table bookmarks (address text)')
  sqlite.pragma('application_id = 1')
  sqlite.close()
  test.match(await faultOf(openStore(path)), { fault: 'damaged', message: /database of another program/ })
})

t.test('does not take tables of somebody else for its own', async (test) => {
  const path = folder(test)
  const sqlite = new Sqlite(join(path, storeName))
  sqlite.exec('create table bookmarks (address text)')
  sqlite.close()
  test.match(await faultOf(openStore(path)), { fault: 'damaged', message: /database of another program/ })
})

t.test('finds damage in the middle of the file when it is met', async (test) => {
  const path = folder(test)
  const store = await openStore(path)
  const changes = Array.from({ length: 2000 }, (_, index) => {
    const id = `site${index}`
    const after = { id, name: `Site number ${index}`, pbx: 'north', timeZone: 'Europe/London' }
    return { kind: 'site', id, before: null, after } as const
  })
  test.ok((await store.commit(0, changes, author, 'sites')).ok)
  await store.close()
  const file = join(path, storeName)
  const bytes = readFileSync(file)
  bytes.fill(0x5a, 8192, bytes.length - 4096)
  writeFileSync(file, bytes)
  const damaged = async () => {
    const again = await openStore(path)
    try {
      await again.load()
    } finally {
      await again.close()
    }
  }
  test.equal((await faultOf(damaged())).fault, 'damaged')
})

t.test('only reads where it is told so', async (test) => {
  const path = folder(test)
  test.match(await faultOf(openStore(path, { readOnly: true })), { fault: 'missing', message: /There is no/ })
  test.notOk(existsSync(join(path, storeName)))
  await (await openStore(path)).close()
  const store = await openStore(path, { readOnly: true })
  await test.rejects(store.meta.set('colour', 'green'), /opened only to read/)
  await store.close()
})

t.test('a folder that is not there', async (test) => {
  const error = await faultOf(openStore(join(folder(test), 'nowhere')))
  test.equal(error.fault, 'unreadable')
})

t.test('copies itself for a backup, readable by its owner only and without old secrets', async (test) => {
  const path = folder(test)
  const store = await openStore(path)
  await store.meta.set('colour', 'green')
  const copies = folder(test)
  const target = join(copies, storeName)
  await store.copyTo(target)
  test.equal(statSync(target).mode & 0o777, 0o600)
  await test.rejects(store.copyTo(target), /is there already/)
  const copy = await openStore(copies)
  test.equal(await copy.meta.get('colour'), 'green')
  await copy.close()
  await store.close()
})

t.test('several processes that open a new database at once', async (test) => {
  const path = folder(test)
  const module = JSON.stringify(new URL('./open-store.js', import.meta.url).href)
  const program = `
    import { openStore } from ${module}
    const store = await openStore(${JSON.stringify(path)})
    await store.meta.set(String(process.pid), 'was here')
    await store.close()`
  const ends = Array.from({ length: 4 }, () => {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let errors = ''
    child.stderr.on('data', (bytes: Buffer) => {
      errors += bytes.toString('utf8')
    })
    return new Promise<string>((resolve) => child.once('exit', (code) => resolve(`${code}${errors}`)))
  })
  test.same(await Promise.all(ends), ['0', '0', '0', '0'])
})
