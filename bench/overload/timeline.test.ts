import t from 'tap'
import { phaseFigures, recoveryTime, timeline } from './timeline.ts'

const head = 'StartTime;LastResetTime;CurrentTime;TotalCallCreated;FailedCall(C);GenericCounter1(C);GenericCounter2(C)'
const at = (second: number, offered: number, failed: number, completed: number, turnedAway: number) =>
  `a\t1000;a\t1000;a\t${1000 + second};${offered};${failed};${completed};${turnedAway}`
const statistics = [
  head,
  at(1, 100, 0, 100, 0),
  at(2, 400, 0, 200, 200),
  at(3, 700, 1, 310, 400),
  at(4.1, 810, 1, 420, 400),
  at(4.2, 820, 1, 430, 400),
  '',
].join('\n')
const delays = [
  { at: 500, milliseconds: 10 },
  { at: 1500, milliseconds: 30 },
  { at: 2500, milliseconds: 50 },
]

t.test('what each second brought', async (t) => {
  const seconds = timeline(statistics, delays)
  t.equal(seconds.length, 4, 'the last piece of a second is none')
  t.match(seconds[1], { offered: 300, completed: 100, turnedAway: 200, failed: 0, delayP50: 30, delayP99: 30 })
  t.equal(Math.round(seconds[3]?.offered ?? 0), 100, 'a long second is no busier one')
  t.equal(seconds[3]?.delayP99, null)
  t.match(phaseFigures(seconds, delays, 1, 3), { offered: 300, completed: 105, turnedAway: 200, delayP99: 50 })
  t.equal(recoveryTime(seconds, 2), 1)
  t.equal(recoveryTime(seconds, 3), 0)
  t.equal(recoveryTime(seconds.slice(0, 3), 1), null)
  t.throws(() => timeline('a;b\n1;2\n', []), /no column TotalCallCreated/)
})
