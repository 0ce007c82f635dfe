import t from 'tap'
import { compile } from '../../config/compile/compile-document.ts'
import { readDocument } from '../../config/read-document.ts'
import { benFlow, companyOfThree, headerOf, phoneFlow, TransferWorld, trunkFlow } from '../transfer/transfer-world.ts'
import { carryOutOrder } from './call-control.ts'
import type { CallOrder } from './call-order.ts'

const reading = readDocument(companyOfThree, 'company.yaml')
if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
const snapshot = compile(reading.document, 1)
const idle = [0, 0, true]
const sdp = (address: string) =>
  `v=0\r\no=- 1 1 IN IP4 ${address}\r\ns=-\r\nc=IN IP4 ${address}\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\na=sendrecv\r\n`

function ordered() {
  const world = new TransferWorld(snapshot)
  const call = [...world.server.callViews()][0]?.id ?? ''
  return { world, call, order: (order: CallOrder) => carryOutOrder(world.server, order) }
}

t.test('a call is ended by order, ringing or answered', async (t) => {
  const { world, call, order } = ordered()
  t.same(order({ order: 'hangUp', call }), { done: true, calls: [call] })
  world.endAll(trunkFlow, phoneFlow)
  t.match(order({ order: 'hangUp', call }), { done: false, problem: 'not-found' })
  world.consults('1002')
  const rings = world.one('INVITE', benFlow)
  world.respond(rings, benFlow, 180, 'ben')
  t.match(order({ order: 'endAll', user: 'ben' }), { done: true, calls: [/./] })
  t.equal(world.taken('SIP/2.0 487', phoneFlow).length, 1)
  world.respond(rings, benFlow, 487, 'ben')
  t.same(order({ order: 'endAll', user: 'ben' }), { done: true, calls: [] })
  world.clock.advance(40_000)
  t.same(world.leftovers, idle)
})

t.test('a transfer by order: the call stays until ben has answered', async (t) => {
  const { world, call, order } = ordered()
  t.match(order({ order: 'transfer', call, user: 'ben', to: '1002' }), { done: false, problem: 'conflict' })
  t.match(order({ order: 'transfer', call, user: 'anna', to: '1002' }), { done: true })
  t.match(order({ order: 'transfer', call, user: 'anna', to: '1003' }), { done: false, problem: 'conflict' })
  const invite = world.one('INVITE', benFlow)
  world.respond(invite, benFlow, 200, 'ben', '', sdp('192.0.2.10'))
  world.respond(world.one('INVITE', trunkFlow), trunkFlow, 200, '', '', sdp('192.0.2.21'))
  world.one('ACK', benFlow)
  world.endAll(phoneFlow)
  world.fromTrunk('BYE', world.trunkTag, 2)
  world.endAll(benFlow)
  t.same(world.leftovers, idle)
})

t.test('hold by order: both agree on silence; resume: on what they want', async (t) => {
  const { world, call, order } = ordered()
  t.match(order({ order: 'hold', call, user: 'anna' }), { done: true })
  const asked = world.one('INVITE', phoneFlow)
  t.notOk(headerOf(asked, 'Content-Type'))
  world.respond(asked, phoneFlow, 200, '', '', sdp('192.0.2.9'))
  const held = world.one('INVITE', trunkFlow)
  t.match(held, /a=inactive\r\nm=audio/)
  t.notMatch(held, 'a=sendrecv')
  world.respond(held, trunkFlow, 200, '', '', sdp('192.0.2.21').replace('sendrecv', 'inactive'))
  t.match(world.one('ACK', phoneFlow), 'a=inactive')
  world.one('ACK', trunkFlow)
  t.equal([...world.server.callViews()][0]?.heldBy, 'callee')
  t.match(order({ order: 'resume', call, user: 'anna' }), { done: true })
  world.clock.advance(0)
  world.respond(world.one('INVITE', trunkFlow), trunkFlow, 200, '', '', sdp('192.0.2.21'))
  world.respond(world.one('INVITE', phoneFlow), phoneFlow, 200, '', '', sdp('192.0.2.9'))
  t.equal([...world.server.callViews()][0]?.heldBy, 'nobody')
})

t.test('click to dial: anna’s phone rings, then ben’s, and both speak', async (t) => {
  const { world, call, order } = ordered()
  order({ order: 'hangUp', call })
  world.endAll(trunkFlow, phoneFlow)
  world.ended.length = 0
  t.match(order({ order: 'dial', user: 'nobody', to: '1002' }), { done: false, problem: 'not-found' })
  t.match(order({ order: 'dial', user: 'anna', to: '1002' }), { done: true })
  const first = world.one('INVITE', phoneFlow)
  t.match(headerOf(first, 'From'), /sip:1002@/, 'she sees whom she will speak with')
  world.respond(first, phoneFlow, 200, 'dials', '', sdp('192.0.2.9'))
  t.match(world.one('ACK', phoneFlow), 'a=inactive', 'she waits')
  const second = world.one('INVITE', benFlow)
  t.match(headerOf(second, 'From'), /sip:1001@/)
  t.notOk(headerOf(second, 'Referred-By'))
  world.respond(second, benFlow, 200, 'ben', '', sdp('192.0.2.10'))
  const joined = world.one('INVITE', phoneFlow)
  t.match(joined, '192.0.2.10')
  world.respond(joined, phoneFlow, 200, '', '', sdp('192.0.2.9'))
  world.one('ACK', benFlow)
  t.equal(world.server.callsInProgress, 1)
  world.fromPhone(first, 'dials', 'BYE', 1)
  world.endAll(benFlow)
  t.same(world.leftovers, idle)
})

t.test(
  'click to dial to somebody who is busy: anna is told goodbye; a crash while he rings ends it as well',
  async (t) => {
    const { world, call, order } = ordered()
    order({ order: 'hangUp', call })
    world.endAll(trunkFlow, phoneFlow)
    order({ order: 'dial', user: 'anna', to: '1002' })
    world.respond(world.one('INVITE', phoneFlow), phoneFlow, 200, 'dials', '', sdp('192.0.2.9'))
    world.one('ACK', phoneFlow)
    world.respond(world.one('INVITE', benFlow), benFlow, 486, 'ben')
    world.endAll(phoneFlow)
    t.same(world.leftovers, idle)
    order({ order: 'dial', user: 'anna', to: '1002' })
    world.respond(world.one('INVITE', phoneFlow), phoneFlow, 200, 'dials', '', sdp('192.0.2.9'))
    const rings = world.one('INVITE', benFlow)
    world.respond(rings, benFlow, 180, 'ben')
    world.taken('', phoneFlow)
    world.restart()
    world.endAll(phoneFlow)
    world.respond(rings, benFlow, 487, 'ben')
    world.clock.advance(40_000)
    t.same(world.leftovers, idle)
  },
)
