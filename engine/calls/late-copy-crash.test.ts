import t from 'tap'
import { compile } from '../config/compile/compile-document.ts'
import { readDocument } from '../config/read-document.ts'
import { CallWorld, companyOfAnna, phoneFlow, trunkFlow } from './call-world.ts'

const reading = readDocument(companyOfAnna, 'company.yaml')
if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
const snapshot = compile(reading.document, 1)
const offer = 'v=0 offer\r\n'

t.test('a late copy of an INVITE is no new call after a crash, though its call was refused before it', async (t) => {
  const world = new CallWorld(snapshot)
  world.invite('', offer)
  const invite = world.one('INVITE', phoneFlow)
  world.respond(invite, phoneFlow, 486, 'p')
  world.one('SIP/2.0 486', trunkFlow)
  world.fromTrunk('ACK', 'x', 1)
  world.clock.advance(6000)
  world.restart()
  world.taken('SIP/2.0', trunkFlow)
  world.invite('', offer)
  world.one('SIP/2.0 482', trunkFlow)
  t.same(world.taken('INVITE', phoneFlow), [])
  t.same(world.server.callsInProgress, 0)
})

t.test('the next call of the same caller is one, if only by its number', async (t) => {
  const world = new CallWorld(snapshot)
  world.invite('', offer)
  world.respond(world.one('INVITE', phoneFlow), phoneFlow, 486, 'p')
  world.restart()
  world.invite('', offer, 2)
  world.one('INVITE', phoneFlow)
  t.equal(world.server.callsInProgress, 1)
})
