import t from 'tap'
import { sipDate } from './sip-date.ts'

t.test('RFC 3261 §20.17: every day of four centuries is written as Date writes it', async (t) => {
  const wrong: number[] = []
  for (let time = 0; time < 4e12 * 3; time += 86_400_000 + 3_723_000) {
    if (sipDate(time) !== new Date(time).toUTCString()) wrong.push(time)
  }
  t.same(wrong, [])
})
