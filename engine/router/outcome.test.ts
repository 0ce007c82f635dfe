import t from 'tap'
import type { PhoneResult } from './outcome.ts'
import { phoneResult, stepOutcome, userOutcome } from './outcome.ts'

t.test('what each answer of a phone means', async (t) => {
  const table: readonly [status: number, silent: PhoneResult, rang: PhoneResult][] = [
    [0, 'unreachable', 'rangOut'],
    [404, 'unreachable', 'rangOut'],
    [408, 'unreachable', 'rangOut'],
    [430, 'unreachable', 'rangOut'],
    [480, 'busy', 'rangOut'],
    [486, 'busy', 'busy'],
    [488, 'unreachable', 'unreachable'],
    [500, 'unreachable', 'rangOut'],
    [503, 'unreachable', 'rangOut'],
    [600, 'busy', 'busy'],
    [603, 'declined', 'declined'],
    [606, 'unreachable', 'unreachable'],
  ]
  for (const [status, silent, rang] of table) {
    t.equal(phoneResult(status, false), silent, `${status} without ringing`)
    t.equal(phoneResult(status, true), rang, `${status} after ringing`)
  }
})

t.test('what the phones of a user mean together', async (t) => {
  const table: readonly [results: readonly PhoneResult[], ended: boolean, anyRang: boolean, outcome: string][] = [
    [['declined', 'rangOut', 'busy'], false, true, 'busy'],
    [['rangOut', 'busy', 'unreachable'], false, true, 'noAnswer'],
    [['busy', 'unreachable'], false, false, 'busy'],
    [['unreachable', 'unreachable'], false, false, 'unreachable'],
    [[], false, false, 'unreachable'],
    [[], true, true, 'noAnswer'],
    [[], true, false, 'unreachable'],
    [['busy'], true, true, 'noAnswer'],
    [['declined'], true, true, 'busy'],
  ]
  for (const [results, ended, anyRang, outcome] of table) {
    t.equal(userOutcome(results, ended, anyRang), outcome, `${results.join(' ')} ${ended ? 'time over' : 'all done'}`)
  }
})

t.test('what several mean together: in vain before busy before not reachable', async (t) => {
  t.equal(stepOutcome(['unreachable', 'busy', 'noAnswer']), 'noAnswer')
  t.equal(stepOutcome(['unreachable', 'busy']), 'busy')
  t.equal(stepOutcome(['unreachable']), 'unreachable')
})
