import fc from 'fast-check'
import t from 'tap'
import type { Trunk, User } from '../config/snapshot.ts'
import type { Holding, UsageKind } from './usage.ts'
import { restoreHoldings, saveHoldings, Usage } from './usage.ts'

const user = { id: 'ann' } as User
const trunk = { id: 'carrier' } as Trunk

t.test('what is taken counts until it is given back', async (t) => {
  const usage = new Usage({ registered: (asked) => asked === user })
  t.ok(usage.idle)
  const first = usage.take('line', 'ann')
  const second = usage.take('line', 'ann')
  const channel = usage.take('channel', 'carrier')
  const forward = usage.take('forward', 'ann')
  t.equal(usage.linesInUse(user), 2)
  t.equal(usage.channelsInUse(trunk), 1)
  t.equal(usage.outsideForwards(user), 1)
  t.ok(usage.registered(user))
  for (const holding of [first, second, channel, forward]) {
    t.notOk(usage.idle)
    usage.give(holding)
  }
  t.ok(usage.idle)
  t.equal(usage.linesInUse(user), 0)
})

t.test('holdings saved are the holdings taken again', async (t) => {
  const kinds = fc.constantFrom<UsageKind>('line', 'channel', 'forward')
  const ids = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,10}$/)
  fc.assert(
    fc.property(fc.array(fc.record<Holding>({ kind: kinds, id: ids })), (holdings) => {
      const usage = new Usage({ registered: () => false })
      const restored = restoreHoldings(saveHoldings(holdings), usage)
      t.same(restored, holdings)
      for (const holding of restored) usage.give(holding)
      return usage.idle
    }),
  )
  t.same(restoreHoldings('lines:x,:y,z', new Usage({ registered: () => false })), [])
})
