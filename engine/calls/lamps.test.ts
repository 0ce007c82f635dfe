/** What phones watch of calls, from SUBSCRIBE to NOTIFY (RFC 6665, RFC 4235; docs/lamps.md). */
import t from 'tap'
import { compile } from '../config/compile/compile-document.ts'
import { readDocument } from '../config/read-document.ts'
import { flowBy } from '../sip/recording-network.ts'
import { CallWorld, headerOf, phoneFlow, tagOf, trunkFlow } from './call-world.ts'
import { answerOf, companyOfLamps, shownIn, WatchingPhone } from './watching-phone.ts'

const snapshotOf = (text: string) => {
  const reading = readDocument(text, 'a.yaml')
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
  return compile(reading.document, 1)
}
const company = snapshotOf(companyOfLamps)
const anna = 'sip:1001@north.test'
const sdp = 'v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\nm=audio 5004 RTP/AVP 0\r\n'
const lamp = 'Event: dialog\r\n'

function world() {
  const world = new CallWorld(company)
  const ben = new WatchingPhone(world, 'ben', flowBy('UDP', '192.0.2.12'))
  const cora = new WatchingPhone(world, 'cora', flowBy('UDP', '192.0.2.13'))
  return { world, ben, cora }
}

/** A call of the trunk's to anna; her phone rings, or more. */
function ring(world: CallWorld): string {
  world.invite('', sdp)
  const invite = world.one('INVITE', phoneFlow)
  world.respond(invite, phoneFlow, 180, 'annas')
  return invite
}

t.test('RFC 4235: a lamp shows a call ringing, answered and ended, each time the whole state', async (t) => {
  const { world: calls, ben } = world()
  const answer = ben.subscribe(anna, lamp)
  t.equal(answerOf(answer, 'Expires'), '200 3600')
  const [first] = ben.notified()
  t.equal(first?.state, 'active;expires=3600')
  t.match(first?.body, /version="0" state="full" entity="sip:1001@north.test">\n<\/dialog-info>/)
  t.match(first?.text, /\r\nContent-Type: application\/dialog-info\+xml\r\n/)

  const invite = ring(calls)
  t.same(ben.notified(), [], 'the call comes first')
  calls.clock.advance(1)
  const [rings] = ben.notified()
  t.equal(shownIn(rings?.body ?? ''), 'early recipient tags sip:+441632960001@north.test')
  t.match(rings?.body, `call-id="${headerOf(invite, 'Call-ID')}"`, 'with what it can be picked up')
  t.match(rings?.body, 'local-tag="annas"')
  t.match(rings?.body, `remote-tag="${tagOf(invite, 'From')}"`)

  calls.respond(invite, phoneFlow, 200, 'annas', '', sdp)
  calls.clock.advance(1)
  t.equal(shownIn(ben.notified()[0]?.body ?? ''), 'confirmed recipient tags sip:+441632960001@north.test')

  calls.fromPhone(invite, 'annas', 'BYE', 2)
  calls.clock.advance(1)
  const [ended] = ben.notified()
  t.equal(shownIn(ended?.body ?? '-'), '')
  t.match(ended?.body, 'version="3"', 'versions rise by one')
  t.equal(ended?.sequence, 4)
})

t.test('RFC 6665 §4.2.1: challenged like every request; who does not show who he is gets nothing', async (t) => {
  const { world: calls, ben } = world()
  calls.server.receive(
    `SUBSCRIBE ${anna} SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.12:5070;rport;branch=z9hG4bKx\r\nFrom: <sip:ben@north.test>;tag=x\r\n` +
      `To: <${anna}>\r\nCall-ID: x\r\nCSeq: 1 SUBSCRIBE\r\nContact: <sip:ben@192.0.2.12>\r\n${lamp}Content-Length: 0\r\n\r\n`,
    ben.flow,
  )
  t.match(calls.one('SIP/2.0 401', ben.flow), 'WWW-Authenticate: Digest realm="north.test"')
  t.equal(calls.server.subscriptions.size, 0)
})

