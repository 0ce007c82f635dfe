import t from 'tap'
import { compile } from '../config/compile/compile-document.ts'
import { readDocument } from '../config/read-document.ts'
import { CallWorld, companyOfAnna, headerOf, phoneFlow, tagOf, trunkFlow } from './call-world.ts'
import { carryOutOrder } from './control/call-control.ts'

function newWorld(): CallWorld {
  const reading = readDocument(companyOfAnna, 'company.yaml')
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
  return new CallWorld(compile(reading.document, 1))
}

const offer = 'v=0 offer\r\n'
const answer = 'v=0 answer\r\n'
const supported = 'Supported: 100rel\r\n'
const reliable = (number: number) => `Require: 100rel\r\nRSeq: ${number}\r\n`

/** RAck value for a response that was sent to the trunk. */
function rack(response: string): string {
  return `RAck: ${headerOf(response, 'RSeq')} ${headerOf(response, 'CSeq')}\r\n`
}

t.test(
  'a reliable response and its PRACK pass from end to end, with numbers of each side (RFC 3262 §3, §4)',
  async (t) => {
    const world = newWorld()
    world.invite(supported, offer)
    const invite = world.one('INVITE', phoneFlow)
    t.match(headerOf(invite, 'Supported'), /100rel/)
    world.respond(invite, phoneFlow, 183, 'p', reliable(77), answer)
    t.same(world.taken('PRACK', phoneFlow), [], 'the caller has not acknowledged it yet')
    const progress = world.one('SIP/2.0 183', trunkFlow)
    t.equal(headerOf(progress, 'Require'), '100rel')
    t.match(progress, answer)
    // Repeated by the phone, it is repeated to the caller.
    world.respond(invite, phoneFlow, 183, 'p', reliable(77), answer)
    t.equal(world.one('SIP/2.0 183', trunkFlow), progress)

    world.fromTrunk('PRACK', tagOf(progress, 'To'), 2, `RAck: ${Number(headerOf(progress, 'RSeq')) + 1} 1 INVITE\r\n`)
    world.one('SIP/2.0 481', trunkFlow)
    world.fromTrunk('PRACK', tagOf(progress, 'To'), 3, rack(progress))
    const prack = world.one('PRACK', phoneFlow)
    t.equal(headerOf(prack, 'RAck'), '77 1 INVITE')
    t.equal(headerOf(prack, 'CSeq'), '2 PRACK')
    world.respond(prack, phoneFlow, 200, '')
    t.equal(headerOf(world.one('SIP/2.0 200', trunkFlow), 'CSeq'), '3 PRACK')

    world.respond(invite, phoneFlow, 180, 'p', reliable(79))
    t.same(world.taken('SIP/2.0 180', trunkFlow), [], 'one before it is missing')
    world.respond(invite, phoneFlow, 180, 'p', reliable(78))
    const second = world.one('SIP/2.0 180', trunkFlow)
    t.equal(Number(headerOf(second, 'RSeq')), Number(headerOf(progress, 'RSeq')) + 1)

    // It has no session: the answer need not wait for its PRACK, which is taken afterwards (RFC 3262 §3).
    world.respond(invite, phoneFlow, 200, 'p')
    const answered = world.one('SIP/2.0 200', trunkFlow)
    world.one('ACK', phoneFlow)
    world.fromTrunk('ACK', tagOf(answered, 'To'), 1)
    world.fromTrunk('PRACK', tagOf(answered, 'To'), 4, rack(second))
    t.equal(headerOf(world.one('SIP/2.0 200', trunkFlow), 'CSeq'), '4 PRACK')
    world.fromTrunk('BYE', tagOf(answered, 'To'), 5)
    t.equal(headerOf(world.one('BYE', phoneFlow), 'CSeq'), '3 BYE', 'the number goes on after PRACK')
    t.same(world.ended, ['caller 200'])
  },
)

t.test(
  'a phone that wants PRACK gets ours where the caller knows none, and its session reaches him in the 200',
  async (t) => {
    const world = newWorld()
    world.invite('', offer)
    const invite = world.one('INVITE', phoneFlow)
    world.respond(invite, phoneFlow, 183, 'p', reliable(5), answer)
    t.equal(headerOf(world.one('PRACK', phoneFlow), 'RAck'), '5 1 INVITE')
    t.notOk(headerOf(world.one('SIP/2.0 183', trunkFlow), 'RSeq'))
    world.respond(invite, phoneFlow, 183, 'p', reliable(5), answer)
    t.same(world.taken('PRACK', phoneFlow), [], 'a copy is not acknowledged anew')
    world.respond(invite, phoneFlow, 200, 'p')
    const answered = world.one('SIP/2.0 200', trunkFlow)
    t.match(answered, answer)
    t.equal(headerOf(answered, 'Content-Type'), 'application/sdp')
  },
)

