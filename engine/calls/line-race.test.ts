/** Two calls at the same moment to a user with one line left: one rings, the other finds him busy. */
import t from 'tap'
import { compile } from '../config/compile/compile-document.ts'
import { readDocument } from '../config/read-document.ts'

import { CallWorld, headerOf, phoneFlow, tagOf, trunkFlow } from './call-world.ts'
import { DiallingPhone } from './dialling-phone.ts'

const company = `
account: { name: Acme }
pbxs: [{ id: north, name: North, domain: north.test, country: GB }]
sites: [{ id: n, name: N, pbx: north, timeZone: Europe/London }]
users:
  - { userName: anna, firstName: Anna, lastName: A, email: a@b.c, site: n, extension: 1001, lines: 2 }
  - { userName: ben, firstName: Ben, lastName: B, email: a@b.c, site: n, extension: 1002, lines: 2, forwarding: { all: { to: { user: anna } } } }
devices:
  - { user: anna, sipUserName: anna, password: '12345678' }
  - { user: ben, sipUserName: ben, password: '12345678' }
ringGroups: [{ id: all, name: All, site: n, extension: 1100, members: [{ user: anna }] }]
phoneNumbers: [{ number: +442079460101, user: anna }, { number: +442079460102, user: ben }, { number: +442079460103, ringGroup: all }]
trunks:
  - { id: one, name: One, address: 192.0.2.21, trusted: [{ address: 192.0.2.21 }], prefixes: [+], optionsSeconds: 0 }
`
const sdp = 'v=0\r\no=- 1 1 IN IP4 192.0.2.21\r\ns=-\r\nc=IN IP4 192.0.2.21\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n'
/** Her own number, one that is forwarded to her, and a group of which she is a member. */
const numbers = ['+442079460101', '+442079460102', '+442079460103'] as const
const pairs = 10_000

function office(): CallWorld {
  const reading = readDocument(company, 'a.yaml')
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
  return new CallWorld(compile(reading.document, 1))
}

/** A call of the trunk's with this name. */
function request(method: string, number: string, name: string, cseq: number, toTag = ''): string {
  const body = method === 'INVITE' ? sdp : ''
  const to = toTag === '' ? '' : `;tag=${toTag}`
  return (
    `${method} sip:${number}@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.21;branch=z9hG4bK${name}${method === 'CANCEL' ? 'INVITE' : method}\r\n` +
    `From: <sip:+441632960001@192.0.2.21>;tag=${name}\r\nTo: <sip:${number}@192.0.2.1>${to}\r\nCall-ID: ${name}\r\n` +
    `CSeq: ${cseq} ${method}\r\nContact: <sip:192.0.2.21>\r\nMax-Forwards: 70\r\n` +
    `${body === '' ? '' : 'Content-Type: application/sdp\r\n'}Content-Length: ${body.length}\r\n\r\n${body}`
  )
}

/** Status codes other than 100 that a call's INVITE got. */
function finals(messages: readonly string[], name: string): string[] {
  return messages
    .filter((text) => headerOf(text, 'Call-ID') === name && headerOf(text, 'CSeq').endsWith('INVITE'))
    .map((text) => text.slice(8, 11))
    .filter((status) => status !== '100')
}

t.test(`${pairs} pairs of calls at once to the last line: never two of them ring, and never none`, async (t) => {
  const world = office()
  const { server } = world
  let seed = 1
  const chance = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
    return Math.floor((seed / 2 ** 31) * below)
  }
  const number = () => numbers[chance(3)] ?? numbers[0]
  let wrong = 0
  for (let pair = 0; pair < pairs; pair++) {
    // One line is in use; sometimes that is a call that ends at the very moment.
    const other = server.usage.take('line', 'anna')
    const [one, two] = [`a${pair}`, `b${pair}`]
    const [dialled, dialledTwo] = [number(), number()]
    server.receive(request('INVITE', dialled, one, 1), trunkFlow)
    server.receive(request('INVITE', dialledTwo, two, 1), trunkFlow)
    const rung = world.taken('INVITE', phoneFlow)
    const told = world.taken('SIP/2.0', trunkFlow)
    const [invite] = rung
    const refused = finals(told, two)
    if (rung.length !== 1 || invite === undefined || finals(told, one).length > 0 || refused.length !== 1) wrong++
    if (server.usage.count('line', 'anna') !== 2) wrong++
    if (invite === undefined) continue
    switch (chance(3)) {
      case 0:
        server.receive(request('CANCEL', dialled, one, 1), trunkFlow)
        world.taken('CANCEL', phoneFlow)
        world.respond(invite, phoneFlow, 487, 'x')
        break
      case 1:
        world.respond(invite, phoneFlow, 486, 'x')
        break
      default: {
        world.respond(invite, phoneFlow, 200, 'x', '', sdp)
        const answer = world.taken('SIP/2.0 200', trunkFlow)[0] ?? ''
        server.receive(request('ACK', dialled, one, 1, tagOf(answer, 'To')), trunkFlow)
        server.receive(request('BYE', dialled, one, 2, tagOf(answer, 'To')), trunkFlow)
        world.fromPhone(invite, 'x', 'BYE', 2)
      }
    }
    server.usage.give(other)
    if (server.usage.count('line', 'anna') !== 0) wrong++
    if (pair % 100 === 0) world.clock.advance(40_000)
    world.network.sent = []
  }
  t.equal(wrong, 0)
  world.clock.advance(40_000)
  t.equal(server.calls.count, 0)
  t.ok(server.usage.idle)
})

t.test('a user in as many calls as he has lines may still make one, for a consultation, and no more', async (t) => {
  const world = office()
  const anna = new DiallingPhone(world, 'anna', phoneFlow)
  const { usage } = world.server
  for (const [inUse, status] of [
    [1, 'called'],
    [2, 'called'],
    [3, '486'],
  ] as const) {
    const held = Array.from({ length: inUse }, () => usage.take('line', 'anna'))
    const refusal = anna.dial('+441632960002').at(-1)?.slice(8, 11)
    const called = world.network.sent.some(({ text }) => text.startsWith('INVITE '))
    t.equal(called ? 'called' : refusal, status, `${inUse} of 2 lines in use`)
    anna.cancel()
    for (const holding of held) usage.give(holding)
    world.network.sent = []
  }
})
