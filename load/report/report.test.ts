import t from 'tap'
import type { LoadReport } from './load-report.ts'
import { delayFigures, percentile } from './load-report.ts'
import { reportPicture } from './report-picture.ts'
import { progressText, reportText } from './report-text.ts'
import { secondsOf } from './seconds.ts'

const report: LoadReport = {
  version: 1,
  scenario: 'call',
  server: '127.0.0.1:5060',
  startedAt: '2026-01-02T03:04:05.000Z',
  seconds: 3.2,
  rate: { wanted: 10, reached: 10 },
  calls: { planned: 30, offered: 30, completed: 28, failed: 2 },
  failures: [{ why: '503 <Busy>\u001b[31m', count: 2 }],
  phones: { called: 29, failed: 1, failures: [{ why: 'BYE received', count: 1 }] },
  retransmissions: 1,
  kernelDrops: 0,
  delay: { what: 'INVITE to 180', count: 28, p50: 4, p95: 8, p99: 12, most: 12 },
  serverProcesses: {
    processIds: [1, 2],
    processorMicrosecondsPerCall: 412.4,
    processorShare: 0.0123,
    processorShareAtRest: 0.001,
    memoryBytesBefore: 100 * 1024 * 1024,
    memoryBytesMost: 110 * 1024 * 1024,
  },
  perSecond: [
    { second: 1, offered: 10, completed: 10, failed: 0, delayP50: 4, delayP99: 8 },
    { second: 2, offered: 10, completed: 8, failed: 2, delayP50: null, delayP99: null },
    { second: 3, offered: 10, completed: 10, failed: 0, delayP50: 4, delayP99: 12 },
  ],
  remarks: ['A remark.'],
}

t.test('percentiles by nearest rank', async (t) => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index)
  t.same(delayFigures('x', hundred), { what: 'x', count: 100, p50: 50, p95: 95, p99: 99, most: 100 })
  t.same(delayFigures('x', [7]), { what: 'x', count: 1, p50: 7, p95: 7, p99: 7, most: 7 })
  t.same(delayFigures('x', []), { what: 'x', count: 0, p50: null, p95: null, p99: null, most: null })
  t.equal(percentile([1, 2], 0.5), 1)
})

t.test('counts and delays go into the seconds in which they were', async (t) => {
  const at = (seconds: number, offered: number, failed: number) => {
    return { at: seconds, offered, completed: offered - failed, failed, retransmissions: 0 }
  }
  const counts = [at(0, 1, 0), at(1.01, 10, 0), at(2.02, 20, 1), at(3, 25, 1), at(3.1, 30, 1), at(3.1, 30, 1)]
  const delays = [
    { at: 5, milliseconds: 4 },
    { at: 1000, milliseconds: 8 },
    { at: 1500, milliseconds: 12 },
    { at: 3150, milliseconds: 40 },
  ]
  t.same(secondsOf(counts, delays), [
    { second: 1, offered: 10, completed: 10, failed: 0, delayP50: 4, delayP99: 8 },
    { second: 2, offered: 10, completed: 9, failed: 1, delayP50: 12, delayP99: 12 },
    { second: 3, offered: 10, completed: 10, failed: 0, delayP50: 40, delayP99: 40 },
  ])
  t.same(secondsOf([], delays), [])
})

t.test('the text has every figure, and no control characters of a server', async (t) => {
  const text = reportText(report)
  t.match(text, /^Completed {6}28$/m)
  t.match(text, /^ {15}2 x 503 <Busy>\?\[31m$/m)
  t.match(text, /^At the phones {2}29 called, 1 failed\n {15}1 x BYE received$/m)
  t.match(text, /p50 4 ms, p95 8 ms, p99 12 ms, most 12 ms \(INVITE to 180\)/)
  t.match(text, /412 us a call; 1\.2 % of one processor, at rest 0\.1 %/)
  t.match(text, /100 MB before, 110 MB at most/)
  t.match(text, /Note: A remark\./)
  const elsewhere = reportText({ ...report, serverProcesses: null, phones: null })
  t.notMatch(elsewhere, /Processor|At the phones/)
})

t.test('the picture is XML, with a line for each figure and a gap where nothing was measured', async (t) => {
  const picture = reportPicture({ ...report, server: 'a<b>&"c":5060' })
  t.match(picture, /<title>call at a&lt;b&gt;&amp;&quot;c&quot;:5060: 28 of 30 completed, 2 failed<\/title>/)
  t.equal(picture.match(/stroke-width="2"/g)?.length, 5)
  t.match(picture, /d="M300\.0 [\d.]+h0M780\.0 [\d.]+h0" fill="none" stroke="#9467bd"/, 'p50 before and after the gap')
  t.notMatch(picture, /NaN|Infinity|undefined/)
  t.notMatch(reportPicture({ ...report, perSecond: [] }), /NaN|Infinity|undefined/)
})

t.test('progress is one line', async (t) => {
  const line = progressText({
    ...{ seconds: 7, offered: 70, completed: 69, failed: 1, lately: 10 },
    delay: delayFigures('', [4, 8]),
    processorShare: 0.25,
  })
  t.equal(line, '   7 s  offered 70  completed 69  failed 1  10/s  delay p50 4 ms p99 8 ms  processor 25.0 %')
})
