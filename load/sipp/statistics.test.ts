import t from 'tap'
import { readAllCounts, readCounts, readOtherFailures } from './statistics.ts'

const NAMES = 'StartTime;TotalCallCreated;SuccessfulCall(P);SuccessfulCall(C);FailedCall(C);Retransmissions(C)'

t.test('the last complete line counts', async (t) => {
  const counts = readCounts(`${NAMES}\nx;4;4;4;0;0\ny;10;5;9;1;3\nz;12;`)
  t.strictSame(counts, { offered: 10, completed: 9, failed: 1, retransmissions: 3 })
})

t.test('no figures and missing columns are errors', async (t) => {
  t.throws(() => readCounts(`${NAMES}\n`), /no figure for TotalCallCreated/)
  t.throws(() => readCounts('StartTime;TotalCallCreated\nx;1\n'), /no figure for SuccessfulCall\(C\)/)
})

t.test('every line has its counts and its time', async (t) => {
  const names = `StartTime;CurrentTime;${NAMES.slice(NAMES.indexOf(';') + 1)}`
  const line = (seconds: string, counts: string) =>
    `2026-01-02\t03:04:05.5\t100.5;2026-01-02\t03:04:06.5\t${seconds};${counts}`
  const text = `${names}\n${line('101.5', '4;4;4;0;0')}\n${line('102.75', '10;5;9;1;3')}\n${line('103', '12;')}`
  t.same(readAllCounts(text), [
    { at: 1, offered: 4, completed: 4, failed: 0, retransmissions: 0 },
    { at: 2.25, offered: 10, completed: 9, failed: 1, retransmissions: 3 },
  ])
  t.same(readAllCounts(''), [])
})

t.test('failures without an answer are named', async (t) => {
  const text =
    'FailedMaxUDPRetrans(C);FailedTimeoutOnRecv(C);FailedCannotSendMessage(C);FailedUnexpectedMessage(C)\n2;1;0;7\n'
  t.same([...readOtherFailures(text)], [['no answer', 3]])
})