t.test('what a SUBSCRIBE is refused for', async (t) => {
  const { ben, cora, world: calls } = world()
  const said = (uri: string, headers: string, header: string) => answerOf(ben.subscribe(uri, headers), header)
  t.equal(said(anna, '', 'Allow-Events'), '489 dialog, message-summary, presence', 'no Event header')
  t.equal(said(anna, 'Event: conference\r\n', 'Allow-Events'), '489 dialog, message-summary, presence')
  t.equal(said(anna, `${lamp}Expires: 59\r\n`, 'Min-Expires'), '423 60')
  t.equal(said(anna, `${lamp}Accept: text/plain\r\n`, 'Accept'), '406 application/dialog-info+xml')
  t.equal(said('sip:1009@north.test', lamp, ''), '404', 'nobody')
  t.equal(said('sip:1001@elsewhere.test', lamp, ''), '200', 'addresses of ours lead to his own PBX')
  t.equal(said('sip:222001@north.test', lamp, ''), '200', 'another PBX of the account, by its dial code')
  t.equal(said(anna, 'Event: message-summary\r\n', ''), '403', 'not his mailbox')
  t.equal(said(anna, `${lamp}Require: gruu\r\n`, 'Unsupported'), '420 gruu')
  const accept = Array.from({ length: 200 }, (_, index) => `application/x-${index}`).join(', ')
  t.equal(answerOf(cora.subscribe(anna, `${lamp}Accept: ${accept}, application/dialog-info+xml;q=0.1\r\n`), ''), '200')
  t.equal(calls.server.subscriptions.size, 3)
})

t.test('docs/trust.md: without the pickup right a lamp does not say who is on the other side', async (t) => {
  const { world: calls, cora } = world()
  cora.subscribe(anna, lamp)
  cora.notified()
  const invite = ring(calls)
  calls.clock.advance(1)
  const [rings] = cora.notified()
  t.equal(shownIn(rings?.body ?? ''), 'early recipient')
  t.notMatch(rings?.body, headerOf(invite, 'Call-ID'))
  t.notMatch(rings?.body, 'annas')
  t.notMatch(rings?.body, '441632960001')
})

t.test('RFC 6665 §4.4.3: Expires 0 without a subscription asks for the state once', async (t) => {
  const { world: calls, ben } = world()
  ring(calls)
  t.equal(answerOf(ben.subscribe(anna, `${lamp}Expires: 0\r\n`), 'Expires'), '200 0')
  const [once, ...more] = ben.notified()
  t.same(more, [])
  t.equal(once?.state, 'terminated;reason=timeout')
  t.equal(shownIn(once?.body ?? ''), 'early recipient tags sip:+441632960001@north.test')
  t.equal(calls.server.subscriptions.size, 0)
  t.same(
    calls.entries.filter((entry) => entry.includes('dialog\n')),
    [],
  )
})

t.test('RFC 6665 §4.1.2: refreshed, ended by the phone, and expired', async (t) => {
  const { world: calls, ben } = world()
  const answer = ben.subscribe(anna, lamp)
  ben.notified()
  calls.clock.advance(3_000_000)
  t.equal(answerOf(ben.subscribe('sip:192.0.2.1', lamp, answer), 'Expires'), '200 3600')
  t.equal(ben.notified()[0]?.state, 'active;expires=3600', 'each SUBSCRIBE is told the state')
  calls.clock.advance(3_000_000)
  t.equal(calls.server.subscriptions.size, 1)
  t.equal(answerOf(ben.subscribe('sip:192.0.2.1', 'Event: presence\r\n', answer), ''), '489')
  t.equal(answerOf(ben.subscribe('sip:192.0.2.1', `${lamp}Expires: 0\r\n`, answer), 'Expires'), '200 0')
  t.equal(ben.notified()[0]?.state, 'terminated;reason=timeout')
  t.equal(calls.server.subscriptions.size, 0)
  t.equal(answerOf(ben.subscribe('sip:192.0.2.1', lamp, answer), ''), '481', 'it is over')

  ben.subscribe(anna, lamp)
  ben.notified()
  calls.clock.advance(3_601_000)
  t.equal(ben.notified()[0]?.state, 'terminated;reason=timeout')
  t.equal(calls.server.subscriptions.size, 0)
  t.equal(calls.server.subscriptions.board.anyWatched, false)
})

