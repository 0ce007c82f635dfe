import t from 'tap'
import { compile } from '../config/compile/compile-document.ts'
import { readDocument } from '../config/read-document.ts'
import { flowBy } from '../sip/recording-network.ts'
import type { Flow } from '../sip/transport.ts'
import { CallWorld, companyOfAnna, tagOf, trunkFlow } from './call-world.ts'
import { DiallingPhone } from './dialling-phone.ts'
import { WatchingPhone } from './watching-phone.ts'

const devices = "devices: [{ user: anna, sipUserName: anna, password: '12345678' }"
const twoPhones = companyOfAnna.replace(devices, `${devices}, { user: anna, sipUserName: other, password: '12345678' }`)
const reading = readDocument(twoPhones, 'company.yaml')
if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
const snapshot = compile(reading.document, 1)

/** Connections of Anna's phone, from one port after the other. */
const connection = (number: number): Flow => ({ ...flowBy('TCP', '192.0.2.33', 40_000 + number), connection: number })

/** A call to Anna's phone, which registered by TCP. */
function called(): { world: CallWorld; phone: WatchingPhone; tag: string; invite: string } {
  const world = new CallWorld(snapshot)
  const phone = new WatchingPhone(world, 'anna', connection(1))
  t.match(phone.register(), 'SIP/2.0 200')
  world.invite('', 'v=0 offer\r\n')
  const invite = world.one('INVITE', phone.flow)
  world.respond(invite, phone.flow, 200, 'p', '', 'v=0 answer\r\n')
  const tag = tagOf(world.one('SIP/2.0 200', trunkFlow), 'To')
  world.fromTrunk('ACK', tag, 1)
  world.one('ACK', phone.flow)
  return { world, phone, tag, invite }
}

/** The numbers of the connections by which messages of this kind left since the last look. */
function connectionsOf(world: CallWorld, start: string): number[] {
  const found = world.network.sent.filter(({ flow, text }) => flow.transport === 'TCP' && text.startsWith(start))
  world.network.sent = world.network.sent.filter((message) => !found.includes(message))
  return found.map(({ flow }) => flow.connection)
}

/** Likewise, where the connection turns out to be gone. */
function failsToLeave(world: CallWorld, start: string): number {
  const found = world.network.sent.filter(({ flow, text }) => flow.transport === 'TCP' && text.startsWith(start))
  connectionsOf(world, start)
  for (const { listener } of found) listener?.sendFailed()
  return found.length
}

const hold = ['Contact: <sip:192.0.2.21>\r\n', 'v=0 hold\r\n'] as const

t.test(
  'a phone that comes back after a crash is told in its call what the other side does (RFC 5626 §4.5)',
  async (t) => {
    const { world, phone, tag } = called()
    world.restart()
    phone.flow = connection(2)
    phone.register()
    world.fromTrunk('INVITE', tag, 2, ...hold)
    t.same(connectionsOf(world, 'INVITE'), [2])
    world.restart()
    phone.flow = connection(3)
    phone.register()
    world.fromTrunk('BYE', tag, 3)
    t.same(connectionsOf(world, 'BYE'), [3], 'after the next crash too')
  },
)

t.test('likewise where only its connection was lost, and only for that phone', async (t) => {
  const { world, phone, tag } = called()
  world.server.connectionClosed(phone.flow)
  const other = new WatchingPhone(world, 'other', connection(2))
  other.register()
  world.fromTrunk('INVITE', tag, 2, ...hold)
  t.same(connectionsOf(world, 'INVITE'), [1], 'another phone of the user is not told of it')
  phone.flow = connection(3)
  phone.register()
  world.fromTrunk('BYE', tag, 3)
  t.same(connectionsOf(world, 'BYE'), [3])
})

/** Anna's phone rings, by TCP. */
function ringing(): { world: CallWorld; phone: WatchingPhone; invite: string } {
  const world = new CallWorld(snapshot)
  const phone = new WatchingPhone(world, 'anna', connection(1))
  phone.register()
  world.invite('', 'v=0 offer\r\n')
  const invite = world.one('INVITE', phone.flow)
  world.respond(invite, phone.flow, 180, 'p')
  return { world, phone, invite }
}

function isGivenUp(world: CallWorld): void {
  for (const call of world.server.calls.all()) call.hangUp('')
}

/** Its connection is lost, and it is back by another one. */
function comesBack(world: CallWorld, phone: WatchingPhone): void {
  world.server.connectionClosed(phone.flow)
  phone.flow = connection(2)
  phone.register()
}

t.test('a phone that has lost its connection while it rang answers by the new one, and is reached there', async (t) => {
  const { world, phone, invite } = ringing()
  comesBack(world, phone)
  world.respond(invite, phone.flow, 200, 'p', '', 'v=0 answer\r\n')
  const tag = tagOf(world.one('SIP/2.0 200', trunkFlow), 'To')
  world.fromTrunk('ACK', tag, 1)
  t.same(connectionsOf(world, 'ACK'), [2])
  world.respond(invite, phone.flow, 200, 'p', '', 'v=0 answer\r\n')
  t.same(connectionsOf(world, 'ACK'), [2], 'again, where its answer comes again')
  world.fromTrunk('BYE', tag, 2)
  t.same(connectionsOf(world, 'BYE'), [2])
})

