import t from 'tap'
import { compile } from '../../config/compile/compile-document.ts'
import { readDocument } from '../../config/read-document.ts'
import { DigestAccount } from '../../sip/digest-client.ts'
import { parseMessage } from '../../sip/message.ts'
import { countingRandom, flowBy } from '../../sip/recording-network.ts'
import { DiallingPhone } from '../dialling-phone.ts'
import { benFlow, cleoFlow, companyOfThree, headerOf, phoneFlow, TransferWorld, trunkFlow } from './transfer-world.ts'

const reading = readDocument(companyOfThree, 'company.yaml')
if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
const snapshot = compile(reading.document, 1)
const idle = [0, 0, true]
const sdp = 'Content-Type: application/sdp\r\n'

/** Ben's phone rings for what anna hands on. @returns the INVITE to him */
function rings(world: TransferWorld): string {
  const invite = world.one('INVITE', benFlow)
  world.respond(invite, benFlow, 180, 'ben')
  return invite
}

/** Ben answers, and the trunk takes his offer. @returns the 200 of anna's transfer goes to her next */
function answers(world: TransferWorld, invite: string): void {
  world.respond(invite, benFlow, 200, 'ben', '', 'v=0 ben offers\r\n')
  const offered = world.one('INVITE', trunkFlow)
  t.match(offered, 'v=0 ben offers')
  world.respond(offered, trunkFlow, 200, '', '', 'v=0 trunk answers\r\n')
  world.one('ACK', trunkFlow)
  t.match(world.one('ACK', benFlow), 'v=0 trunk answers')
}

t.test('RFC 3515: anna hands her call to ben, who answers; she is told 100, 180 and 200', async (t) => {
  const world = new TransferWorld(snapshot)
  world.refers('sip:1002@north.test')
  const invite = rings(world)
  t.match(headerOf(invite, 'Referred-By'), /^<sip:1001@north.test>$/, 'RFC 3892 §3')
  t.notOk(headerOf(invite, 'Content-Type'), 'ben is asked for an offer')
  const ringing = world.takesNotify('SIP/2.0 180 Answer')
  t.match(headerOf(ringing, 'Event'), /^refer$/)
  t.match(headerOf(ringing, 'Subscription-State'), /^active;expires=\d+$/)
  answers(world, invite)
  t.equal(world.server.callsInProgress, 1)
  t.equal(world.server.usage.count('line', 'anna'), 0, 'her line is free')
  const last = world.takesNotify('SIP/2.0 200 OK')
  t.equal(headerOf(last, 'Subscription-State'), 'terminated;reason=noresource')
  world.endAll(phoneFlow)
  t.same(
    [...world.server.callViews()].map(({ caller, callee }) => [caller, callee]),
    [['+441632960001 (One)', '1002 Ben B']],
  )
  world.fromTrunk('BYE', world.trunkTag, 2)
  world.endAll(benFlow)
  t.same(world.leftovers, idle)
  t.same(world.ended, ['callee 200', 'caller 200'])
})

t.test(
  'a REFER from another address than her phone signals from is challenged, and followed when it is signed',
  async (t) => {
    const world = new TransferWorld(snapshot)
    const elsewhere = flowBy('UDP', '192.0.2.77')
    const account = new DigestAccount('anna', '12345678', countingRandom())
    const refer = (number: number): string => {
      const uri = 'sip:192.0.2.1'
      world.server.receive(
        `REFER ${uri} SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.77;branch=z9hG4bKe${number}\r\n` +
          `From: ${headerOf(world.invited, 'To')};tag=anna\r\nTo: ${headerOf(world.invited, 'From')}\r\n` +
          `Call-ID: ${headerOf(world.invited, 'Call-ID')}\r\nCSeq: ${number} REFER\r\nMax-Forwards: 70\r\n` +
          `Contact: <sip:anna@192.0.2.77>\r\nRefer-To: <sip:1002@north.test>\r\n${account.sign('REFER', uri)}Content-Length: 0\r\n\r\n`,
        elsewhere,
      )
      return world.one('SIP/2.0', elsewhere)
    }
    const challenge = parseMessage(refer(1))
    t.equal(challenge?.status, 401)
    t.same(world.taken('INVITE', benFlow), [], 'nobody is called')
    t.ok(challenge !== null && account.challenged(challenge, 0))
    t.match(refer(2), /^SIP\/2.0 202/)
    t.equal(world.taken('INVITE', benFlow).length, 1)
  },
)