t.test('RFC 6665 §4.2.2: one NOTIFY under way; the next has the newest state', async (t) => {
  const { world: calls, ben } = world()
  ben.subscribe(anna, lamp)
  const [first] = ben.notified(0)
  const invite = ring(calls)
  calls.clock.advance(10)
  calls.respond(invite, phoneFlow, 200, 'annas', '', sdp)
  calls.clock.advance(10)
  t.same(ben.notified(0), [])
  ben.answer(first?.text ?? '', 200)
  calls.clock.advance(1)
  t.same(
    ben.notified(0).map(({ body }) => shownIn(body)),
    ['confirmed recipient tags sip:+441632960001@north.test'],
  )
})

t.test('a lamp that changes a hundred times a second says the newest, not everything', async (t) => {
  const { world: calls, ben } = world()
  ben.subscribe(anna, lamp)
  ben.notified()
  let said = 0
  for (let call = 1; call <= 100; call++) {
    calls.invite('', sdp, call)
    const invite = calls.one('INVITE', phoneFlow)
    calls.respond(invite, phoneFlow, 180, 'annas')
    calls.clock.advance(5)
    said += ben.notified().length
    if (call === 100) break
    calls.respond(invite, phoneFlow, 486, 'annas')
    calls.clock.advance(5)
    said += ben.notified().length
  }
  t.equal(said, 4, 'a burst')
  calls.clock.advance(100)
  const last = ben.notified().map(({ body }) => shownIn(body))
  t.same(last, ['early recipient tags sip:+441632960001@north.test'])
  calls.clock.advance(60_000)
  t.same(ben.notified(), [])
})

for (const [status, headers, gone] of [
  [481, '', true],
  [489, '', true],
  [503, 'Retry-After: 30\r\n', false],
  [500, '', false],
] as const) {
  t.test(`RFC 6665 §4.2.2: a NOTIFY that is answered ${status}`, async (t) => {
    const { world: calls, ben } = world()
    ben.subscribe(anna, lamp)
    ben.notified(status, headers)
    t.equal(calls.server.subscriptions.size, gone ? 0 : 1)
    const wait = status === 503 ? 30_000 : 2000
    calls.clock.advance(wait - 1)
    t.same(ben.notified(), [])
    calls.clock.advance(1)
    t.equal(ben.notified().length, gone ? 0 : 1, 'tried again later')
  })
}

t.test('RFC 6665 §4.2.2: a phone that does not answer, and one that always fails, are given up', async (t) => {
  const { world: calls, ben, cora } = world()
  ben.subscribe(anna, lamp)
  cora.subscribe(anna, lamp)
  for (const wait of [2000, 4000, 8000, 16_000, 32_000]) {
    t.equal(cora.notified(500).length, 1)
    calls.clock.advance(wait)
  }
  t.equal(calls.server.subscriptions.size, 1, 'one has not answered for 32 s')
  cora.notified(500)
  t.equal(calls.server.subscriptions.size, 0)
  t.same([calls.server.subscriptions.counters.lost, calls.server.subscriptions.counters.expired], [2, 0])
})

