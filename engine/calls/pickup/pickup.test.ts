/** Calls that ring elsewhere, taken by a code. */
import t from 'tap'
import { compile } from '../../config/compile/compile-document.ts'
import { readDocument } from '../../config/read-document.ts'
import { flowBy } from '../../sip/recording-network.ts'
import { CallWorld, headerOf, phoneFlow, tagOf, trunkFlow } from '../call-world.ts'
import { DiallingPhone } from '../dialling-phone.ts'

const company = (pickup: string) => `
account: { name: Acme }
pbxs: [{ id: north, name: North, domain: north.test, country: GB, pickup: ${pickup} }]
sites: [{ id: n, name: N, pbx: north, timeZone: Europe/London }]
users:
  - { userName: anna, firstName: Anna, lastName: A, email: a@b.c, site: n, extension: 1001, pickupGroups: [sales] }
  - { userName: ben, firstName: Ben, lastName: B, email: a@b.c, site: n, extension: 1002, pickupGroups: [sales], lines: 1 }
  - { userName: cora, firstName: Cora, lastName: C, email: a@b.c, site: n, extension: 1003 }
devices:
  - { user: anna, sipUserName: anna, password: '12345678' }
  - { user: ben, sipUserName: ben, password: '12345678' }
  - { user: cora, sipUserName: cora, password: '12345678' }
ringGroups: [{ id: sales, name: Sales, site: n, extension: 1100, members: [{ user: anna }] }]
phoneNumbers: [{ number: +442079460101, user: anna }, { number: +442079460102, ringGroup: sales }]
trunks:
  - { id: one, name: One, address: 192.0.2.21, trusted: [{ address: 192.0.2.21 }], prefixes: [+], optionsSeconds: 0 }
`
const offer =
  'v=0\r\no=- 1 1 IN IP4 192.0.2.21\r\ns=-\r\nc=IN IP4 192.0.2.21\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n'

function office(pickup = 'everyone') {
  const reading = readDocument(company(pickup), 'a.yaml')
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
  const world = new CallWorld(compile(reading.document, 1))
  const ben = new DiallingPhone(world, 'ben', flowBy('UDP', '192.0.2.12'))
  const cora = new DiallingPhone(world, 'cora', flowBy('UDP', '192.0.2.13'))
  return { world, ben, cora }
}

/** The trunk's call rings at anna. */
function ring(world: CallWorld, body = offer): string {
  world.invite('', body)
  const invite = world.one('INVITE', phoneFlow)
  world.respond(invite, phoneFlow, 180, 'annas')
  world.taken('SIP/2.0 1', trunkFlow)
  return invite
}

const statusOf = (answers: readonly string[]) => (answers.at(-1) ?? '').slice(8).split('\r')[0]

t.test(
  'a call that rings at an extension is taken: both hear each other, and the phone that rang is told',
  async (t) => {
    const { world, ben } = office()
    const invite = ring(world)
    const answer = ben.dial('**1001').at(-1) ?? ''
    t.match(answer, /^SIP\/2.0 200/)
    t.match(answer, /^c=IN IP4 192.0.2.21\r$/m, "he has the caller's address")
    t.match(answer, /^m=audio 4000 RTP\/AVP 8 101\r$/m)
    t.match(headerOf(answer, 'P-Asserted-Identity'), 'sip:+441632960001@north.test')
    const told = world.one('SIP/2.0 200', trunkFlow)
    t.match(told, /^c=IN IP4 192.0.2.12\r$/m, 'and the caller his')
    t.match(world.one('CANCEL', phoneFlow), 'Reason: SIP;cause=200;text="Call completed elsewhere"')
    world.respond(invite, phoneFlow, 487, 'annas')
    t.same(
      [...world.server.callViews()].map(({ callee, state }) => `${state} ${callee}`),
      ['answered 1002 Ben B'],
    )
    t.equal(world.server.usage.count('line', 'ben'), 1)
    t.equal(world.server.usage.count('line', 'anna'), 0)

    world.fromTrunk('ACK', tagOf(told, 'To'), 1)
    ben.within(answer, 'ACK')
    world.clock.advance(40_000)
    t.same(world.taken('SIP/2.0 200', ben.flow), [], 'no answer is repeated any more')
    ben.within(answer, 'BYE')
    t.match(world.one('BYE', trunkFlow), 'BYE sip:192.0.2.21 ')
    t.same(world.ended, ['server 200', 'callee 200'], 'his own call was over when it took the other')
    t.ok(world.server.usage.idle)
  },
)

t.test('a call of a ring group, and of the own pickup group', async (t) => {
  const { world, ben, cora } = office()
  ring(world)
  t.equal(statusOf(cora.dial('**1100')), '404 Nothing Rings There', 'anna is called herself, not as a member')
  t.equal(statusOf(cora.dial('*8')), '404 You Are In No Pickup Group')
  t.equal(statusOf(ben.dial('*8')), '200 OK')
  t.equal(statusOf(cora.dial('**1001')), '404 Nothing Rings There', 'it is taken')
  t.equal(statusOf(cora.dial('**1009')), '404 Number Not In Service')
})

t.test('only those who have the right, and never for want of lines', async (t) => {
  const { world, ben, cora } = office('same-group')
  ring(world)
  t.equal(statusOf(cora.dial('**1001')), '403 You May Not Pick Up This Call')
  // Both calls that he may have are there: a line, and a consultation.
  world.server.usage.take('line', 'ben')
  world.server.usage.take('line', 'ben')
  t.equal(statusOf(ben.dial('1003')), '486 All Your Lines Are In Use')
  t.equal(statusOf(ben.dial('**1001')), '200 OK')
})

t.test('without a codec in common nobody loses the call', async (t) => {
  const { world, ben } = office()
  const invite = ring(world)
  t.equal(statusOf(ben.dial('**1001', '', ben.sdp.replace('8 101', '9 101'))), '488 Not Acceptable Here')
  world.respond(invite, phoneFlow, 200, 'annas', '', offer)
  t.equal(world.taken('SIP/2.0 200', trunkFlow).length, 1)
  t.same(
    [...world.server.callViews()].map(({ callee }) => callee),
    ['1001 Anna A'],
  )
})

t.test('a caller who made no offer gets that of the phone that takes his call, and answers in his ACK', async (t) => {
  const { world, ben } = office()
  ring(world, '')
  t.equal(statusOf(ben.dial('**1001')), '100 Trying', 'the answer is not there yet')
  const told = world.one('SIP/2.0 200', trunkFlow)
  t.match(told, ben.sdp)
  world.fromTrunk('ACK', tagOf(told, 'To'), 1, '', offer)
  t.match(ben.one('SIP/2.0 200'), /^c=IN IP4 192.0.2.21\r$/m)
})

t.test('after a crash both sides end normally', async (t) => {
  const { world, ben } = office()
  ring(world)
  const answer = ben.dial('**1001').at(-1) ?? ''
  const told = world.one('SIP/2.0 200', trunkFlow)
  world.restart()
  t.equal(world.taken('SIP/2.0 200', ben.flow).length, 1, 'what nobody has acknowledged is said again')
  t.equal(world.taken('SIP/2.0 200', trunkFlow).length, 1)
  ben.within(answer, 'ACK')
  world.fromTrunk('ACK', tagOf(told, 'To'), 1)
  world.fromTrunk('BYE', tagOf(told, 'To'), 2)
  ben.respond(ben.one('BYE'), 200)
  t.ok(world.server.usage.idle)
  t.equal(world.server.calls.dialogs, 0)
})
