import t from 'tap'
import type { Device } from '../config/snapshot.ts'
import { EmergencyCeiling } from './emergency-ceiling.ts'

const device = (id: string): Device => ({
  id,
  userId: 'u',
  sipUserName: id,
  password: 'x',
  digestAlgorithms: null,
  secureCalling: null,
})

t.test('five at once, then one in ten seconds, for each device', async (t) => {
  const ceiling = new EmergencyCeiling()
  const now = 1_000_000
  for (let call = 0; call < 5; call++) t.ok(ceiling.takes(device('a'), now))
  t.notOk(ceiling.takes(device('a'), now))
  t.ok(ceiling.takes(device('b'), now), 'others are others')
  t.notOk(ceiling.takes(device('a'), now + 9_999))
  t.ok(ceiling.takes(device('a'), now + 10_000))
  t.notOk(ceiling.takes(device('a'), now + 10_000))
})
