import t from 'tap'
import { compile } from '../../config/compile/compile-document.ts'
import { readDocument } from '../../config/read-document.ts'
import { companyOfThree, phoneFlow, TransferWorld, trunkFlow } from './transfer-world.ts'

const company = companyOfThree.replace('extension: 1001,', 'extension: 1001, holdRecallSeconds: 60,')
const reading = readDocument(company, 'company.yaml')
if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
const snapshot = compile(reading.document, 1)
const held =
  'v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\na=sendonly\r\n'

/** Anna has put the trunk on hold. */
function holding(): TransferWorld {
  const world = new TransferWorld(snapshot)
  world.annaSequence++
  world.fromPhone(world.invited, 'anna', 'INVITE', 1, 'Contact: <sip:anna@192.0.2.9:5070>\r\n', held)
  world.respond(world.one('INVITE', trunkFlow), trunkFlow, 200, '', '', held.replace('sendonly', 'recvonly'))
  world.fromPhone(world.invited, 'anna', 'ACK', 1)
  world.taken('', phoneFlow)
  world.taken('', trunkFlow)
  return world
}

/** Anna's phones ring within ten seconds. @returns the INVITE */
function rung(world: TransferWorld): string {
  for (let seconds = 0; seconds < 10; seconds++) {
    const [invite] = world.taken('INVITE', phoneFlow)
    if (invite !== undefined) return invite
    world.clock.advance(1000)
  }
  return ''
}

t.test('a call on hold rings at its holder after the time he set, and he goes on with it', async (t) => {
  const world = holding()
  world.clock.advance(55_000)
  t.same(world.taken('INVITE', phoneFlow), [])
  const returned = rung(world)
  world.respond(returned, phoneFlow, 180, 'again')
  world.respond(returned, phoneFlow, 200, 'again', '', 'v=0 anna offers\r\n')
  world.respond(world.one('INVITE', trunkFlow), trunkFlow, 200, '', '', 'v=0 trunk answers\r\n')
  world.endAll(phoneFlow)
  t.same(
    [...world.server.callViews()].map(({ heldBy, callee }) => [heldBy, callee]),
    [['nobody', '1001 Anna A']],
  )
  t.equal(world.server.usage.count('line', 'anna'), 1)
})

t.test('he does not answer: it stays on hold, and rings again after as long', async (t) => {
  const world = holding()
  world.clock.advance(55_000)
  const returned = rung(world)
  world.respond(returned, phoneFlow, 486, 'again')
  t.same(
    [...world.server.callViews()].map(({ heldBy }) => heldBy),
    ['callee'],
  )
  t.same(world.taken('BYE', trunkFlow), [])
  world.clock.advance(55_000)
  t.ok(rung(world))
})

t.test('a call that lasts a day is ended', async (t) => {
  const world = new TransferWorld(snapshot)
  for (let minutes = 0; minutes < 24 * 60; minutes++) {
    world.clock.advance(60_000)
    for (const flow of [phoneFlow, trunkFlow]) {
      for (const asked of world.taken('OPTIONS', flow)) world.respond(asked, flow, 200, '')
    }
  }
  world.clock.advance(10_000)
  t.match(world.taken('BYE', phoneFlow).at(0), 'Maximum Call Length Reached')
  t.match(world.taken('BYE', trunkFlow).at(0), 'Maximum Call Length Reached')
})