t.test('after a crash the lamps are told anew, whatever rang, and numbers go on', async (t) => {
  const { world: calls, ben } = world()
  const answer = ben.subscribe(anna, lamp)
  ben.notified()
  ring(calls)
  calls.clock.advance(1)
  const before = ben.notified()[0]
  calls.restart()
  calls.clock.advance(1)
  const after = ben.notified()
  t.equal(after.length, 1)
  t.equal(shownIn(after[0]?.body ?? '-'), '', 'what rang was ended')
  t.ok((after[0]?.sequence ?? 0) > (before?.sequence ?? 0))
  t.equal(answerOf(ben.subscribe('sip:192.0.2.1', lamp, answer), 'Expires'), '200 3600', 'and it can be refreshed')
  ben.notified()
  calls.taken('SIP/2.0 500', trunkFlow)

  calls.invite('', sdp, 7)
  const invite = calls.taken('INVITE', phoneFlow).at(-1) ?? ''
  calls.respond(invite, phoneFlow, 200, 'annas', '', sdp)
  calls.clock.advance(2000)
  t.equal(shownIn(ben.notified().at(-1)?.body ?? ''), 'confirmed recipient tags sip:+441632960001@north.test')
  calls.restart()
  calls.clock.advance(1)
  t.equal(shownIn(ben.notified()[0]?.body ?? ''), 'confirmed recipient tags sip:+441632960001@north.test')
})

t.test('RFC 5626: a phone that loses its connection is told when it comes back', async (t) => {
  const calls = new CallWorld(company)
  const connection = (number: number, port: number) => ({ ...flowBy('TLS', '192.0.2.12', port), connection: number })
  const ben = new WatchingPhone(calls, 'ben', connection(8, 50_001))
  const answer = ben.subscribe(anna, lamp)
  ben.notified()
  ring(calls)
  calls.clock.advance(1)
  ben.notified(0)
  calls.server.connectionClosed(ben.flow)
  calls.clock.advance(60_000)
  t.same(ben.notified(), [], 'there is no way to it')
  t.equal(calls.server.subscriptions.size, 1, 'and what was under way when it went is nobody s fault')

  ben.flow = connection(9, 50_002)
  t.equal(answerOf(ben.register(), ''), '200')
  calls.clock.advance(1)
  const [returned, ...more] = ben.notified()
  t.same(more, [])
  t.equal(shownIn(returned?.body ?? ''), 'early recipient tags sip:+441632960001@north.test')
  t.match(returned?.text, 'Via: SIP/2.0/TLS')

  calls.restart()
  calls.clock.advance(1)
  t.same(ben.notified(), [], 'connections end with the process')
  ben.flow = connection(10, 50_003)
  t.equal(answerOf(ben.subscribe('sip:192.0.2.1', lamp, answer), 'Expires'), '200 3600', 'or it subscribes again')
  t.equal(shownIn(ben.notified()[0]?.body ?? '-'), '')
})

t.test('RFC 5626: after a crash a phone is told by its new connection, whoever was told at its old port', async (t) => {
  const calls = new CallWorld(company)
  const connection = (number: number, port: number) => ({ ...flowBy('TCP', '192.0.2.12', port), connection: number })
  const ben = new WatchingPhone(calls, 'ben', connection(8, 50_001))
  t.equal(answerOf(ben.register(), ''), '200')
  ben.subscribe(anna, lamp)
  ben.notified()
  calls.invite('', sdp)
  const invite = calls.one('INVITE', phoneFlow)
  calls.respond(invite, phoneFlow, 200, 'annas', '', sdp)
  calls.clock.advance(2000)
  ben.notified()

  calls.restart()
  // Somebody at this port takes NOTIFYs that are not for him.
  const somebody = new WatchingPhone(calls, 'ben', connection(0, 50_001))
  calls.clock.advance(1)
  t.equal(somebody.notified().length, 1, 'a phone that listens where it connected from is told at once')
  ben.flow = connection(9, 50_002)
  t.equal(answerOf(ben.register(), ''), '200')
  calls.clock.advance(1)
  const [returned, ...more] = ben.notified()
  t.same(more, [])
  t.equal(shownIn(returned?.body ?? ''), 'confirmed recipient tags sip:+441632960001@north.test')
  t.equal(answerOf(ben.register(), ''), '200')
  calls.clock.advance(1)
  t.same(ben.notified(), [], 'and once')
})

