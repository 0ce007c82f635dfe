import fc from 'fast-check'
import t from 'tap'
import { Header } from '../header-names.ts'
import type { SipMessage } from '../message.ts'
import { parseMessage } from '../message.ts'
import { countingRandom, flowBy, RecordingNetwork } from '../recording-network.ts'
import { VirtualClock } from '../virtual-clock.ts'
import { TransactionLayer } from './layer.ts'

/** A layer whose user takes every request and answers it with `status`; 0: later or never; -1: without state. */
function answering(status: number) {
  const clock = new VirtualClock()
  const network = new RecordingNetwork(clock)
  const told: string[] = []
  const layer = new TransactionLayer(network, clock, countingRandom(), {
    inviteReceived(request, flow) {
      told.push('INVITE')
      if (status < 0) {
        layer.respondStateless(request, flow, 401, 'Unauthorized', 'X: y\r\n')
        return
      }
      const transaction = layer.acceptInvite(request, flow)
      transaction.user = {
        cancelled: () => {
          told.push('cancelled')
          transaction.respond(487, 'Request Terminated', transaction.toTag, '', '')
        },
        answerAcknowledged: () => undefined,
        answerLost: () => told.push('answer lost'),
      }
      if (status > 0) transaction.respond(status, 'Phrase', transaction.toTag, '', '')
    },
    requestReceived(request, flow) {
      told.push(request.method)
      if (status < 0) {
        layer.respondStateless(request, flow, 401, 'Unauthorized', '')
        return
      }
      const transaction = layer.acceptRequest(request, flow)
      if (status > 0) transaction.respond(status, 'Phrase', '', '')
    },
    ackReceived: () => told.push('ACK'),
    strayResponseReceived: (response) => told.push(`stray ${response.status}`),
  })
  return { clock, network, told, layer }
}

interface Parts {
  readonly method?: string
  readonly branch?: string
  readonly sentBy?: string
  readonly to?: string
  readonly from?: string
  readonly cseq?: number
  readonly callId?: string
  readonly uri?: string
  readonly further?: readonly string[]
}

function request(parts: Parts = {}): string {
  const method = parts.method ?? 'INVITE'
  const branch = parts.branch ?? ';branch=z9hG4bK1'
  return [
    `${method} ${parts.uri ?? 'sip:b@192.0.2.1'} SIP/2.0`,
    `Via: SIP/2.0/UDP ${parts.sentBy ?? '192.0.2.9:5070'}${branch}`,
    `From: ${parts.from ?? '<sip:a@b>;tag=1'}`,
    `To: ${parts.to ?? '<sip:b@b>'}`,
    `Call-ID: ${parts.callId ?? 'x'}`,
    `CSeq: ${parts.cseq ?? 1} ${method}`,
    ...(parts.further ?? []),
    '\r\n',
  ].join('\r\n')
}

function read(text: string | undefined): SipMessage {
  const message = parseMessage(text ?? '')
  if (message === null) throw new Error('not a message')
  return message
}

const udp = flowBy('UDP')

t.test('RFC 3261 §17.2.3: branch, sent-by and method make a transaction', async (t) => {
  const { told, layer } = answering(0)
  for (const parts of [
    {},
    { branch: ';branch=z9hG4bK2', callId: 'y' },
    { sentBy: '192.0.2.9:5099', callId: 'z' },
    { method: 'OPTIONS', callId: 'w' },
  ]) {
    layer.receive(request(parts), udp)
    layer.receive(request(parts), udp)
  }
  t.same(told, ['INVITE', 'INVITE', 'INVITE', 'OPTIONS'])
  t.equal(layer.size, 4)
})

