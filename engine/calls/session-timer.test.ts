import t from 'tap'
import { compile } from '../config/compile/compile-document.ts'
import { readDocument } from '../config/read-document.ts'
import { CallWorld, companyOfAnna, headerOf, phoneFlow, tagOf, trunkFlow } from './call-world.ts'

function newWorld(company = companyOfAnna): CallWorld {
  const reading = readDocument(company, 'company.yaml')
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
  return new CallWorld(compile(reading.document, 1))
}

const offer = 'v=0 offer\r\n'
const answer = 'v=0 answer\r\n'
const minute = 60_000

interface Talk {
  readonly world: CallWorld
  readonly invite: string
  readonly answered: string
  /** Our tag towards the trunk. */
  readonly tag: string
}

/** An answered and acknowledged call; the lines are those of the trunk's INVITE and the phone's 200. */
function talk(ofTrunk: string, ofPhone: string): Talk {
  const world = newWorld()
  world.invite(ofTrunk, offer)
  const invite = world.one('INVITE', phoneFlow)
  world.respond(invite, phoneFlow, 200, 'p', ofPhone, answer)
  const answered = world.one('SIP/2.0 200', trunkFlow)
  const tag = tagOf(answered, 'To')
  world.fromTrunk('ACK', tag, 1)
  world.taken('ACK', phoneFlow)
  world.taken('SIP/2.0 100', trunkFlow)
  return { world, invite, answered, tag }
}

/** Time passes, and the phone answers when it is asked whether it is there. */
function pass(world: CallWorld, milliseconds: number): void {
  for (let waited = 0; waited < milliseconds; waited += 5000) {
    world.clock.advance(5000)
    for (const options of world.taken('OPTIONS', phoneFlow)) world.respond(options, phoneFlow, 200, '')
  }
}

t.test('an interval below 90 s is refused with 422 and Min-SE (RFC 4028 §5, §9)', async (t) => {
  const world = newWorld()
  world.invite('Supported: timer\r\nSession-Expires: 60\r\n', offer)
  t.equal(headerOf(world.one('SIP/2.0 422', trunkFlow), 'Min-SE'), '90')
  world.invite('Session-Expires: 60\r\n', offer, 2)
  world.one('INVITE', phoneFlow)
})

t.test('a phone that wants longer intervals is called again as it wants (RFC 4028 §7.3)', async (t) => {
  const world = newWorld()
  world.invite('', offer)
  const first = world.one('INVITE', phoneFlow)
  t.equal(headerOf(first, 'Session-Expires'), '1800;refresher=uas')
  world.respond(first, phoneFlow, 422, 'p', 'Min-SE: 3600\r\n')
  world.one('ACK', phoneFlow)
  const second = world.one('INVITE', phoneFlow)
  t.equal(headerOf(second, 'Session-Expires'), '3600;refresher=uas')
  t.equal(headerOf(second, 'Min-SE'), '3600')
  t.equal(headerOf(second, 'CSeq'), '2 INVITE')
  t.equal(headerOf(second, 'Call-ID'), headerOf(first, 'Call-ID'))
  world.respond(second, phoneFlow, 422, 'p', 'Min-SE: 7200\r\n')
  t.same(world.taken('INVITE', phoneFlow), [], 'not for ever')
})

t.test('a caller who knows session timers is asked to refresh, and what he wants is shortened', async (t) => {
  const { world, answered, tag } = talk('Supported: timer\r\nSession-Expires: 7200\r\nAllow: UPDATE\r\n', '')
  t.equal(headerOf(answered, 'Session-Expires'), '1800;refresher=uac')
  t.equal(headerOf(answered, 'Require'), 'timer')
  pass(world, 20 * minute)
  world.fromTrunk('UPDATE', tag, 2, 'Supported: timer\r\nSession-Expires: 1800;refresher=uac\r\n')
  t.equal(headerOf(world.one('SIP/2.0 200', trunkFlow), 'Session-Expires'), '1800;refresher=uac')
  pass(world, 20 * minute)
  t.same(world.ended, [], 'refreshed')
  pass(world, 10 * minute)
  t.same(world.ended, ['server 200'], 'not refreshed')
  t.match(headerOf(world.taken('BYE', phoneFlow)[0] ?? '', 'Reason'), /cause=408/)
})

t.test(
  'where we refresh, it is by UPDATE, and a side that does not know the call ends it (RFC 4028 §10)',
  async (t) => {
    const { world, answered } = talk('Supported: timer\r\nSession-Expires: 90;refresher=uas\r\nAllow: UPDATE\r\n', '')
    t.equal(headerOf(answered, 'Session-Expires'), '90;refresher=uas')
    world.clock.advance(45_100)
    const update = world.one('UPDATE', trunkFlow)
    t.equal(headerOf(update, 'Session-Expires'), '90;refresher=uac')
    t.notMatch(update, 'v=0')
    world.respond(update, trunkFlow, 200, '', 'Session-Expires: 90;refresher=uac\r\n')
    world.clock.advance(50_000)
    world.respond(world.one('UPDATE', trunkFlow), trunkFlow, 481, '')
    t.same(world.ended, ['caller 200'])
    world.one('BYE', phoneFlow)
  },
)