t.test('without an offer and a caller who could answer in PRACK no phone may make one', async (t) => {
  const world = newWorld()
  world.invite('', '')
  t.equal(headerOf(world.one('INVITE', phoneFlow), 'Supported'), 'timer')
})

t.test('an offer in a reliable response is answered in the PRACK (RFC 3262 §5)', async (t) => {
  const world = newWorld()
  world.invite(supported, '')
  const invite = world.one('INVITE', phoneFlow)
  world.respond(invite, phoneFlow, 183, 'p', reliable(1), offer)
  const progress = world.one('SIP/2.0 183', trunkFlow)
  world.fromTrunk('PRACK', tagOf(progress, 'To'), 2, rack(progress), answer)
  const prack = world.one('PRACK', phoneFlow)
  t.match(prack, answer)
  world.respond(prack, phoneFlow, 200, '')
  world.taken('SIP/2.0', trunkFlow)
  world.respond(invite, phoneFlow, 200, 'p')
  world.one('ACK', phoneFlow)
  t.equal(headerOf(world.one('SIP/2.0 200', trunkFlow), 'CSeq'), '1 INVITE')
})

t.test('to a caller who requires them we repeat responses of a phone that knows none of it', async (t) => {
  const world = newWorld()
  world.invite('Require: 100rel\r\n', offer)
  const invite = world.one('INVITE', phoneFlow)
  world.respond(invite, phoneFlow, 183, 'p', '', answer)
  const progress = world.one('SIP/2.0 183', trunkFlow)
  t.ok(headerOf(progress, 'RSeq'))
  world.clock.advance(1500)
  t.equal(world.taken('SIP/2.0 183', trunkFlow).length, 2, 'after T1 and 2 T1')

  world.respond(invite, phoneFlow, 180, 'p')
  t.same(world.taken('SIP/2.0 180', trunkFlow), [], 'one at a time')
  world.respond(invite, phoneFlow, 200, 'p', '', answer)
  t.same(world.taken('SIP/2.0 200', trunkFlow), [], 'not answered before the session is acknowledged')
  t.same(world.taken('ACK', phoneFlow), [])

  world.fromTrunk('PRACK', tagOf(progress, 'To'), 2, rack(progress))
  t.equal(headerOf(world.one('SIP/2.0 200', trunkFlow), 'CSeq'), '2 PRACK')
  world.one('SIP/2.0 180', trunkFlow)
  world.respond(invite, phoneFlow, 200, 'p', '', answer)
  t.equal(headerOf(world.one('SIP/2.0 200', trunkFlow), 'CSeq'), '1 INVITE')
  world.one('ACK', phoneFlow)
})

t.test('who never acknowledges gets 504, and an answer meanwhile is ended', async (t) => {
  const world = newWorld()
  world.invite('Require: 100rel\r\n', offer)
  const invite = world.one('INVITE', phoneFlow)
  world.respond(invite, phoneFlow, 183, 'p', '', answer)
  world.clock.advance(20_000)
  world.respond(invite, phoneFlow, 200, 'p', '', answer)
  world.clock.advance(11_000)
  t.same(world.taken('SIP/2.0 5', trunkFlow), [])
  world.clock.advance(1000)
  world.one('SIP/2.0 504', trunkFlow)
  world.respond(invite, phoneFlow, 200, 'p', '', answer)
  world.one('ACK', phoneFlow)
  world.one('BYE', phoneFlow)
  t.same(world.ended, ['server 504'])
})

t.test('an UPDATE before the answer passes once both have a session (RFC 3311 §5)', async (t) => {
  const world = newWorld()
  world.invite(`${supported}Allow: INVITE, UPDATE\r\n`, offer)
  const invite = world.one('INVITE', phoneFlow)
  t.match(headerOf(invite, 'Allow'), /UPDATE/)
  world.respond(invite, phoneFlow, 183, 'p', `${reliable(1)}Allow: INVITE, UPDATE\r\n`, answer)
  const progress = world.one('SIP/2.0 183', trunkFlow)
  const tag = tagOf(progress, 'To')
  world.fromTrunk('UPDATE', tag, 2, 'Contact: <sip:192.0.2.21>\r\n', 'v=0 too soon')
  t.ok(headerOf(world.one('SIP/2.0 500', trunkFlow), 'Retry-After'))
  world.fromTrunk('PRACK', tag, 3, rack(progress))
  world.respond(world.one('PRACK', phoneFlow), phoneFlow, 200, '')
  world.taken('SIP/2.0 200', trunkFlow)

  world.fromTrunk('UPDATE', tag, 4, 'Contact: <sip:192.0.2.21>\r\n', 'v=0 hold')
  const update = world.one('UPDATE', phoneFlow)
  t.match(update, 'v=0 hold')
  world.fromPhone(invite, 'p', 'UPDATE', 1, 'Contact: <sip:anna@192.0.2.9:5070>\r\n', 'v=0 glare')
  world.one('SIP/2.0 491', phoneFlow)
  world.respond(update, phoneFlow, 200, '', '', 'v=0 held')
  t.match(world.one('SIP/2.0 200', trunkFlow), 'v=0 held')

  world.fromPhone(invite, 'p', 'UPDATE', 2, 'Contact: <sip:anna@192.0.2.9:5070>\r\n', 'v=0 back')
  const back = world.one('UPDATE', trunkFlow)
  t.match(back, 'v=0 back')
  t.equal(tagOf(back, 'From'), tag)
  world.respond(back, trunkFlow, 488, '')
  world.one('SIP/2.0 488', phoneFlow)

  world.fromTrunk('BYE', tag, 5)
  world.one('SIP/2.0 487', trunkFlow)
  world.one('CANCEL', phoneFlow)
  world.fromPhone(invite, 'p', 'INFO', 3)
  world.one('SIP/2.0 481', phoneFlow)
})

