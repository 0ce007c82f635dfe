/**
 * For tests: a user's call to an outside number, from the INVITE on, on a clock that stands still and a network that only
 * remembers. What trunks say is written out by the test.
 */
import type { Snapshot } from '../config/snapshot.ts'
import { route } from '../router/route.ts'
import { parseMessage } from '../sip/message.ts'
import { countingRandom, flowBy, noNames, RecordingNetwork } from '../sip/recording-network.ts'
import type { Flow } from '../sip/transport.ts'
import { VirtualClock } from '../sip/virtual-clock.ts'
import { attemptOfDevice } from './attempt.ts'
import { CallServer } from './call-server.ts'
import { RingingCall } from './ringing-call.ts'

/** The configuration document that goes with it; its trunks are the test's. */
export const companyWithoutTrunks = `
account: { name: Acme }
pbxs: [{ id: north, name: North, domain: north.test, country: GB }]
sites: [{ id: n, name: N, pbx: north, timeZone: Europe/London, mainNumber: +442079460100, mainNumberForAll: true }]
users: [{ userName: anna, firstName: Anna, lastName: A, email: a@b.c, site: n, extension: 1001 }]
devices: [{ user: anna, sipUserName: anna, password: '12345678' }]
phoneNumbers: [{ number: +442079460100 }]
`

export interface SentRequest {
  readonly flow: Flow
  readonly text: string
}

/** @param snapshot compiled from `companyWithoutTrunks` and trunks */
export function dialOutside(snapshot: Snapshot, dialled: string) {
  const clock = new VirtualClock(1_000_000)
  const network = new RecordingNetwork(clock)
  const nothing = () => undefined
  const server = new CallServer({
    network,
    clock,
    random: countingRandom(),
    journal: { put: nothing, remove: nothing },
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
    snapshot,
    nonceKey: Buffer.alloc(32, 1),
    isOwnHost: () => false,
    locator: noNames,
  })
  const phone = flowBy('UDP')
  const device = server.snapshot.devicesBySipUserName.get('anna')
  const user = server.snapshot.users.get('anna')
  const request = parseMessage(
    `INVITE sip:${dialled}@north.test SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9:5070;branch=z9hG4bKoutgoing\r\n` +
      `From: <sip:anna@north.test>;tag=a\r\nTo: <sip:${dialled}@north.test>\r\nCall-ID: e1\r\nCSeq: 1 INVITE\r\n` +
      'Contact: <sip:anna@192.0.2.9:5070>\r\nMax-Forwards: 70\r\nContent-Type: application/sdp\r\n' +
      'Content-Length: 5\r\n\r\nv=0\r\n',
  )
  if (device === undefined || user === undefined || request === null) throw new Error('The test is wrong')
  const attempt = attemptOfDevice(request, device, user, () => false)
  if (attempt === null) throw new Error('The test is wrong')
  const party = { kind: 'user', id: 'anna', title: '1001 Anna' } as const
  const transaction = server.transactions.acceptInvite(request, phone)
  const decision = route(server.snapshot, server.usage, attempt, clock.now())
  new RingingCall(server, attempt, { party, request, flow: phone, transaction }).start(decision)
  /** Everything sent since the last look that begins so. */
  const taken = (start: string): SentRequest[] => network.take().filter(({ text }) => text.startsWith(start))
  /** Answers a request in the name of the trunk it went to; `status` with its phrase. */
  const say = ({ text, flow }: SentRequest, status: string, headers = '', body = ''): void => {
    const head = /Via: .*\r\n|From: .*\r\n|To: .*\r\n|Call-ID: .*\r\n|CSeq: .*\r\n/g
    const lines = [...text.matchAll(head)].map(([line]) =>
      line.startsWith('To:') && !line.includes(';tag=') ? line.replace('\r\n', ';tag=x\r\n') : line,
    )
    const type = body === '' ? '' : 'Content-Type: application/sdp\r\n'
    const all = `SIP/2.0 ${status}\r\n${lines.join('')}${headers}${type}Content-Length: ${body.length}\r\n\r\n${body}`
    server.receive(all, flow)
  }
  return { server, clock, network, phone, taken, say, invites: () => taken('INVITE') }
}