t.test('RFC 3261 §17.2.3: peers of RFC 2543 are known by everything that identifies the request', async (t) => {
  for (const branch of ['', ';branch=1', ';branch=z9hG4bK']) {
    const { told, layer, clock, network } = answering(486)
    layer.receive(request({ branch }), udp)
    layer.receive(request({ branch }), udp)
    t.same(told, ['INVITE'], branch)
    const tag = read(network.take()[0]?.text).toTag
    layer.receive(request({ branch, method: 'ACK', to: `<sip:b@b>;tag=${tag}` }), udp)
    clock.advance(5000)
    t.equal(layer.size, 0, 'the ACK of the failure was matched')
    t.equal(clock.running, 1)
    t.same(told, ['INVITE'])
    layer.receive(request({ branch, callId: 'y' }), udp)
    layer.receive(request({ branch, cseq: 2 }), udp)
    layer.receive(request({ branch, from: '<sip:a@b>;tag=2' }), udp)
    layer.receive(request({ branch, uri: 'sip:c@192.0.2.1', cseq: 3 }), udp)
    t.equal(told.length, 5)
  }
})

t.test('RFC 3261 §9.2: CANCEL of an RFC 2543 peer', async (t) => {
  const { told, layer } = answering(0)
  layer.receive(request({ branch: '' }), udp)
  layer.receive(request({ branch: '', method: 'CANCEL' }), udp)
  t.same(told, ['INVITE', 'cancelled'])
})

t.test('RFC 3261 §8.2.2.2: a merged request gets 482', async (t) => {
  const { told, layer, network, clock } = answering(0)
  layer.receive(request(), udp)
  layer.receive(request({ branch: ';branch=z9hG4bKother' }), udp)
  t.same(network.takeStartLines(), ['SIP/2.0 482 Loop Detected'])
  layer.receive(request({ branch: ';branch=z9hG4bKother', method: 'ACK' }), udp)
  t.same(told.slice(0, 1), ['INVITE'])
  layer.receive(request({ branch: ';branch=z9hG4bKthird', to: '<sip:b@b>;tag=dialog' }), udp)
  t.equal(told.at(-1), 'INVITE', 'inside a dialog nothing is merged')
  layer.receive(request({ method: 'CANCEL' }), udp)
  network.take()
  layer.receive(request({ method: 'ACK' }), udp)
  clock.advance(96_000)
  told.length = 0
  layer.receive(request({ branch: ';branch=z9hG4bKother' }), udp)
  t.same(told, ['INVITE'], 'when all is over, it is a new one')
})

t.test('RFC 3261 §8.2.2.2: a copy of a request answered already gets 482 too', async (t) => {
  for (const status of [200, 486]) {
    for (const method of ['INVITE', 'OPTIONS']) {
      const { told, layer, network, clock } = answering(status)
      const other = { method, branch: ';branch=z9hG4bKother' }
      layer.receive(request({ method }), udp)
      if (status >= 300) layer.receive(request({ method: 'ACK' }), udp)
      told.length = 0
      layer.receive(request({ method, cseq: 2, branch: ';branch=z9hG4bKnext' }), udp)
      t.same(told, [method], 'one with a number of its own is another request')
      network.take()
      layer.receive(request(other), udp)
      clock.advance(31_999)
      network.take()
      layer.receive(request(other), udp)
      t.same(network.takeStartLines(), ['SIP/2.0 482 Loop Detected'], 'also after one with a higher number')
      layer.receive(request({ ...other, branch: ';branch=z9hG4bKwithin', to: '<sip:b@b>;tag=x' }), udp)
      t.equal(told.filter((what) => what === method).length, 2, 'inside a dialog nothing is merged')
      clock.advance(96_000)
      told.length = 0
      layer.receive(request(other), udp)
      t.same(told, [method], 'when all is over, it is a new one')
    }
  }
})

t.test('RFC 3261 §8.2.2.2: an INVITE that rings long is known to its copies as long as it rings', async (t) => {
  const { told, layer, network, clock } = answering(180)
  layer.receive(request(), udp)
  for (let copies = 0; copies < 10; copies++) {
    clock.advance(31_000)
    network.take()
    layer.receive(request({ branch: ';branch=z9hG4bKother' }), udp)
    t.same(network.takeStartLines(), ['SIP/2.0 482 Loop Detected'])
  }
  layer.receive(request({ method: 'CANCEL' }), udp)
  layer.receive(request({ method: 'ACK' }), udp)
  t.same(told, ['INVITE', 'cancelled'])
  clock.advance(96_000)
  t.equal(layer.size, 0)
  t.equal(layer.remembered, 0)
  t.equal(clock.running, 0)
})