t.test('docs/calls.md: a call that ends while phones are still taken up after a crash leaves no lamp on', async (t) => {
  const { world: calls, ben } = world()
  // More entries than are taken up in one go.
  for (let number = 0; number < 250; number++) {
    ben.subscribe(number % 2 === 0 ? anna : 'sip:1003@north.test', lamp)
    ben.notified()
  }
  calls.invite('', sdp)
  calls.respond(calls.one('INVITE', phoneFlow), phoneFlow, 200, 'annas', '', sdp)
  const answer = calls.taken('SIP/2.0 200', trunkFlow).at(-1) ?? ''
  const tag = tagOf(answer, 'To')
  calls.fromTrunk('ACK', tag, 1)
  calls.clock.advance(20_000)
  ben.notified()

  let slices = 0
  calls.restart(() => {
    if (slices++ === 0) calls.fromTrunk('BYE', tag, 2)
  })
  t.ok(slices > 1, `${slices} slices`)
  t.match(calls.taken('SIP/2.0', trunkFlow).at(-1), /^SIP\/2.0 200.*CSeq: 2 BYE/s)
  t.equal(calls.taken('BYE', phoneFlow).length, 1, 'both sides end')
  calls.clock.advance(100)
  const told = ben.notified()
  t.equal(told.length, 250)
  t.ok(told.every(({ body }) => shownIn(body) === ''))
})

t.test('who and what is not there any more ends the subscription; a new right shows more', async (t) => {
  const { world: calls, ben, cora } = world()
  ben.subscribe(anna, lamp)
  ben.subscribe('sip:1003@north.test', lamp)
  cora.subscribe(anna, lamp)
  cora.subscribe('sip:1002@north.test', lamp)
  t.equal(ben.notified().length, 2)
  t.equal(cora.notified().length, 2)
  ring(calls)
  calls.clock.advance(1)
  t.equal(ben.notified().length, 1)
  t.equal(shownIn(cora.notified().at(-1)?.body ?? ''), 'early recipient')

  calls.server.replaceSnapshot(snapshotOf(companyOfLamps.replace('pickup: same-site', 'pickup: everyone')))
  calls.clock.advance(1)
  t.same(ben.notified(), [], 'nothing that he does not know')
  t.equal(shownIn(cora.notified()[0]?.body ?? ''), 'early recipient tags sip:+441632960001@north.test')

  const withoutCora = companyOfLamps.replace(/^ .*cora.*\n/gm, '')
  calls.server.replaceSnapshot(snapshotOf(withoutCora))
  calls.clock.advance(1)
  t.same(
    ben.notified().map(({ state }) => state),
    ['terminated;reason=noresource'],
  )
  t.same(
    cora.notified().map(({ state }) => state),
    ['terminated;reason=rejected', 'terminated;reason=rejected'],
  )
  t.equal(calls.server.subscriptions.size, 1)
})

t.test('RFC 3856: presence is online, on a call, not to be disturbed', async (t) => {
  const { world: calls, ben, cora } = world()
  const said = (phone: WatchingPhone) => {
    const [last] = phone.notified()
    if (last === undefined) return 'nothing'
    const basic = /<basic>(.*)<\/basic>/.exec(last.body)?.[1]
    const activities = [...last.body.matchAll(/<rpid:([a-z-]+)\/>/g)].map(([, name]) => name)
    return [basic, ...activities, /<note>(.*)<\/note>/.exec(last.body)?.[1]].join(' ')
  }
  const presence = 'Event: presence\r\n'
  ben.subscribe('sip:1001@north.test', presence)
  t.equal(said(ben), 'open unknown Online')
  cora.subscribe('sip:1002@north.test', presence)
  t.equal(said(cora), 'closed unknown Offline')
  ben.subscribe('sip:1003@north.test', presence)
  t.equal(said(ben), 'closed busy Do not disturb')
  t.equal(answerOf(ben.register(), ''), '200')
  calls.clock.advance(1)
  t.equal(said(cora), 'open unknown Online')

  const invite = ring(calls)
  calls.clock.advance(1)
  t.equal(said(ben), 'open on-the-phone On the phone')
  calls.respond(invite, phoneFlow, 486, 'annas')
  calls.clock.advance(1)
  t.equal(said(ben), 'open unknown Online')
  calls.invite('', sdp, 2)
  calls.respond(calls.taken('INVITE', phoneFlow)[0] ?? '', phoneFlow, 180, 'annas')
  calls.clock.advance(4997)
  t.equal(said(ben), 'nothing', 'at most one in five seconds after the first two')
  calls.clock.advance(2)
  t.equal(said(ben), 'open on-the-phone On the phone')

  calls.server.replaceSnapshot(snapshotOf(companyOfLamps.replace(/extension: 1002/, '$&, doNotDisturb: true')))
  calls.clock.advance(1)
  t.equal(said(cora), 'open busy Do not disturb')
})