t.test('an answer that comes by a new connection before the phone has registered is enough', async (t) => {
  const { world, invite } = ringing()
  world.respond(invite, connection(2), 200, 'p', '', 'v=0 answer\r\n')
  world.fromTrunk('ACK', tagOf(world.one('SIP/2.0 200', trunkFlow), 'To'), 1)
  t.same(connectionsOf(world, 'ACK'), [2])
})

t.test('a refusal by the new connection is acknowledged there', async (t) => {
  const { world, phone, invite } = ringing()
  comesBack(world, phone)
  world.respond(invite, phone.flow, 486, 'p')
  t.same(connectionsOf(world, 'ACK'), [2])
})

t.test('a phone that is back rings no longer than its caller waits', async (t) => {
  const { world, phone } = ringing()
  comesBack(world, phone)
  isGivenUp(world)
  t.same(connectionsOf(world, 'CANCEL'), [2])
})

t.test('a CANCEL waits for a phone that is away, also over a crash', async (t) => {
  const { world, phone, invite } = ringing()
  world.server.connectionClosed(phone.flow)
  isGivenUp(world)
  t.equal(failsToLeave(world, 'CANCEL'), 1)
  world.restart()
  t.equal(failsToLeave(world, 'CANCEL'), 1)
  phone.flow = connection(2)
  phone.register()
  t.same(connectionsOf(world, 'CANCEL'), [2])
  world.respond(invite, phone.flow, 487, 'p')
  t.same(connectionsOf(world, 'ACK'), [2])
  world.clock.advance(40_000)
  t.same(world.entries, [], 'nothing is owed any more')
})

t.test('a BYE waits for a phone that is away, also over a crash', async (t) => {
  const { world, phone, tag } = called()
  world.restart()
  world.fromTrunk('BYE', tag, 2)
  world.one('SIP/2.0 200', trunkFlow)
  t.equal(failsToLeave(world, 'BYE'), 1)
  world.restart()
  t.equal(failsToLeave(world, 'BYE'), 1)
  phone.flow = connection(3)
  phone.register()
  t.same(connectionsOf(world, 'BYE'), [3])
})

t.test('a BYE that was to come after the ACK of a phone finds the one that is back meanwhile', async (t) => {
  const world = new CallWorld(snapshot)
  const phone = new DiallingPhone(world, 'anna', connection(1))
  const other = new WatchingPhone(world, 'other', connection(3))
  other.register()
  const signsIn = new WatchingPhone(world, 'anna', connection(1))
  signsIn.register()
  phone.dial('+441632960001')
  const invite = world.one('INVITE', trunkFlow)
  world.respond(invite, trunkFlow, 200, 'far', '', 'v=0 answer\r\n')
  world.one('SIP/2.0 200', phone.flow)
  for (const call of world.server.calls.all()) call.hangUp('')
  world.server.connectionClosed(connection(1))
  signsIn.flow = connection(2)
  signsIn.register()
  connectionsOf(world, 'BYE')
  world.clock.advance(32_000)
  t.equal(failsToLeave(world, 'BYE'), 1)
  t.same(connectionsOf(world, 'BYE'), [2])
})

t.test('and is given up when the phone does not come back', async (t) => {
  const { world, phone, tag } = called()
  world.restart()
  world.fromTrunk('BYE', tag, 2)
  t.equal(failsToLeave(world, 'BYE'), 1)
  world.clock.advance(33_000)
  t.same(world.entries, [])
  phone.flow = connection(3)
  phone.register()
  t.same(connectionsOf(world, 'BYE'), [])
})

t.test('an offer to a phone that is away is refused, and the call goes on', async (t) => {
  const { world, tag } = called()
  world.restart()
  world.fromTrunk('INVITE', tag, 2, ...hold)
  t.equal(failsToLeave(world, 'INVITE'), 1)
  world.one('SIP/2.0 503', trunkFlow)
  world.clock.advance(20_000)
  t.equal(world.server.callsInProgress, 1)
  t.same(world.taken('BYE', trunkFlow), [])
})

t.test('a lamp is told by the new connection, however often it could not be told by the lost one', async (t) => {
  const world = new CallWorld(snapshot)
  const phone = new WatchingPhone(world, 'anna', connection(1))
  phone.register()
  t.match(phone.subscribe('sip:1001@north.test', 'Event: dialog\r\nExpires: 3600\r\n'), 'SIP/2.0 200')
  phone.notified()
  world.restart()
  world.clock.advance(1)
  const tried = () => world.network.sent.filter(({ text }) => text.startsWith('NOTIFY'))
  let last = tried()
  for (let failures = 0; failures < 5; failures++) {
    connectionsOf(world, 'NOTIFY')
    for (const { listener } of last) listener?.sendFailed()
    world.clock.advance(1000)
    last = tried()
  }
  t.equal(last.length, 1, 'the last try is under way')
  connectionsOf(world, 'NOTIFY')
  phone.flow = connection(2)
  phone.register()
  for (const { listener } of last) listener?.sendFailed()
  world.clock.advance(1000)
  t.same(connectionsOf(world, 'NOTIFY'), [2])
})
