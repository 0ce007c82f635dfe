/** kill -9 in the middle of writes, several processes that write, and a disk that is full: the store stays whole. */
import type { ChildProcess } from 'node:child_process'
import { spawn, spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import t from 'tap'
import { applyDocument } from '../../engine/config/apply-document.ts'
import { openConfigurationWriter } from '../../engine/config/configuration-writer.ts'
import { checkWhole } from './whole-store.ts'

t.setTimeout(240_000)

/** Each starts a process. More of them: `RINGDOWN_TEST_ROUNDS=50 node dist/test/crash/store.test.js`. */
const rounds = Number(process.env['RINGDOWN_TEST_ROUNDS'] ?? 8)
const program = join(import.meta.dirname, 'store-writer.js')

async function companyFolder(test: Test): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'ringdown-store-'))
  test.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const company = {
    account: { name: 'Example' },
    pbxs: [{ id: 'north', name: 'North', domain: 'north.test', country: 'GB' }],
    sites: [{ id: 'office', name: 'Office', pbx: 'north', timeZone: 'Europe/London' }],
  }
  const writer = await openConfigurationWriter(folder)
  const author = { actor: 'test', address: '', source: 'command' } as const
  const result = await applyDocument(writer, JSON.stringify(company), 'company.json', author, { prune: true })
  test.ok(result.ok)
  await writer.close()
  return folder
}

class WritingProcess {
  readonly #child: ChildProcess
  readonly ended: Promise<number | string | null>
  /** The newest revision of which it was told that it is written. */
  newest = 0
  #errors = ''

  constructor(folder: string, name: string, times = 0) {
    this.#child = spawn(process.execPath, [program, folder, name, String(times)], { stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child.stdout?.on('data', (bytes: Buffer) => {
      const numbers = bytes.toString('latin1').trim().split('\n').map(Number)
      this.newest = Math.max(this.newest, ...numbers)
    })
    this.#child.stderr?.on('data', (bytes: Buffer) => {
      this.#errors += bytes.toString('utf8')
    })
    this.ended = new Promise((resolve) => this.#child.once('exit', (code, signal) => resolve(signal ?? code)))
  }

  async begun(): Promise<void> {
    while (this.newest === 0) {
      if (this.#child.exitCode !== null) throw new Error(this.#errors)
      await sleep(2)
    }
  }

  kill(): Promise<number | string | null> {
    this.#child.kill('SIGKILL')
    return this.ended
  }

  get errors(): string {
    return this.#errors
  }
}

t.test(`kill -9 in the middle of writes, ${rounds} times`, async (test) => {
  const folder = await companyFolder(test)
  for (let round = 1; round <= rounds; round++) {
    const writing = new WritingProcess(folder, 'k')
    await writing.begun()
    await sleep(randomInt(60))
    test.equal(await writing.kill(), 'SIGKILL')
    const newest = checkWhole(folder)
    test.ok(newest >= writing.newest, `round ${round}: revision ${newest} is there, ${writing.newest} was confirmed`)
  }
  const writer = await openConfigurationWriter(folder)
  test.equal(writer.revision, checkWhole(folder))
  await writer.close()
})

t.test('two processes write at once, and neither overwrites the other', async (test) => {
  const folder = await companyFolder(test)
  const processes = [new WritingProcess(folder, 'a', 60), new WritingProcess(folder, 'b', 60)]
  for (const process of processes) test.equal(await process.ended, 0, process.errors)
  test.equal(checkWhole(folder), 121)
})

const mount = (folder: string) => `mount -t tmpfs -o size=600k tmpfs ${folder}`
const mayMount = spawnSync('unshare', ['-rm', 'sh', '-c', `${mount('/mnt')}`]).status === 0

t.test('a full disk', { skip: mayMount ? false : 'a small file system cannot be mounted here' }, async (test) => {
  const folder = mkdtempSync(join(tmpdir(), 'ringdown-store-'))
  test.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const fill = join(import.meta.dirname, 'store-on-full-disk.js')
  const command = `${mount(folder)} && exec "$0" "${fill}" "${folder}"`
  const { status, stdout, stderr } = spawnSync('unshare', ['-rm', 'sh', '-c', command, process.execPath], {
    encoding: 'utf8',
  })
  test.equal(status, 0, stderr)
  test.match(JSON.parse(stdout), {
    fault: 'full',
    message: /the disk is full/,
    unchanged: true,
    integrity: 'ok',
    afterRoomWasMade: true,
  })
})
