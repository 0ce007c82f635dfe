import t from 'tap'
import { compile } from '../../config/compile/compile-document.ts'
import { readDocument } from '../../config/read-document.ts'
import { benFlow, companyOfThree, headerOf, phoneFlow, TransferWorld, tagOf, trunkFlow } from './transfer-world.ts'

const reading = readDocument(companyOfThree, 'company.yaml')
if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
const snapshot = compile(reading.document, 1)
const idle = [0, 0, true]

/** Anna, in a call with the trunk, asks ben, who answers. @returns our tag towards her in that call */
function consulted(world: TransferWorld): string {
  world.consults('1002')
  world.respond(world.one('INVITE', benFlow), benFlow, 200, 'ben', '', 'v=0 ben\r\n')
  const tag = tagOf(world.one('SIP/2.0 200', phoneFlow), 'To')
  world.inConsultation('ACK', tag, 1)
  world.one('ACK', benFlow)
  world.taken('', phoneFlow)
  return tag
}

function replacing(callId: string, toTag: string, fromTag: string, more = ''): string {
  return `sip:1002@north.test?Replaces=${callId}%3Bto-tag%3D${toTag}%3Bfrom-tag%3D${fromTag}${more}`
}

/** Both are asked by us for a session with each other. */
function agree(world: TransferWorld): void {
  world.clock.advance(0)
  const asked = world.one('INVITE', trunkFlow)
  t.notOk(headerOf(asked, 'Content-Type'))
  world.respond(asked, trunkFlow, 200, '', '', 'v=0 trunk offers\r\n')
  const passed = world.one('INVITE', benFlow)
  t.match(passed, 'v=0 trunk offers')
  world.respond(passed, benFlow, 200, '', '', 'v=0 ben answers\r\n')
  world.one('ACK', benFlow)
  t.match(world.one('ACK', trunkFlow), 'v=0 ben answers')
}

t.test('RFC 5589 §7: anna joins the two she speaks with', async (t) => {
  const world = new TransferWorld(snapshot)
  const tag = consulted(world)
  t.equal(world.server.usage.count('line', 'anna'), 2)
  world.refers(replacing('second', tag, 'c'))
  t.equal(world.server.callsInProgress, 1)
  t.equal(world.server.usage.count('line', 'anna'), 0)
  const bye = world.one('BYE', phoneFlow)
  t.equal(headerOf(bye, 'Call-ID'), 'second', 'her consultation ends')
  world.respond(bye, phoneFlow, 200, '')
  world.takesNotify('SIP/2.0 200 OK')
  world.endAll(phoneFlow)
  agree(world)
  world.fromTrunk('BYE', world.trunkTag, 2)
  world.endAll(benFlow)
  t.same(world.leftovers, idle)
  t.same(world.ended, ['callee 200', 'caller 200'])
})

t.test('her own BYEs cross ours, and both are answered', async (t) => {
  const world = new TransferWorld(snapshot)
  const tag = consulted(world)
  world.refers(replacing('second', tag, 'c'))
  world.inConsultation('BYE', tag, 2)
  world.one('SIP/2.0 200', phoneFlow)
  world.fromAnna('BYE')
  world.one('SIP/2.0 200', phoneFlow)
  world.endAll(phoneFlow)
  agree(world)
  world.fromTrunk('BYE', world.trunkTag, 2)
  world.endAll(benFlow)
  world.clock.advance(40_000)
  t.same(world.leftovers, idle)
})

t.test('the other way round: anna hands ben to the trunk, by the tags as the other end sees them', async (t) => {
  const world = new TransferWorld(snapshot)
  const tag = consulted(world)
  const own = tagOf(world.invited, 'From')
  const callId = headerOf(world.invited, 'Call-ID')
  const target = replacing(callId, 'anna', own)
  world.inConsultation('REFER', tag, 2, `Refer-To: <${target}>\r\nContact: <sip:anna@192.0.2.9:5070>\r\n`)
  world.one('SIP/2.0 202', phoneFlow)
  t.equal(world.server.callsInProgress, 1)
  const [notify = ''] = world.taken('NOTIFY', phoneFlow)
  world.respond(notify, phoneFlow, 200, '')
  world.takesNotify('SIP/2.0 200 OK')
})

