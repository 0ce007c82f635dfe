import t from 'tap'
import type { Measurement } from './measure/measurement.ts'
import { median } from './measure/median.ts'
import { measurementLine, ratioOf, ratioText, resultTable } from './report.ts'

function measurement(server: string, microsecondsPerCall: number, problems: readonly string[] = []): Measurement {
  const counts = { offered: 4000, completed: 4000, failed: 0, retransmissions: 1 }
  return {
    server,
    rate: 400,
    reachedRate: 399.6,
    caller: counts,
    callee: counts,
    microsecondsPerCall,
    idleShare: 0.001,
    memoryBytes: 64 * 1024 * 1024,
    kernelDrops: 0,
    problems,
  }
}

t.test('median', async (t) => {
  t.equal(median([3, 1, 2]), 2)
  t.equal(median([4, 1, 2, 3]), 2.5)
  t.ok(Number.isNaN(median([])))
})

t.test('a ratio is one of medians', async (t) => {
  const all = [100, 120, 500].map((cost) => measurement('one', cost)).concat(measurement('two', 100))
  t.strictSame(ratioOf(all, 400, 'one', 'two'), { kind: 'ratio', value: 1.2 })
  t.equal(ratioText(ratioOf(all, 400, 'one', 'two')), '1.20')
})

t.test('no ratio where something does not add up or was not measured', async (t) => {
  const all = [measurement('one', 100), measurement('one', 100, ['3 calls failed']), measurement('two', 100)]
  t.equal(ratioText(ratioOf(all, 400, 'one', 'two')), 'FAIL (one: 3 calls failed)')
  t.equal(ratioText(ratioOf(all, 1600, 'one', 'two')), 'FAIL (one was not measured)')
  t.match(measurementLine(all[1]!), /FAIL: 3 calls failed/)
})

t.test('the table sums counts, takes medians and aligns', async (t) => {
  const lines = resultTable([measurement('one', 100), measurement('one', 120)], new Map([['one', 'The One']])).split(
    '\n',
  )
  t.equal(lines.length, 2)
  t.equal(lines[0]!.length, lines[1]!.length)
  t.match(lines[1], /400 {2}The One {8}400 {7}8000 {7}0 {10}4 .*110\.0 \(100\.0-120\.0\)/)
})