t.test('the PRACK of a response that the final answer overtook is taken all the same (RFC 3262 §3)', async (t) => {
  const world = newWorld()
  world.invite('Require: 100rel\r\n', offer)
  const invite = world.one('INVITE', phoneFlow)
  // Two phones behind one contact.
  world.respond(invite, phoneFlow, 183, 'p', '', answer)
  const loser = world.one('SIP/2.0 183', trunkFlow)
  world.respond(invite, phoneFlow, 180, 'q')
  const winner = world.one('SIP/2.0 180', trunkFlow)
  world.respond(invite, phoneFlow, 200, 'q', '', answer)
  t.equal(tagOf(world.one('SIP/2.0 200', trunkFlow), 'To'), tagOf(winner, 'To'))
  const tag = tagOf(loser, 'To')
  world.fromTrunk('PRACK', tag, 2, `RAck: ${Number(headerOf(loser, 'RSeq')) + 1} 1 INVITE\r\n`)
  world.one('SIP/2.0 481', trunkFlow)
  world.fromTrunk('PRACK', tag, 3, rack(loser))
  t.equal(headerOf(world.one('SIP/2.0 200', trunkFlow), 'CSeq'), '3 PRACK')
  world.fromTrunk('BYE', tag, 4)
  world.one('SIP/2.0 481', trunkFlow)
  world.fromTrunk('ACK', tagOf(winner, 'To'), 1)
  world.clock.advance(32_000)
  world.fromTrunk('PRACK', tag, 5, rack(loser))
  world.one('SIP/2.0 481', trunkFlow)
})

t.test('so is that of a call that was refused meanwhile', async (t) => {
  const world = newWorld()
  world.invite('Require: 100rel\r\n', offer)
  const invite = world.one('INVITE', phoneFlow)
  world.respond(invite, phoneFlow, 180, 'p')
  const progress = world.one('SIP/2.0 180', trunkFlow)
  world.respond(invite, phoneFlow, 486, 'p')
  world.one('SIP/2.0 486', trunkFlow)
  world.fromTrunk('PRACK', tagOf(progress, 'To'), 2, rack(progress))
  t.equal(headerOf(world.one('SIP/2.0 200', trunkFlow), 'CSeq'), '2 PRACK')
})

t.test('and of one that was answered and ended by order before it came', async (t) => {
  const world = newWorld()
  world.invite('Require: 100rel\r\n', offer)
  const invite = world.one('INVITE', phoneFlow)
  world.respond(invite, phoneFlow, 180, 'p')
  const progress = world.one('SIP/2.0 180', trunkFlow)
  world.respond(invite, phoneFlow, 200, 'p', '', answer)
  const tag = tagOf(world.one('SIP/2.0 200', trunkFlow), 'To')
  const [call] = world.server.callViews()
  carryOutOrder(world.server, { order: 'hangUp', call: call?.id ?? '' })
  world.fromTrunk('PRACK', tag, 2, `RAck: ${Number(headerOf(progress, 'RSeq')) + 1} 1 INVITE\r\n`)
  world.one('SIP/2.0 481', trunkFlow)
  world.fromTrunk('PRACK', tag, 3, rack(progress))
  t.equal(headerOf(world.one('SIP/2.0 200', trunkFlow), 'CSeq'), '3 PRACK')
  world.fromTrunk('ACK', tag, 1)
  world.respond(world.one('BYE', trunkFlow), trunkFlow, 200, '')
  world.respond(world.one('BYE', phoneFlow), phoneFlow, 200, '')
  t.same(world.entries, [])
})
