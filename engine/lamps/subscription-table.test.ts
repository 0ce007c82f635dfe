import t from 'tap'
import { Dialog } from '../sip/dialog.ts'
import { flowBy } from '../sip/recording-network.ts'
import { eventPackage } from './event-packages.ts'
import { loadSubscription, reservedNumbers, Subscription } from './subscription.ts'
import { SubscriptionTable } from './subscription-table.ts'

const event = eventPackage('dialog')!
const owner = { notifyDue: () => undefined }

function subscription(id: string, more: { deviceId?: string; userId?: string; address?: string; key?: string } = {}) {
  const { deviceId = 'd', userId = 'u', address = '192.0.2.9', key = 'anna' } = more
  const dialog = new Dialog({
    callId: `call ${id}`,
    localTag: id,
    remoteTag: 'r',
    localAddress: '<sip:1001@north.test>',
    remoteAddress: '<sip:ben@north.test>',
    remoteTarget: 'sip:ben@192.0.2.9',
    routeSet: ['<sip:proxy.test;lr>'],
    localSequence: 7,
    remoteSequence: 3,
    flow: flowBy('TCP', address),
  })
  const parts = {
    dialog,
    event,
    eventId: 'x',
    key,
    sipUserName: 'ben',
    deviceId,
    userId,
    begunAt: 5,
    expiresAt: 90_000,
  }
  return new Subscription(parts, owner)
}

t.test('each limit is reached by itself, and what goes makes room', async (t) => {
  const limits = { device: 2, user: 3, source: 4, all: 5 }
  const table = new SubscriptionTable(limits, 3600, 0)
  const full = (deviceId: string, userId: string, source: string) => table.full(deviceId, userId, source)
  const first = subscription('1', { deviceId: 'd1' })
  table.add(first)
  t.equal(full('d1', 'u', '192.0.2.9'), null)
  table.add(subscription('2', { deviceId: 'd1' }))
  t.equal(full('d1', 'u', '192.0.2.9'), 'device')
  table.add(subscription('3', { deviceId: 'd2' }))
  t.equal(full('d2', 'u', '192.0.2.9'), 'user')
  table.add(subscription('4', { deviceId: 'd3', userId: 'v' }))
  t.equal(full('d4', 'w', '192.0.2.9'), 'source')
  t.equal(full('d4', 'w', '192.0.2.8'), null)
  table.add(subscription('5', { deviceId: 'd4', userId: 'w', address: '192.0.2.8' }))
  t.equal(full('d5', 'x', '192.0.2.7'), 'all')
  table.remove(first)
  table.remove(first)
  t.equal(full('d1', 'u', '192.0.2.8'), null)
  t.equal(table.size, 4)
  t.equal(table.ofKey('anna').size, 4)
})

t.test('what came by a connection is found by it, wherever it moves to', async (t) => {
  const table = new SubscriptionTable({ device: 9, user: 9, source: 9, all: 9 }, 3600, 0)
  const [one, other] = [subscription('1'), subscription('2')]
  table.add(one)
  table.add(other)
  table.move(one, { ...one.dialog.flow, connection: 8 })
  t.same([...table.takeConnection(7)], [other])
  t.same([...table.takeConnection(7)], [])
  t.same([...table.takeConnection(8)], [one])
})

t.test('a subscription comes back from the journal with numbers beyond those that may have been used', async (t) => {
  const saved = subscription('1')
  const text = saved.save()
  t.equal(saved.reserved, 7 + reservedNumbers)
  const loaded = loadSubscription(text, owner)
  t.ok(loaded)
  t.equal(loaded?.dialog.localSequence, 7 + reservedNumbers)
  t.equal(loaded?.dialog.remoteSequence, 3)
  t.same(loaded?.dialog.routeSet, ['<sip:proxy.test;lr>'])
  const { eventId, key, sipUserName, deviceId, userId, begunAt, expiresAt } = saved
  t.match(loaded, { eventId, key, sipUserName, deviceId, userId, begunAt, expiresAt, resumed: true })
  for (const damaged of ['', '1', `${text}\nmore`, text.replace('dialog', 'conference'), text.replace('90000', 'x')]) {
    t.equal(loadSubscription(damaged, owner), null)
  }
})