t.test('a side without UPDATE is refreshed by an INVITE that repeats its session (RFC 4028 §7.4)', async (t) => {
  const { world } = talk('Supported: timer\r\nSession-Expires: 90;refresher=uas\r\n', '')
  world.clock.advance(45_100)
  const invite = world.one('INVITE', trunkFlow)
  t.match(invite, answer)
  t.equal(headerOf(invite, 'Content-Type'), 'application/sdp')
  world.respond(invite, trunkFlow, 200, '', 'Session-Expires: 90;refresher=uac\r\n', offer)
  world.one('ACK', trunkFlow)
  world.respond(invite, trunkFlow, 200, '', 'Session-Expires: 90;refresher=uac\r\n', offer)
  world.one('ACK', trunkFlow)

  world.restart()
  pass(world, 50_000)
  t.match(world.taken('INVITE', trunkFlow)[0], answer, 'also by the next process')
})

t.test('sides that agreed to nothing are asked by OPTIONS; when both are gone the call ends', async (t) => {
  const { world } = talk('', '')
  world.clock.advance(16 * minute)
  const asked = [world.taken('OPTIONS', trunkFlow), world.taken('OPTIONS', phoneFlow)]
  t.ok(asked.every((list) => list.length > 0))
  t.same(world.ended, ['server 200'], 'nobody answered for 32 s')
  t.ok(world.server.usage.idle, 'lines are given back')
})

t.test('an agreed interval survives a crash, and a peer has time to refresh after it', async (t) => {
  const { world, tag } = talk('Supported: timer\r\nSession-Expires: 300;refresher=uac\r\n', '')
  t.match(world.entries.join('\n'), /,300,/)
  world.restart()
  pass(world, minute)
  world.fromTrunk('UPDATE', tag, 2, 'Supported: timer\r\nSession-Expires: 300;refresher=uac\r\n')
  world.one('SIP/2.0 200', trunkFlow)
  t.equal(world.server.callsInProgress, 1)
  pass(world, 5 * minute)
  t.equal(world.server.callsInProgress, 0, 'the call ends after 268 s without a refresh')
})

t.test('UPDATE with an offer passes in an answered call, one offer at a time (RFC 3311 §5.2)', async (t) => {
  const { world, invite, tag } = talk('Allow: UPDATE\r\n', 'Allow: UPDATE\r\n')
  world.fromTrunk('UPDATE', tag, 2, 'Contact: <sip:new@192.0.2.21>\r\n', 'v=0 hold')
  const update = world.one('UPDATE', phoneFlow)
  t.match(update, 'v=0 hold')
  world.fromTrunk('UPDATE', tag, 3, '', 'v=0 again')
  t.ok(headerOf(world.one('SIP/2.0 500', trunkFlow), 'Retry-After'))
  world.fromPhone(invite, 'p', 'UPDATE', 1, '', 'v=0 glare')
  world.one('SIP/2.0 491', phoneFlow)
  world.fromPhone(invite, 'p', 'INVITE', 2, '', 'v=0 glare')
  world.one('SIP/2.0 491', phoneFlow)
  world.respond(update, phoneFlow, 200, '', '', 'v=0 held')
  t.match(world.one('SIP/2.0 200', trunkFlow), 'v=0 held')
  world.fromPhone(invite, 'p', 'BYE', 3)
  t.match(world.one('BYE', trunkFlow), /^BYE sip:new@192.0.2.21 /, 'the target is the new one')
})

t.test('UPDATE is offered only to a side whose other takes it', async (t) => {
  const { world, answered, tag } = talk('Allow: UPDATE\r\n', '')
  t.notMatch(headerOf(answered, 'Allow'), /UPDATE/)
  world.fromTrunk('UPDATE', tag, 2, '', 'v=0 hold')
  world.one('SIP/2.0 488', trunkFlow)
})

t.test('what was only said early is what a refresh by INVITE repeats (RFC 3262 §5, RFC 4028 §7.4)', async (t) => {
  const world = newWorld()
  world.invite('Supported: 100rel, timer\r\nSession-Expires: 180;refresher=uas\r\n', offer)
  const invite = world.one('INVITE', phoneFlow)
  world.respond(invite, phoneFlow, 183, 'p', 'Require: 100rel\r\nRSeq: 1\r\n', answer)
  const progress = world.one('SIP/2.0 183', trunkFlow)
  const tag = tagOf(progress, 'To')
  world.fromTrunk('PRACK', tag, 2, `RAck: ${headerOf(progress, 'RSeq')} 1 INVITE\r\n`)
  world.respond(world.one('PRACK', phoneFlow), phoneFlow, 200, '')
  world.respond(invite, phoneFlow, 200, 'p')
  world.taken('SIP/2.0', trunkFlow)
  world.fromTrunk('ACK', tag, 1)
  world.clock.advance(95_000)
  const [refresh = ''] = world.taken('INVITE', trunkFlow)
  t.match(refresh, answer)
  t.equal(headerOf(refresh, 'Content-Type'), 'application/sdp')
  t.same(world.taken('OPTIONS', trunkFlow), [])
})

t.test('likewise for a caller who was told of it in the answer only (docs/calls.md, singleDialog)', async (t) => {
  const world = newWorld(companyOfAnna.replace('optionsSeconds: 0', 'optionsSeconds: 0, singleDialog: true'))
  world.invite('Supported: timer\r\nSession-Expires: 180;refresher=uas\r\n', offer)
  const invite = world.one('INVITE', phoneFlow)
  world.respond(invite, phoneFlow, 183, 'p', 'Require: 100rel\r\nRSeq: 1\r\n', answer)
  world.respond(world.one('PRACK', phoneFlow), phoneFlow, 200, '')
  world.respond(invite, phoneFlow, 200, 'p')
  const answered = world.taken('SIP/2.0 200', trunkFlow).at(-1) ?? ''
  t.match(answered, answer)
  world.fromTrunk('ACK', tagOf(answered, 'To'), 1)
  world.clock.advance(95_000)
  t.match(world.taken('INVITE', trunkFlow)[0], answer)
})