t.test('RFC 3842: the lamp of the own mailbox', async (t) => {
  const { ben } = world()
  t.equal(answerOf(ben.subscribe('sip:1002@north.test', 'Event: message-summary\r\n'), 'Expires'), '200 3600')
  const [told] = ben.notified()
  t.equal(told?.body, 'Messages-Waiting: no\r\nMessage-Account: sip:1002@north.test\r\nVoice-Message: 0/0 (0/0)\r\n')
  t.match(told?.text, 'Content-Type: application/simple-message-summary\r\n')
})

t.test('docs/lamps.md, Refusals: a storm of SUBSCRIBEs of one phone has an end, and calls go on', async (t) => {
  const { world: calls, ben, cora } = world()
  const answers = new Map<string, number>()
  for (let count = 0; count < 320; count++) {
    const answer = answerOf(ben.subscribe(anna, lamp), '')
    answers.set(answer, (answers.get(answer) ?? 0) + 1)
    ben.notified()
  }
  t.same(
    [...answers],
    [
      ['200', 300],
      ['403', 20],
    ],
  )
  t.equal(calls.server.subscriptions.counters.refused.device, 20)
  t.equal(answerOf(ben.subscribe(anna, `${lamp}Expires: 0\r\n`), ''), '200', 'a state asked for once needs no room')
  t.equal(answerOf(cora.subscribe(anna, lamp), ''), '200')
  ben.notified()
  cora.notified()
  ring(calls)
  calls.clock.advance(1)
  t.ok(ben.notified().length < 60, 'told in slices, so that calls come between')
  calls.clock.advance(100)
  t.ok(ben.notified().length > 240)
})

t.test('a proxy between: the route is told and used (RFC 3261 §12.1.1)', async (t) => {
  const { ben } = world()
  const route = 'Record-Route: <sip:192.0.2.40;lr>, <sip:edge.test;lr>\r\n'
  const answer = ben.subscribe(anna, lamp + route)
  t.match(answer, route)
  const [first] = ben.notified()
  t.match(first?.text, 'Route: <sip:192.0.2.40;lr>\r\nRoute: <sip:edge.test;lr>\r\n')
  t.match(first?.text, /^NOTIFY sip:ben@192\.0\.2\.12:5070 SIP/)
})

t.test('phones that did not subscribe are told of messages when they register, where the PBX says so', async (t) => {
  const { world: calls, ben } = world()
  t.equal(answerOf(ben.register(), ''), '200')
  t.same(ben.notified(), [])
  calls.server.replaceSnapshot(
    snapshotOf(companyOfLamps.replace('pickup: same-site', 'pickup: same-site, unsolicitedMessageWaiting: true')),
  )
  ben.flow = flowBy('UDP', '192.0.2.12', 5090)
  t.equal(answerOf(ben.register(), ''), '200')
  const [told, ...more] = ben.notified()
  t.same(more, [])
  t.match(told?.text, /^NOTIFY sip:ben@192\.0\.2\.12:5090 SIP/)
  t.match(told?.text, 'Event: message-summary\r\n')
  t.match(told?.body, 'Messages-Waiting: no\r\n')
  t.equal(answerOf(ben.register(), ''), '200')
  t.same(ben.notified(), [], 'but not each time it refreshes')
  calls.server.subscriptions.messagesChanged('ben')
  t.equal(ben.notified().length, 2, 'and each contact when something changes')
})