t.test('RFC 3261 §17.2.3: copies of answered requests inside a dialog are known too', async (t) => {
  const { told, layer, network, clock } = answering(200)
  for (const [index, method] of ['INVITE', 'BYE', 'OPTIONS'].entries()) {
    const parts = { method, to: '<sip:b@b>;tag=x', cseq: index + 1 }
    layer.receive(request(parts), udp)
    const [answer] = network.take()
    clock.advance(1000)
    layer.receive(request(parts), udp)
    t.same(
      network.take().map(({ text }) => text),
      method === 'INVITE' ? [] : [answer?.text],
    )
  }
  t.same(told, ['INVITE', 'BYE', 'OPTIONS'])
})

t.test('RFC 3261 §9.2: CANCEL is answered 200 and ends the INVITE with 487', async (t) => {
  const { told, layer, network, clock } = answering(180)
  layer.receive(request(), udp)
  layer.receive(request({ method: 'CANCEL' }), udp)
  const [ringing, ok, terminated] = network.take().map(({ text }) => read(text))
  t.same([ringing?.status, ok?.status, terminated?.status], [180, 200, 487])
  t.same([ok?.method, terminated?.method], ['CANCEL', 'INVITE'])
  t.equal(ok?.toTag, terminated?.toTag)
  layer.receive(request({ method: 'ACK' }), udp)
  t.same(told, ['INVITE', 'cancelled'])
  clock.advance(5000)
  t.equal(layer.size, 0)
  clock.advance(91_000)
  t.equal(layer.remembered, 0)
  t.equal(clock.running, 0)
})

t.test('RFC 3261 §9.2: CANCEL of an INVITE with a 2xx is in order, but only from where that came', async (t) => {
  for (const branch of [';branch=z9hG4bK1', '']) {
    const { told, layer, network, clock } = answering(200)
    layer.receive(request({ branch }), udp)
    clock.advance(31_999)
    network.take()
    layer.receive(request({ branch, method: 'CANCEL' }), flowBy('UDP', '203.0.113.7'))
    t.same(network.takeStartLines(), ['SIP/2.0 481 Call/Transaction Does Not Exist'])
    layer.receive(request({ branch, method: 'CANCEL' }), udp)
    layer.receive(request({ branch, method: 'CANCEL' }), udp)
    t.same(network.takeStartLines(), ['SIP/2.0 200 OK', 'SIP/2.0 200 OK'])
    t.same(told, ['INVITE'])
    t.equal(layer.size, 0)
    clock.advance(96_000)
    layer.receive(request({ branch, method: 'CANCEL' }), udp)
    t.same(network.takeStartLines(), ['SIP/2.0 481 Call/Transaction Does Not Exist'])
    t.equal(clock.running, 0)
  }
})

t.test('RFC 3261 §9.2: CANCEL of nothing, or from somebody else, gets 481', async (t) => {
  const { told, layer, network } = answering(180)
  layer.receive(request({ method: 'CANCEL' }), udp)
  t.same(network.takeStartLines(), ['SIP/2.0 481 Call/Transaction Does Not Exist'])
  layer.receive(request(), udp)
  network.take()
  layer.receive(request({ method: 'CANCEL' }), flowBy('UDP', '203.0.113.7'))
  t.same(network.takeStartLines(), ['SIP/2.0 481 Call/Transaction Does Not Exist'])
  layer.receive(request({ method: 'CANCEL', branch: ';branch=z9hG4bKother' }), udp)
  t.same(network.takeStartLines(), ['SIP/2.0 481 Call/Transaction Does Not Exist'])
  layer.receive(request({ method: 'OPTIONS', callId: 'y', branch: ';branch=z9hG4bKo' }), udp)
  network.take()
  layer.receive(request({ method: 'CANCEL', callId: 'y', branch: ';branch=z9hG4bKo' }), udp)
  t.same(network.takeStartLines(), ['SIP/2.0 481 Call/Transaction Does Not Exist'], 'only INVITEs are cancelled')
  t.notOk(told.includes('cancelled'))
})

