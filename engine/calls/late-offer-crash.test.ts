/** A crash between an answer that makes the offer and the ACK that answers it (RFC 3264 §5): both sides get their sound. */
import t from 'tap'
import { compile } from '../config/compile/compile-document.ts'
import { readDocument } from '../config/read-document.ts'
import type { EntryKind, RecoveredEntries } from '../records/entries.ts'
import { countingRandom, flowBy, noNames, RecordingNetwork } from '../sip/recording-network.ts'
import { VirtualClock } from '../sip/virtual-clock.ts'
import { CallServer } from './call-server.ts'

const company = `
account: { name: Acme }
pbxs: [{ id: north, name: North, domain: north.test, country: GB }]
sites: [{ id: n, name: N, pbx: north, timeZone: Europe/London }]
users: [{ userName: anna, firstName: Anna, lastName: A, email: a@b.c, site: n, extension: 1001 }]
devices: [{ user: anna, sipUserName: anna, password: '12345678' }]
phoneNumbers: [{ number: +442079460101, user: anna }]
trunks:
  - { id: one, name: One, address: 192.0.2.21, trusted: [{ address: 192.0.2.21 }], prefixes: [+], optionsSeconds: 0 }
`

const trunk = flowBy('UDP', '192.0.2.21', 5060)
const phone = flowBy('UDP', '192.0.2.9', 5070)

class World {
  readonly clock = new VirtualClock(1_000_000)
  readonly network = new RecordingNetwork(this.clock)
  readonly #entries = new Map<string, { readonly kind: EntryKind; readonly key: string; readonly value: string }>()
  readonly #random = countingRandom()

  server(): CallServer {
    const nothing = () => undefined
    const reading = readDocument(company, 'a.yaml')
    if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
    const server = new CallServer({
      network: this.network,
      clock: this.clock,
      random: this.#random,
      journal: {
        put: (kind, key, value) => this.#entries.set(`${kind} ${key}`, { kind, key, value }),
        remove: (kind, key) => this.#entries.delete(`${kind} ${key}`),
      },
      events: {
        began: nothing,
        wentOn: nothing,
        answered: nothing,
        transferred: nothing,
        recorded: nothing,
        heard: nothing,
        ended: nothing,
      },
      log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
      snapshot: compile(reading.document, 1),
      nonceKey: Buffer.alloc(32, 1),
      isOwnHost: () => true,
      locator: noNames,
    })
    const recovered: RecoveredEntries = { entries: [...this.#entries.values()], damage: [] }
    server.restore(recovered)
    return server
  }

  /** The newest message that begins so and went to this address. */
  sent(start: string, address: string): string {
    const found = this.network.sent.findLast(({ flow, text }) => flow.address === address && text.startsWith(start))
    if (found === undefined) throw new Error(`Nothing beginning with ${start} went to ${address}`)
    return found.text
  }
}

function header(text: string, name: string): string {
  return new RegExp(`^${name}: (.*)\r$`, 'm').exec(text)?.[1] ?? ''
}

t.test('the answer in the ACK reaches the called one, although another process passed the offer', async (t) => {
  const world = new World()
  const first = world.server()
  const device = first.snapshot.devicesBySipUserName.get('anna')
  if (device === undefined) throw new Error('The test is wrong')
  first.bindings.update(device, { path: '', callId: 'r', cseq: 1, userAgent: '', received: phone }, [
    {
      contact: 'sip:anna@192.0.2.9:5070',
      instanceId: '',
      regId: 0,
      q: '',
      behindNat: false,
      port: 5070,
      expiresAt: world.clock.now() + 3_600_000,
    },
  ])
  const fromTrunk = (method: string, to: string, body: string) =>
    `${method} sip:+442079460101@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.21;branch=z9hG4bK${method}\r\n` +
    `From: <sip:+441632960001@192.0.2.21>;tag=t\r\nTo: ${to}\r\nCall-ID: late\r\nCSeq: 1 ${method}\r\n` +
    `Contact: <sip:192.0.2.21>\r\nMax-Forwards: 70\r\n${body === '' ? '' : 'Content-Type: application/sdp\r\n'}` +
    `Content-Length: ${body.length}\r\n\r\n${body}`
  first.receive(fromTrunk('INVITE', '<sip:+442079460101@192.0.2.1>', ''), trunk)
  const invite = world.sent('INVITE', phone.address)
  const answered =
    `SIP/2.0 200 OK\r\nVia: ${header(invite, 'Via')}\r\nFrom: ${header(invite, 'From')}\r\n` +
    `To: ${header(invite, 'To')};tag=p\r\nCall-ID: ${header(invite, 'Call-ID')}\r\nCSeq: 1 INVITE\r\n` +
    'Contact: <sip:anna@192.0.2.9:5070>\r\nContent-Type: application/sdp\r\nContent-Length: 10\r\n\r\nv=0 offer\n'
  first.receive(answered, phone)
  t.match(world.sent('SIP/2.0 200', trunk.address), /v=0 offer/)
  t.throws(() => world.sent('ACK', phone.address), 'no ACK before the answer is known')

  const second = world.server()
  second.receive(answered, phone)
  t.throws(() => world.sent('ACK', phone.address), 'nor for a repeated 200')
  second.receive(fromTrunk('ACK', header(world.sent('SIP/2.0 200', trunk.address), 'To'), 'v=0 answer\n'), trunk)
  const ack = world.sent('ACK', phone.address)
  t.match(ack, /v=0 answer/)
  t.equal(header(ack, 'CSeq'), '1 ACK')
  t.equal(header(ack, 'Content-Type'), 'application/sdp')
})
