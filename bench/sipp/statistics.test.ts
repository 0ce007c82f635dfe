import t from 'tap'
import { readCounts } from './statistics.ts'

const NAMES = 'StartTime;TotalCallCreated;SuccessfulCall(P);SuccessfulCall(C);FailedCall(C);Retransmissions(C)'

t.test('the last complete line counts', async (t) => {
  const counts = readCounts(`${NAMES}\nx;4;4;4;0;0\ny;10;5;9;1;3\nz;12;`)
  t.strictSame(counts, { offered: 10, completed: 9, failed: 1, retransmissions: 3 })
})

t.test('no figures and missing columns are errors', async (t) => {
  t.throws(() => readCounts(`${NAMES}\n`), /no figure for TotalCallCreated/)
  t.throws(() => readCounts('StartTime;TotalCallCreated\nx;1\n'), /no figure for SuccessfulCall\(C\)/)
})