t.test(
  'RFC 3261 §8.2.7: stateless answers have the same tag for each copy, and another for another request',
  async (t) => {
    const { layer, network, told } = answering(-1)
    layer.receive(request(), udp)
    layer.receive(request(), udp)
    layer.receive(request({ callId: 'y' }), udp)
    const sent = network.take()
    t.equal(sent[1]?.text, sent[0]?.text)
    t.match(sent[0]?.text, '\r\nX: y\r\n')
    t.not(read(sent[2]?.text).toTag, read(sent[0]?.text).toTag)
    t.not(read(sent[0]?.text).toTag, '')
    layer.receive(request({ method: 'ACK' }), udp)
    t.equal(layer.size, 0)
    t.same(network.take(), [], 'ACK is never answered')
    t.same(told, ['INVITE', 'INVITE', 'INVITE', 'ACK'])
  },
)

t.test('RFC 3261 §17.1.1.3, §13.3.1.4: ACK of a failure stays here, ACK of a 2xx goes up', async (t) => {
  const failed = answering(486)
  failed.layer.receive(request(), udp)
  failed.layer.receive(request({ method: 'ACK', to: '<sip:b@b>;tag=x' }), udp)
  t.same(failed.told, ['INVITE'])
  const answered = answering(200)
  answered.layer.receive(request(), udp)
  answered.layer.receive(request({ method: 'ACK', branch: ';branch=z9hG4bKack', to: '<sip:b@b>;tag=x' }), udp)
  answered.layer.receive(request({ method: 'ACK', to: '<sip:b@b>;tag=x' }), udp)
  t.same(answered.told, ['INVITE', 'ACK', 'ACK'], 'also where its sender took the branch of the INVITE')
})

t.test('malformed requests are answered, malformed ACKs and requests without Via are not', async (t) => {
  const { layer, network, told } = answering(0)
  layer.receive(request({ cseq: -1 }), udp)
  layer.receive(request().replace('SIP/2.0\r\n', 'SIP/7.0\r\n'), udp)
  layer.receive(request({ uri: 'unknown:x' }), udp)
  layer.receive(request({ further: ['Content-Length: 1'] }), udp)
  layer.receive(request().replace(/To:[^\r]*\r\n/, ''), udp)
  t.same(network.takeStartLines(), [
    'SIP/2.0 400 Malformed CSeq Header',
    'SIP/2.0 505 Version Not Supported',
    'SIP/2.0 416 Unsupported URI Scheme',
    'SIP/2.0 400 Content-Length Exceeds Message',
    'SIP/2.0 400 Missing To Header',
  ])
  t.equal(layer.discarded, 0)
  layer.receive(request({ method: 'ACK', cseq: -1 }), udp)
  layer.receive(request().replace(/Via:[^\r]*\r\n/, ''), udp)
  layer.receive(request().replace(/Via:[^\r]*\r\n/, 'Via:\r\n'), udp)
  layer.receive('garbage', udp)
  t.equal(layer.discarded, 4)
  t.same(network.take(), [])
  t.same(told, [])
  t.equal(layer.size, 0)
})

t.test('RFC 3261 §8.1.3.3: responses with several Via are dropped, those to nobody are told', async (t) => {
  const { layer, told } = answering(0)
  const response = (vias: string) =>
    `SIP/2.0 200 OK\r\n${vias}\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:b@b>;tag=2\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\n\r\n`
  layer.receive(response('Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nVia: SIP/2.0/UDP b'), udp)
  layer.receive(response('Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1, SIP/2.0/UDP b'), udp)
  layer.receive(response('X: y'), udp)
  t.equal(layer.discarded, 3)
  t.same(told, [])
  layer.receive(response('Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1'), udp)
  t.same(told, ['stray 200'])
})

