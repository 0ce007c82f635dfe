import t from 'tap'
import type { RuleBody } from './rule.ts'
import { covers } from './rule-cover.ts'

const rule = (who: RuleBody['who'], when?: RuleBody['when']): RuleBody => ({
  name: 'Rule',
  to: { busy: true },
  ...(who === undefined ? {} : { who }),
  ...(when === undefined ? {} : { when }),
})
const of = (...callers: string[]) => rule({ callers })

t.test('which callers cover which', async (t) => {
  const cases: readonly [above: RuleBody, below: RuleBody, covered: boolean][] = [
    [rule(undefined), of('1001'), true],
    [of('1001'), rule(undefined), false],
    [of('anonymous', '1001', '1002'), of('1002', 'anonymous'), true],
    [of('1001'), of('1001', '1002'), false],
    [of('+4420*'), of('+442079460000'), true],
    [of('+4420*'), of('+44207*'), true],
    [of('+44207*'), of('+4420*'), false],
    [of('+4420*'), of('+442079460000-+442079469999'), true],
    [of('+44207*'), of('+442069460000-+442079469999'), false],
    [of('+442079460000-+442079469999'), of('+442079460100'), true],
    [of('+442079460000-+442079469999'), of('+442079460100-+442079460199'), true],
    [of('+442079460000-+442079469999'), of('+4420794601*'), false],
    [of('+442079460000-+442079469999'), of('+4420794601'), false],
    [of('+442079460000-+442079469999'), of('+442079470000'), false],
    [of('100'), of('1001'), false],
    [rule({ contacts: ['a', 'b'] }), rule({ contacts: ['b'] }), true],
    [rule({ contacts: ['b'] }), rule({ contacts: ['a'] }), false],
    [of('anonymous'), rule({ callers: ['anonymous'], contacts: ['a'] }), false],
  ]
  for (const [above, below, covered] of cases) {
    t.equal(covers(above, below), covered, `${JSON.stringify(above.who)} ${JSON.stringify(below.who)}`)
  }
})

t.test('which times cover which', async (t) => {
  const march = { from: '2026-03-01T00:00', until: '2026-04-01T00:00' }
  const weekly = { weekly: { monday: [{ from: '09:00', to: '17:00' }] } }
  const cases: readonly [above: RuleBody['when'], below: RuleBody['when'], covered: boolean][] = [
    [undefined, march, true],
    [march, undefined, false],
    [march, { from: '2026-03-05T00:00', until: '2026-03-06T00:00' }, true],
    [march, { from: '2026-02-05T00:00', until: '2026-03-06T00:00' }, false],
    [march, { from: '2026-03-05T00:00' }, false],
    [{ from: '2026-03-01T00:00' }, { from: '2026-03-05T00:00' }, true],
    [{ until: '2026-03-01T00:00' }, { until: '2026-02-01T00:00' }, true],
    [{ until: '2026-03-01T00:00' }, { from: '2026-02-01T00:00' }, false],
    [weekly, structuredClone(weekly), true],
    [weekly, march, false],
    [march, weekly, false],
    [{ schedule: 'office', during: 'closed' }, { during: 'closed', schedule: 'office' }, true],
    [{ schedule: 'office', during: 'closed' }, { schedule: 'office', during: 'open' }, false],
  ]
  for (const [above, below, covered] of cases) {
    t.equal(covers(rule(undefined, above), rule(undefined, below)), covered, JSON.stringify([above, below]))
  }
})
