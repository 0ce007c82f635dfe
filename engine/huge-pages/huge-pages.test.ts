import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import t from 'tap'
import { HugePages, loadHugePages } from './huge-pages.ts'

const native = loadHugePages()
const skip = native.kind === 'missing' ? `no huge pages: ${native.why}` : false
const hugePage = 2 * 1024 * 1024

/** Memory that was written to and lies in areas of at least 2 MB, in bytes. */
function together(): number {
  let bytes = 0
  for (const line of readFileSync('/proc/self/maps', 'latin1').split('\n')) {
    const match = /^([0-9a-f]+)-([0-9a-f]+) rw.p \S+ \S+ 0 *$/.exec(line)
    const length = match === null ? 0 : Number.parseInt(match[2] ?? '', 16) - Number.parseInt(match[1] ?? '', 16)
    if (length >= hugePage) bytes += length
  }
  return bytes
}

function inHugePages(): number {
  const found = /^AnonHugePages: +(\d+) kB/m.exec(readFileSync('/proc/self/smaps_rollup', 'latin1'))
  return 1024 * Number(found?.[1])
}

t.test('what the heap grows by lies together, and then in huge pages; nothing in it changes', { skip }, async (t) => {
  const pages = new HugePages()
  const before = together()
  const kept = Array.from({ length: 300_000 }, (_, index) => ({ index, text: `number ${index}`, more: [index] }))
  const grown = together() - before
  t.ok(grown > 20 * hugePage, `${grown} bytes more in large areas`)
  const bytes = await pages.swept()
  if (bytes === 0) return t.comment('this kernel joins pages only some time later (before 6.1)')
  t.ok(bytes >= 10 * hugePage, `${bytes} bytes were made huge pages`)
  t.ok(inHugePages() >= bytes / 2, `${inHugePages()} bytes lie in huge pages`)
  t.equal(
    kept.reduce((sum, { index, text, more }) => sum + index + text.length + (more[0] ?? 0), 0),
    300_000 * 299_999 + kept.reduce((sum, { text }) => sum + text.length, 0),
  )
  // A second sweep finds them as they are.
  t.ok((await pages.swept()) >= bytes / 2)
})

t.test('sweeps do not keep a process alive, and one at a time', { skip }, async (t) => {
  if (native.kind === 'missing') return
  t.throws(() => native.pages.sweep(-1), /microseconds/)
  t.throws(() => native.pages.sweep(1_000_001), /microseconds/)
  t.equal(native.pages.sweep(100_000), true)
  t.equal(native.pages.sweep(100_000), false)
  t.equal(native.pages.state().sweeping, true)
  new HugePages().sweepSoon()
})

t.test('a process with little address space does without', { skip }, async (t) => {
  const program = `
    const { HugePages } = await import(${JSON.stringify(new URL('huge-pages.js', import.meta.url).href)})
    const pages = new HugePages()
    pages.sweepSoon()
    process.stdout.write(String(await pages.swept()))`
  const limited = `ulimit -v 30000000 && exec ${process.execPath} --input-type=module -e "$1"`
  const { stdout, status } = spawnSync('sh', ['-c', limited, 'sh', program], { encoding: 'utf8' })
  t.equal(status, 0)
  t.equal(stdout, '0')
})

t.test('where the native code is missing nothing happens', async (t) => {
  const pages = new HugePages({ kind: 'missing', why: 'it was not built' })
  pages.sweepSoon()
  t.equal(await pages.swept(), 0)
})