t.test('anna may hang up as soon as she has handed on, and hears nothing more', async (t) => {
  const world = new TransferWorld(snapshot)
  world.refers('sip:1002@north.test')
  world.fromAnna('BYE')
  world.one('SIP/2.0 200', phoneFlow)
  t.same(world.taken('BYE', trunkFlow), [], 'the trunk waits')
  const invite = rings(world)
  t.same(world.taken('NOTIFY', phoneFlow), [])
  answers(world, invite)
  t.same(world.taken('', phoneFlow), [])
  world.fromTrunk('BYE', world.trunkTag, 2)
  world.endAll(benFlow)
  t.same(world.leftovers, idle)
})

t.test('ben is busy: anna is told and has her call', async (t) => {
  const world = new TransferWorld(snapshot)
  world.refers('sip:1002@north.test')
  world.respond(world.one('INVITE', benFlow), benFlow, 486, 'ben')
  t.match(world.takesNotify('SIP/2.0 486 Busy Here'), 'terminated;reason=noresource')
  world.fromAnna('INFO')
  world.respond(world.one('INFO', trunkFlow), trunkFlow, 200, '')
  world.one('SIP/2.0 200', phoneFlow)
  world.fromAnna('BYE')
  world.endAll(trunkFlow)
  t.same(world.leftovers, idle)
})

t.test('ben does not answer and anna has hung up: she is rung, and speaks with the trunk again', async (t) => {
  const world = new TransferWorld(snapshot)
  world.refers('sip:1002@north.test')
  world.fromAnna('BYE')
  world.taken('', phoneFlow)
  rings(world)
  world.clock.advance(20_000)
  const returned = world.one('INVITE', phoneFlow)
  t.match(headerOf(returned, 'From'), /\+441632960001/)
  world.respond(returned, phoneFlow, 180, 'again')
  world.respond(returned, phoneFlow, 200, 'again', '', 'v=0 anna offers\r\n')
  const offered = world.one('INVITE', trunkFlow)
  world.respond(offered, trunkFlow, 200, '', '', 'v=0 trunk answers\r\n')
  t.match(world.one('ACK', phoneFlow), 'v=0 trunk answers')
  world.respond(world.one('CANCEL', benFlow), benFlow, 200, '')
  t.equal(world.server.usage.count('line', 'anna'), 1)
  world.fromPhone(returned, 'again', 'BYE', 1)
  world.one('SIP/2.0 200', phoneFlow)
  world.endAll(trunkFlow)
  world.clock.advance(40_000)
  t.same(world.leftovers, idle)
})

for (const offer of ['v=0 anna again\r\n', '']) {
  t.test(
    `anna hangs up while the trunk thinks about her ${offer === '' ? 'wish for an offer' : 'offer'}`,
    async (t) => {
      const world = new TransferWorld(snapshot)
      world.refers('sip:1002@north.test')
      const invite = rings(world)
      world.annaSequence++
      world.fromPhone(
        world.invited,
        'anna',
        'INVITE',
        world.annaSequence,
        'Contact: <sip:anna@192.0.2.9:5070>\r\n',
        offer,
      )
      const offered = world.one('INVITE', trunkFlow)
      world.respond(offered, trunkFlow, 100, '')
      world.fromAnna('BYE')
      world.one('CANCEL', trunkFlow)
      world.respond(offered, trunkFlow, 200, '', '', 'v=0\r\nm=audio 4000 RTP/AVP 8\r\n')
      const ack = world.one('ACK', trunkFlow)
      const answer = ack.slice(ack.indexOf('\r\n\r\n') + 4)
      if (offer === '')
        t.match(answer, /^m=audio 9 RTP\/AVP 8\r\na=inactive\r$/m, 'RFC 3261 §13.2.1: its offer has an answer')
      else t.equal(answer, '')
      answers(world, invite)
    },
  )
}

