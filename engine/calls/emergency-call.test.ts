/** How long an emergency call waits for a trunk before it tries the next (docs/emergency.md). */
import t from 'tap'
import { compile } from '../config/compile/compile-document.ts'
import { readDocument } from '../config/read-document.ts'
import { route } from '../router/route.ts'
import { parseMessage } from '../sip/message.ts'
import { countingRandom, flowBy, noNames, RecordingNetwork } from '../sip/recording-network.ts'
import { VirtualClock } from '../sip/virtual-clock.ts'
import { attemptOfDevice } from './attempt.ts'
import { CallServer } from './call-server.ts'
import { RingingCall } from './ringing-call.ts'

const company = `
account: { name: Acme }
pbxs: [{ id: north, name: North, domain: north.test, country: GB }]
sites: [{ id: n, name: N, pbx: north, timeZone: Europe/London, mainNumber: +442079460100 }]
users: [{ userName: anna, firstName: Anna, lastName: A, email: a@b.c, site: n, extension: 1001 }]
devices: [{ user: anna, sipUserName: anna, password: '12345678' }]
phoneNumbers: [{ number: +442079460100 }]
trunks:
  - { id: one, name: One, address: 192.0.2.21, trusted: [], prefixes: [+], optionsSeconds: 0, emergency: first, priority: 1 }
  - { id: two, name: Two, address: 192.0.2.22, trusted: [], prefixes: [+], optionsSeconds: 0, emergency: first, priority: 2 }
`

const invite =
  'INVITE sip:999@north.test SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9:5070;branch=z9hG4bKemergency\r\n' +
  'From: <sip:anna@north.test>;tag=a\r\nTo: <sip:999@north.test>\r\nCall-ID: e1\r\nCSeq: 1 INVITE\r\n' +
  'Contact: <sip:anna@192.0.2.9:5070>\r\nMax-Forwards: 70\r\nContent-Type: application/sdp\r\n' +
  'Content-Length: 5\r\n\r\nv=0\r\n'

/** Dials 999; gives the world in which the call is at its first trunk. */
function dial() {
  const reading = readDocument(company, 'a.yaml')
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
  const clock = new VirtualClock(1_000_000)
  const network = new RecordingNetwork(clock)
  const nothing = () => undefined
  const server = new CallServer({
    network,
    clock,
    random: countingRandom(),
    journal: { put: nothing, remove: nothing },
    events: { began: nothing, wentOn: nothing, answered: nothing, ended: nothing },
    log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    snapshot: compile(reading.document, 1),
    nonceKey: Buffer.alloc(32, 1),
    isOwnHost: () => false,
    locator: noNames,
  })
  const device = server.snapshot.devicesBySipUserName.get('anna')
  const user = server.snapshot.users.get('anna')
  const request = parseMessage(invite)
  if (device === undefined || user === undefined || request === null) throw new Error('The test is wrong')
  const attempt = attemptOfDevice(request, device, user, () => false)
  if (attempt === null) throw new Error('The test is wrong')
  const flow = flowBy('UDP')
  const party = { kind: 'user', id: 'anna', title: '1001 Anna' } as const
  const transaction = server.transactions.acceptInvite(request, flow)
  const decision = route(server.snapshot, server.usage, attempt, clock.now())
  new RingingCall(server, attempt, party, request, flow, transaction).start(decision)
  const invites = () => network.take().filter(({ text }) => text.startsWith('INVITE'))
  /** Answers the newest INVITE in the name of its trunk. */
  const say = (sent: { readonly text: string }, status: string) => {
    const head = /Via: .*\r\n|From: .*\r\n|To: .*\r\n|Call-ID: .*\r\n|CSeq: .*\r\n/g
    const lines = [...sent.text.matchAll(head)].map(([line]) =>
      line.startsWith('To:') ? line.replace('\r\n', ';tag=x\r\n') : line,
    )
    server.receive(`SIP/2.0 ${status}\r\n${lines.join('')}Content-Length: 0\r\n\r\n`, flowBy('UDP', '192.0.2.21', 5060))
  }
  return { server, clock, invites, say }
}

t.test('a trunk that says nothing for 2 s is passed over', async (t) => {
  const { clock, invites } = dial()
  t.match(
    invites().map(({ flow }) => flow.address),
    ['192.0.2.21'],
  )
  clock.advance(1999)
  t.notOk(invites().some(({ flow }) => flow.address === '192.0.2.22'))
  clock.advance(1)
  t.ok(invites().some(({ flow }) => flow.address === '192.0.2.22'))
})

t.test('a trunk that takes the call but does not ring within 8 s is passed over', async (t) => {
  const { clock, invites, say } = dial()
  const [first] = invites()
  if (first === undefined) throw new Error('Nothing was sent')
  say(first, '100 Trying')
  clock.advance(7999)
  t.same(invites(), [])
  clock.advance(1)
  t.ok(invites().some(({ flow }) => flow.address === '192.0.2.22'))
})

t.test('a trunk that rings is waited for', async (t) => {
  const { server, clock, invites, say } = dial()
  const [first] = invites()
  if (first === undefined) throw new Error('Nothing was sent')
  say(first, '100 Trying')
  clock.advance(7000)
  say(first, '180 Ringing')
  clock.advance(60_000)
  t.same(invites(), [])
  t.equal(server.callsInProgress, 1)
})