t.test('an INVITE of a process before this one can be answered and cancelled', async (t) => {
  const { layer, network, clock } = answering(0)
  const first = answering(0)
  first.layer.receive(request(), udp)
  const invite = first.layer.acceptInvite(read(request()), udp)
  if (invite.head === null) throw new Error('answered')
  const resumed = layer.resumeServer(invite.key, invite.head, invite.flow, invite.toTag)
  resumed.respond(500, 'Server Internal Error', resumed.toTag, '', '')
  layer.receive(request(), udp)
  t.same(network.takeStartLines(), ['SIP/2.0 500 Server Internal Error', 'SIP/2.0 500 Server Internal Error'])
  layer.receive(request({ branch: ';branch=z9hG4bKother' }), udp)
  t.same(network.takeStartLines(), ['SIP/2.0 482 Loop Detected'], 'RFC 3261 §8.2.2.2: its copies are known too')
  layer.receive(request({ method: 'ACK' }), udp)
  clock.advance(5000)
  t.equal(layer.size, 0)
  clock.advance(91_000)
  t.equal(layer.remembered, 0)
  t.equal(clock.running, 0)
})

t.test('an INVITE that a process before this one answered by a 2xx is known to its copies', async (t) => {
  const first = answering(200)
  first.layer.receive(request(), udp)
  const [answer] = first.network.take()
  if (answer === undefined) throw new Error('no answer')
  const { told, layer, network, clock } = answering(0)
  layer.resumeAnswered(read(answer.text), answer.flow)
  clock.advance(31_999)
  layer.receive(request(), udp)
  t.same(network.take(), [], 'repeating a 2xx is for its user')
  layer.receive(request({ branch: ';branch=z9hG4bKother' }), udp)
  layer.receive(request({ method: 'CANCEL' }), udp)
  t.same(network.takeStartLines(), ['SIP/2.0 482 Loop Detected', 'SIP/2.0 200 OK'])
  layer.receive(request({ method: 'ACK', to: '<sip:b@b>;tag=x' }), udp)
  t.same(told, ['ACK'])
  clock.advance(96_000)
  t.equal(layer.remembered, 0)
  t.equal(clock.running, 0)
})

t.test('whatever comes in whatever order, nothing is left in the end', async (t) => {
  const parts = fc.record({
    method: fc.constantFrom('INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS'),
    branch: fc.constantFrom(';branch=z9hG4bK1', ';branch=z9hG4bK2', ''),
    to: fc.constantFrom('<sip:b@b>', '<sip:b@b>;tag=x'),
    callId: fc.constantFrom('x', 'y'),
    cseq: fc.constantFrom(1, 2),
  })
  const events = fc.array(fc.tuple(parts, fc.constantFrom(0, 100, 600, 4000, 20_000), fc.boolean()), { maxLength: 15 })
  fc.assert(
    fc.property(fc.constantFrom(-1, 200, 486), events, (status, events) => {
      const { layer, clock } = answering(status)
      for (const [parts, milliseconds, reliable] of events) {
        layer.receive(request(parts), reliable ? flowBy('TCP') : udp)
        clock.advance(milliseconds)
      }
      // Timer H at the latest, and then two generations.
      clock.advance(32_000)
      const ended = layer.size === 0
      clock.advance(64_000)
      return ended && layer.size === 0 && layer.remembered === 0 && clock.running === 0
    }),
    { numRuns: 300 },
  )
  t.pass()
})

const counts = ({ received, discarded, created, retransmitted, repeated, size, remembered }: TransactionLayer) => ({
  ...{ received, discarded, created, retransmitted, repeated, size, remembered },
})
const none = { received: 0, discarded: 0, created: 0, retransmitted: 0, repeated: 0, size: 0, remembered: 0 }