t.test(
  'a caller hands on before his ACK, which was to answer the offer of whoever he called, and hangs up',
  async (t) => {
    const world = new TransferWorld(snapshot)
    const anna = new DiallingPhone(world, 'anna', flowBy('UDP', '192.0.2.12'))
    anna.dial('1003', '', '')
    const invite = world.one('INVITE', cleoFlow)
    world.respond(invite, cleoFlow, 200, 'cleo', '', 'v=0\r\nm=audio 4000 RTP/AVP 8\r\n')
    const told = anna.one('SIP/2.0 200')
    anna.within(told, 'REFER', 'Refer-To: <sip:1002@north.test>\r\n')
    world.one('INVITE', benFlow)
    t.same(world.taken('ACK', cleoFlow), [])
    anna.within(told, 'BYE')
    t.match(world.one('ACK', cleoFlow), /^m=audio 9 RTP\/AVP 8\r\na=inactive\r$/m)
    world.respond(invite, cleoFlow, 200, 'cleo', '', 'v=0\r\nm=audio 4000 RTP/AVP 8\r\n')
    world.one('ACK', cleoFlow)
  },
)

t.test('nobody answers at all: the other party is released', async (t) => {
  const world = new TransferWorld(snapshot)
  world.refers('sip:1002@north.test')
  world.fromAnna('BYE')
  world.respond(world.one('INVITE', benFlow), benFlow, 486, 'ben')
  const returned = world.one('INVITE', phoneFlow)
  world.respond(returned, phoneFlow, 180, 'again')
  world.clock.advance(120_000)
  world.endAll(trunkFlow)
  world.one('CANCEL', phoneFlow)
  world.respond(returned, phoneFlow, 487, 'again')
  world.clock.advance(40_000)
  t.same(world.leftovers, idle)
})

t.test('who is handed on hangs up: nobody rings any more', async (t) => {
  const world = new TransferWorld(snapshot)
  world.refers('sip:1002@north.test')
  const invite = rings(world)
  world.takesNotify('SIP/2.0 180 Answer')
  world.fromTrunk('BYE', world.trunkTag, 2)
  world.one('CANCEL', benFlow)
  world.respond(invite, benFlow, 487, 'ben')
  world.endAll(phoneFlow)
  world.clock.advance(40_000)
  t.same(world.leftovers, idle)
})

t.test('the trunk refuses the session of ben: he is told goodbye, and anna has her call', async (t) => {
  const world = new TransferWorld(snapshot)
  world.refers('sip:1002@north.test')
  const invite = rings(world)
  world.takesNotify('SIP/2.0 180 Answer')
  world.respond(invite, benFlow, 200, 'ben', '', 'v=0 ben offers\r\n')
  world.respond(world.one('INVITE', trunkFlow), trunkFlow, 488, '')
  world.one('ACK', benFlow)
  world.endAll(benFlow)
  world.takesNotify('SIP/2.0 488 Not Acceptable Here')
  world.fromAnna('BYE')
  world.endAll(trunkFlow)
  t.same(world.leftovers, idle)
})

t.test('a glare with the trunk is waited for, and so is an offer of his', async (t) => {
  const world = new TransferWorld(snapshot)
  world.refers('sip:1002@north.test')
  const invite = rings(world)
  world.takesNotify('SIP/2.0 180 Answer')
  world.fromTrunk('INVITE', world.trunkTag, 2, 'Contact: <sip:192.0.2.21>\r\n', 'v=0 trunk renews\r\n')
  const renewed = world.one('INVITE', phoneFlow)
  world.respond(invite, benFlow, 200, 'ben', '', 'v=0 ben offers\r\n')
  t.same(world.taken('INVITE', trunkFlow), [])
  world.respond(renewed, phoneFlow, 200, '', sdp, 'v=0 anna\r\n')
  world.fromTrunk('ACK', world.trunkTag, 2)
  world.clock.advance(500)
  world.respond(world.one('INVITE', trunkFlow), trunkFlow, 491, '')
  world.clock.advance(4200)
  const [offered = ''] = world.taken('INVITE', trunkFlow)
  world.respond(offered, trunkFlow, 200, '', '', 'v=0 trunk answers\r\n')
  t.match(world.taken('ACK', benFlow).at(-1), 'v=0 trunk answers')
  world.takesNotify('SIP/2.0 200 OK')
})

t.test('RFC 4488: with Refer-Sub: false anna hears nothing', async (t) => {
  const world = new TransferWorld(snapshot)
  world.fromAnna('REFER', 'Refer-To: <sip:1002@north.test>\r\nRefer-Sub: false\r\nSupported: norefersub\r\n')
  t.equal(headerOf(world.one('SIP/2.0 202', phoneFlow), 'Refer-Sub'), 'false')
  answers(world, rings(world))
  t.same(world.taken('NOTIFY', phoneFlow), [])
  world.endAll(phoneFlow)
})

