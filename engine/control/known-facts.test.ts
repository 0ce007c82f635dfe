import t from 'tap'
import { KnownFacts, noFacts, withFacts } from './known-facts.ts'

t.test('what is asked and not known is noted until it is told', async (t) => {
  const first = new KnownFacts(noFacts)
  t.equal(first.registered({ id: 'anna' }), false)
  t.equal(first.linesInUse({ id: 'anna' }), 0)
  t.equal(first.outsideForwards({ id: 'ben' }), 0)
  t.equal(first.channelsInUse({ id: 'carrier' }), 0)
  t.equal(first.trunkState({ id: 'carrier' }), 'up')
  t.same(first.missing, { users: ['anna', 'ben'], trunks: ['carrier'] })
  const answer = {
    registered: { anna: true },
    linesInUse: { anna: 2 },
    outsideForwards: { anna: 1 },
    channelsInUse: { carrier: 7 },
    lastAnswered: { 'ringGroup:sales': 2 },
    idleSince: { anna: 1000 },
    tollUse: { anna: { 'high/20000': 60 } },
    trunkStates: { carrier: 'down' as const },
  }
  const known = withFacts(noFacts, answer, ['anna', 'ben', 'ringGroup:sales'], ['carrier'])
  const second = new KnownFacts(known)
  t.equal(second.registered({ id: 'anna' }), true)
  t.equal(second.linesInUse({ id: 'anna' }), 2)
  t.equal(second.outsideForwards({ id: 'anna' }), 1)
  t.equal(second.channelsInUse({ id: 'carrier' }), 7)
  t.equal(second.trunkState({ id: 'carrier' }), 'down')
  t.equal(second.registered({ id: 'ben' }), false, 'whom the engine does not know has no phone')
  const group = { id: 'sales', key: 'ringGroup:sales' }
  t.equal(second.lastAnswered(group), 2)
  t.equal(second.outsideForwards(group), 0)
  t.equal(second.idleSince({ id: 'anna' }), 1000)
  t.equal(second.tollUse('anna', 'high', 20000), 60)
  t.equal(second.tollUse('anna', 'high', 20001), 0)
  t.equal(second.tollUse('ben', 'high', 20000), 0)
  t.same(second.missing, { users: [], trunks: [] })
})