t.test('what comes, what is kept and what is only a copy is counted', async (t) => {
  const { layer, network } = answering(486)
  t.same(counts(layer), none)
  layer.receive('nonsense', udp)
  layer.receive('SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.1\r\n\r\n', udp)
  t.same(counts(layer), { ...none, received: 2, discarded: 2 })
  layer.receive(request(), udp)
  t.same(counts(layer), { ...none, received: 3, discarded: 2, created: 1, size: 1 })
  layer.receive(request(), udp)
  t.equal(layer.repeated, 1)
  layer.receive(request({ method: 'OPTIONS', branch: ';branch=z9hG4bK2', cseq: 2 }), udp)
  layer.receive(request({ method: 'OPTIONS', branch: ';branch=z9hG4bK2', cseq: 2 }), udp)
  t.equal(layer.created, 2)
  t.equal(layer.repeated, 2)
  t.equal(network.take().length, 4)
  layer.sendRequest(outgoing('BYE'), udp, null)
  layer.sendInvite(outgoing('INVITE'), udp, nobody)
  t.equal(layer.created, 4)
  t.equal(layer.size, 3)
})

/** Requests of our own, for what the machines do with them. */
function outgoing(method: string) {
  const branch = `z9hG4bKown${method}`
  return {
    ...{ method, requestUri: 'sip:b@192.0.2.9', transport: 'UDP' as const, sentBy: '192.0.2.1:5060', branch },
    ...{ from: '<sip:a@b>;tag=1', to: '<sip:b@b>', callId: 'own', cseq: 7, route: '', maxForwards: 70 },
    ...{ headers: '', body: '' },
  }
}

const nobody = { responseReceived: () => undefined, timedOut: () => undefined, transportFailed: () => undefined }

t.test('a response whose method is not that of its branch is dropped (RFC 3261 §17.1.3)', async (t) => {
  const { layer, told } = answering(0)
  const answers: number[] = []
  const user = { ...nobody, responseReceived: ({ status }: { status: number }) => answers.push(status) }
  layer.sendInvite(outgoing('INVITE'), udp, user)
  const respond = (branch: string, method: string) =>
    layer.receive(
      `SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=${branch}\r\nFrom: <sip:a@b>;tag=1\r\n` +
        `To: <sip:b@b>;tag=2\r\nCall-ID: own\r\nCSeq: 7 ${method}\r\n\r\n`,
      udp,
    )
  respond('z9hG4bKownINVITE', 'BYE')
  t.equal(layer.discarded, 1)
  respond('z9hG4bKownINVITE', 'CANCEL')
  t.equal(layer.discarded, 1)
  t.same([told, answers], [[], []], 'a CANCEL has a transaction of its own, and here it has none')
  respond('z9hG4bKownINVITE', 'INVITE')
  t.same(answers, [200])
})

t.test('tags are twelve characters of chance; that of a stateless answer is the same each time (§8.2.7)', async (t) => {
  for (const method of ['INVITE', 'OPTIONS']) {
    const { layer, network } = answering(486)
    layer.receive(request({ method }), udp)
    t.equal(read(network.take()[0]?.text).toTag.length, 12, method)
  }
  const { layer, network } = answering(-1)
  const tags: string[] = []
  for (const parts of [{}, {}, { branch: ';branch=z9hG4bK2' }, { callId: 'y' }, { cseq: 2 }]) {
    layer.receive(request({ method: 'OPTIONS', ...parts }), udp)
    tags.push(read(network.take()[0]?.text).toTag)
  }
  t.equal(tags[0], tags[1])
  t.equal(new Set(tags).size, 4, tags.join(' '))
  for (const tag of tags) t.match(tag, /^[0-9a-z]{5,7}$/)
  t.equal(counts(layer).remembered, 0, 'and nothing is kept')
  t.same([layer.size, layer.created], [0, 0])
})

t.test('an ACK is never answered, not even without state', async (t) => {
  const { layer, network } = answering(0)
  layer.respondStateless(read(request({ method: 'ACK' })), udp, 400, 'Bad Request', '')
  t.same(network.take(), [])
})