t.test('semi-attended: ben still rings, and the trunk gets his answer', async (t) => {
  const world = new TransferWorld(snapshot)
  world.consults('1002')
  const invite = world.one('INVITE', benFlow)
  world.respond(invite, benFlow, 180, 'ben')
  const tag = tagOf(world.one('SIP/2.0 180', phoneFlow), 'To')
  world.refers(replacing('second', tag, 'c'))
  world.one('SIP/2.0 487', phoneFlow)
  t.same(world.taken('CANCEL', benFlow), [], 'he rings on')
  world.respond(invite, benFlow, 200, 'ben', '', 'v=0 ben\r\n')
  world.one('ACK', benFlow)
  world.takesNotify('SIP/2.0 200 OK')
  world.endAll(phoneFlow)
  agree(world)
  world.fromTrunk('BYE', world.trunkTag, 2)
  world.endAll(benFlow)
  world.clock.advance(40_000)
  t.same(world.leftovers, idle)
})

t.test('semi-attended: what anna would have acknowledged is acknowledged for her when it comes again', async (t) => {
  const world = new TransferWorld(snapshot)
  world.consults('1002', 'Supported: 100rel\r\n')
  const invite = world.one('INVITE', benFlow)
  const ring = () => world.respond(invite, benFlow, 180, 'ben', 'Require: 100rel\r\nRSeq: 7\r\n')
  ring()
  const tag = tagOf(world.one('SIP/2.0 180', phoneFlow), 'To')
  world.refers(replacing('second', tag, 'c'))
  t.same(world.taken('PRACK', benFlow), [])
  ring()
  const prack = world.one('PRACK', benFlow)
  t.equal(headerOf(prack, 'RAck'), '7 1 INVITE')
  world.respond(prack, benFlow, 200, '')
  ring()
  t.same(world.taken('PRACK', benFlow), [], 'once')
})

t.test('semi-attended, and nobody answers: anna is told and has her call', async (t) => {
  const world = new TransferWorld(snapshot)
  world.consults('1002')
  const invite = world.one('INVITE', benFlow)
  world.respond(invite, benFlow, 180, 'ben')
  const tag = tagOf(world.one('SIP/2.0 180', phoneFlow), 'To')
  world.refers(replacing('second', tag, 'c'))
  world.respond(invite, benFlow, 486, 'ben')
  world.takesNotify('SIP/2.0 486 Busy Here')
  world.fromAnna('BYE')
  world.endAll(trunkFlow)
  world.clock.advance(40_000)
  t.same(world.leftovers, idle)
})

t.test('what is not hers, not there or over is not replaced', async (t) => {
  const world = new TransferWorld(snapshot)
  const tag = consulted(world)
  world.refers(replacing('second', 'nobody', 'c'))
  world.takesNotify('SIP/2.0 481 Call/Transaction Does Not Exist')
  world.refers(replacing('second', tag, 'other'))
  world.takesNotify('SIP/2.0 481 Call/Transaction Does Not Exist')
  world.refers(replacing('second', tag, 'c', '%3Bearly-only'))
  world.takesNotify('SIP/2.0 486 Busy Here')
  world.refers(replacing('call', world.trunkTag, 't'))
  world.takesNotify('SIP/2.0 403 Forbidden')
  t.equal(world.server.callsInProgress, 2)
})

t.test('a crash in the middle of the join: both are asked again', async (t) => {
  const world = new TransferWorld(snapshot)
  const tag = consulted(world)
  world.refers(replacing('second', tag, 'c'))
  world.taken('', phoneFlow)
  world.restart()
  world.takesNotify('SIP/2.0 200 OK')
  world.clock.advance(1000)
  t.equal(world.server.callsInProgress, 1)
  const [asked = ''] = world.taken('INVITE', trunkFlow)
  world.respond(asked, trunkFlow, 200, '', '', 'v=0 trunk offers\r\n')
  world.respond(world.one('INVITE', benFlow), benFlow, 200, '', '', 'v=0 ben answers\r\n')
  t.match(world.one('ACK', trunkFlow), 'v=0 ben answers')
})
