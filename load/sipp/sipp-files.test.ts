import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { DelayReader } from './delays.ts'
import { readUnexpectedAnswers } from './unexpected-answers.ts'

function newFile(t: { teardown(remove: () => void): void }): string {
  const folder = mkdtempSync(join(tmpdir(), 'ringdown-test-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'file')
}

t.test('delays are read while the file grows, half lines when they are whole', async (t) => {
  const file = newFile(t)
  const reader = new DelayReader(file)
  t.same(reader.more(), [])
  writeFileSync(file, 'Date_ms;response_time_ms;rtd_no\n108.001;4;delay\n204.0')
  t.same(reader.more(), [{ at: 108.001, milliseconds: 4 }])
  appendFileSync(file, '01;12.5;delay\n')
  t.same(reader.more(), [{ at: 204.001, milliseconds: 12.5 }])
  t.same(reader.more(), [])
})

t.test('messages that ended calls are counted by their first line', async (t) => {
  const file = newFile(t)
  t.equal((await readUnexpectedAnswers(file)).size, 0, 'no file, no failures')
  const aborted = (received: string) =>
    `2026-01-02\t03:04:05\t1: Aborting call on unexpected message for Call-Id '1-2@127.0.0.1': while expecting '100' (index 1), received '${received}\r\nVia: x\r\n\r\n'`
  writeFileSync(
    file,
    `The following events occurred:\n${[
      aborted('SIP/2.0 480 No Answer'),
      aborted('SIP/2.0 480 No Answer'),
      aborted('SIP/2.0 503'),
      aborted('INFO sip:a@b SIP/2.0'),
      'x: Aborting call on an unexpected BYE for call: 1-2@127.0.0.1\n',
      "1: Dead call 1-2@127.0.0.1 (aborted at index 5), received 'SIP/2.0 481 Gone\r\n'",
    ].join('')}`,
  )
  t.same(
    [...(await readUnexpectedAnswers(file))],
    [
      ['480 No Answer', 2],
      ['503', 1],
      ['INFO received', 1],
      ['BYE received', 1],
    ],
  )
})

t.test('a server that invents phrases fills no memory', async (t) => {
  const file = newFile(t)
  const lines = Array.from({ length: 300 }, (_, index) => {
    return `Aborting call on unexpected message for Call-Id 'x': while expecting '1', received 'SIP/2.0 500 Phrase ${index}`
  })
  writeFileSync(file, lines.join('\n'))
  const counts = await readUnexpectedAnswers(file)
  t.equal(counts.size, 101)
  t.equal(counts.get('others'), 200)
})