t.test('a request inside a dialog has no origin to be kept', async (t) => {
  const { layer, told } = answering(0)
  layer.receive(request({ to: '<sip:b@b>;tag=2' }), udp)
  layer.receive(request({ to: '<sip:b@b>;tag=2', branch: ';branch=z9hG4bK2' }), udp)
  t.same(told, ['INVITE', 'INVITE'])
  t.equal(layer.remembered, 0)
})

t.test('what is turned away is answered without state; copies of what was taken in go their usual way', async (t) => {
  const { layer, network, told } = answering(486)
  layer.turnAway('nonsense', udp, 503, '')
  layer.turnAway('SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n\r\n', udp, 503, '')
  layer.turnAway('INVITE sip:b@192.0.2.1 SIP/2.0\r\nCall-ID: x\r\n\r\n', udp, 503, '')
  t.same(counts(layer), { ...none, received: 3, discarded: 3 })
  t.same(network.take(), [])
  layer.turnAway(request({ callId: 'other', branch: ';branch=z9hG4bK9' }), udp, 503, 'Retry-After: 5\r\n')
  const [turned] = network.take()
  t.ok(turned?.text.startsWith('SIP/2.0 503 '))
  t.match(turned?.text, 'Retry-After: 5\r\n')
  t.same(told, [])
  t.same(counts(layer), { ...none, received: 4, discarded: 3 })
  layer.receive(request(), udp)
  layer.turnAway(request(), udp, 503, '')
  t.same(network.takeStartLines(), ['SIP/2.0 486 Phrase', 'SIP/2.0 486 Phrase'], 'no second final answer')
  t.same([layer.received, layer.repeated], [6, 1])
  layer.receive(request({ method: 'OPTIONS', branch: ';branch=z9hG4bK3', cseq: 3 }), udp)
  layer.turnAway(request({ method: 'OPTIONS', branch: ';branch=z9hG4bK3', cseq: 3 }), udp, 503, '')
  t.same(network.takeStartLines(), ['SIP/2.0 486 Phrase', 'SIP/2.0 486 Phrase'])
})

t.test('a call that a process before this one dealt with is known by its origin (§8.2.2.2)', async (t) => {
  const { layer, network, told } = answering(0)
  layer.resumeOrigin('x', '1', 1)
  layer.receive(request(), udp)
  t.same(network.takeStartLines(), ['SIP/2.0 482 Loop Detected'])
  layer.receive(request({ cseq: 2 }), udp)
  layer.receive(request({ method: 'OPTIONS', branch: ';branch=z9hG4bK3' }), udp)
  t.same(told, ['INVITE', 'OPTIONS'])
})

t.test('who is turned away gets the same answer for each copy, and his ACK ends there', async (t) => {
  const { layer, network, told } = answering(0)
  const away = () =>
    layer.turnAway(request({ branch: ';branch=z9hG4bKaway' }), flowBy('UDP'), 503, 'Retry-After: 2\r\n')
  away()
  away()
  const [first, second] = network.take().map(({ text }) => text)
  t.match(first, /^SIP\/2.0 503 Service Unavailable\r\n[\s\S]*Retry-After: 2\r\n/)
  t.equal(second, first)
  const ack = (to: string) => request({ method: 'ACK', branch: ';branch=z9hG4bKaway', to })
  layer.receive(ack(read(first).header(Header.to)), flowBy('UDP'))
  t.same(told, [])
  layer.receive(ack('<sip:b@b>;tag=other'), flowBy('UDP'))
  t.same(told, ['ACK'], 'other ACKs go their way')
  t.equal(layer.size, 0)
})

t.test('a copy of a request that was taken in is never turned away', async (t) => {
  const { layer, network, told } = answering(486)
  layer.receive(request(), flowBy('UDP'))
  const [answer] = network.take()
  layer.receive(request({ callId: 'between', branch: ';branch=z9hG4bKbetween' }), flowBy('UDP'))
  network.take()
  layer.turnAway(request(), flowBy('UDP'), 503, '')
  t.same(network.take(), [answer], 'it gets the answer that the first got')
  t.same(told, ['INVITE', 'INVITE'])
  t.equal(layer.repeated, 1)
})