t.test('what cannot be followed is refused by the right code', async (t) => {
  const world = new TransferWorld(snapshot)
  const refused = (headers: string) => {
    world.fromAnna('REFER', headers)
    return /SIP\/2.0 (\d+ .*)\r/.exec(world.one('SIP/2.0', phoneFlow))?.[1]
  }
  t.equal(refused(''), '400 Missing Refer-To Header')
  t.equal(refused('Refer-To: <sip:1002@a>, <sip:1003@a>\r\n'), '400 More Than One Refer-To')
  t.equal(refused('Refer-To: <http://a>\r\n'), '400 Unsupported Scheme In Refer-To')
  t.equal(refused('Refer-To: <sip:1002@a;method=BYE>\r\n'), '400 Unsupported Method In Refer-To')
  t.equal(refused('Refer-To: <sip:north.test>\r\n'), '400 No Number In Refer-To')
  t.equal(refused('Refer-To: <sip:1002@a?Replaces=x>\r\n'), '400 Malformed Replaces In Refer-To')
  world.refers('sip:1002@north.test')
  t.equal(refused('Refer-To: <sip:1003@north.test>\r\n'), '491 Request Pending', 'one after the other')
  world.fromTrunk('REFER', world.trunkTag, 2, 'Refer-To: <sip:1002@north.test>\r\n')
  t.match(world.one('SIP/2.0', trunkFlow), 'SIP/2.0 403 Forbidden', 'trunks may not')
})

t.test('nobody has the number: anna is told, and may try again', async (t) => {
  const world = new TransferWorld(snapshot)
  world.fromAnna('REFER', 'Refer-To: <sip:1999@north.test>\r\n')
  world.one('SIP/2.0 202', phoneFlow)
  world.takesNotify('SIP/2.0 100 Trying')
  world.takesNotify('SIP/2.0 404 Number Not In Service')
  world.fromAnna('REFER', 'Refer-To: <sip:1002@north.test>\r\n')
  world.one('SIP/2.0 202', phoneFlow)
  t.equal(headerOf(world.takesNotify('SIP/2.0 100 Trying'), 'Event'), 'refer;id=2', 'RFC 3515 §2.4.6')
})

t.test('a crash while ben rings: anna is told and has her call', async (t) => {
  const world = new TransferWorld(snapshot)
  world.refers('sip:1002@north.test')
  const invite = rings(world)
  world.taken('', phoneFlow)
  world.restart()
  world.takesNotify('SIP/2.0 503 Server Restarted')
  world.one('CANCEL', benFlow)
  world.respond(invite, benFlow, 487, 'ben')
  world.fromAnna('BYE')
  world.endAll(trunkFlow)
  world.clock.advance(40_000)
  t.same(world.leftovers, idle)
})

t.test('a crash while ben rings and anna has gone: she is rung', async (t) => {
  const world = new TransferWorld(snapshot)
  world.refers('sip:1002@north.test')
  world.fromAnna('BYE')
  rings(world)
  world.restart()
  world.register('anna', phoneFlow)
  world.taken('', phoneFlow)
  t.same([...world.server.callViews()].length, 2)
})

t.test('a crash right after the answer: both are in the new call, and anna is told goodbye', async (t) => {
  const world = new TransferWorld(snapshot)
  world.refers('sip:1002@north.test')
  const invite = rings(world)
  world.takesNotify('SIP/2.0 180 Answer')
  answers(world, invite)
  world.taken('', phoneFlow)
  world.restart()
  world.takesNotify('SIP/2.0 200 OK')
  world.endAll(phoneFlow)
  t.equal(world.server.callsInProgress, 1)
  world.fromTrunk('BYE', world.trunkTag, 2)
  world.endAll(benFlow)
  t.same(world.leftovers, idle)
})

t.test('a call that was handed on twenty times is handed on no more: 482, and it goes on', async (t) => {
  const world = new TransferWorld(snapshot)
  const lines = (world.entries.find((entry) => entry.startsWith('answered')) ?? '').split('\n')
  lines[1] += ' 20'
  // As the next process would find it after so many transfers.
  world.server.restore({ entries: [{ kind: 'call', key: 'often', value: lines.join('\n') }], damage: [] })
  world.fromAnna('REFER', 'Refer-To: <sip:1002@north.test>\r\n')
  t.match(world.one('SIP/2.0', phoneFlow), /^SIP\/2\.0 482 /)
  t.same(world.taken('INVITE', benFlow), [])
  t.ok(world.server.calls.get('often'))
})
