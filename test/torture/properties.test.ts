/** What holds for every message, looked for by fast-check. */
import { strict as assert } from 'node:assert'
import fc from 'fast-check'
import t from 'tap'
import { passedHeaders } from '../../engine/calls/passing.ts'
import { createFraming } from '../../engine/sip/framing.ts'
import { Header } from '../../engine/sip/header-names.ts'
import type { SipMessage } from '../../engine/sip/message.ts'
import { parseMessage } from '../../engine/sip/message.ts'
import type { OutgoingRequest } from '../../engine/sip/request.ts'
import { requestText } from '../../engine/sip/request.ts'
import { responseHead, responseText } from '../../engine/sip/response.ts'
import { validateRequest } from '../../engine/sip/validate.ts'
import { Chance } from '../simulation/chance.ts'
import { CoreServer, strangerFlow } from './core-server.ts'
import { rfc4475 } from './messages/rfc4475.ts'
import { rfc5118 } from './messages/rfc5118.ts'
import { mutate } from './mutate.ts'
import { readEverything } from './read-everything.ts'
import { session } from './torture-case.ts'

t.setTimeout(120_000)

const octet = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code))
const bytes = (maxLength: number) => fc.string({ unit: octet, maxLength })
/** What may stand in a header value: anything but the ends of lines, blanks at its ends apart. */
const value = bytes(40).map((text) => text.replace(/[\r\n]/g, '').replace(/^[ \t]+|[ \t]+$/g, ''))
const token = fc.string({ unit: fc.constantFrom(..."abcXYZ019-.!%*_+`'~"), minLength: 1, maxLength: 12 })
/** Names that no table of ours has, in whatever case; and some that are known and passed on. */
const passedName = fc.oneof(
  token.map((name) => `X-${name}`),
  fc.constantFrom('Subject', 's', 'Priority', 'ORGANIZATION', 'Reason', 'reason', 'Content-Language'),
)
const passedLines = fc.array(fc.tuple(passedName, fc.constantFrom(':', ': ', ' :\t'), value), { maxLength: 20 })
const method = fc.oneof(fc.constantFrom('INVITE', 'BYE', 'INFO', 'MESSAGE', 'OPTIONS'), token)

interface Parts {
  readonly method: string
  readonly lines: readonly (readonly [string, string, string])[]
  readonly body: string
}

const parts: fc.Arbitrary<Parts> = fc.record({ method, lines: passedLines, body: bytes(200) })

function requestOf({ method, lines, body }: Parts): OutgoingRequest {
  return {
    method,
    requestUri: 'sip:b@192.0.2.2',
    transport: 'TCP',
    sentBy: '192.0.2.1:5060',
    branch: 'z9hG4bKp',
    from: '<sip:a@192.0.2.1>;tag=1',
    to: '<sip:b@192.0.2.2>',
    callId: 'p@192.0.2.1',
    cseq: 5,
    route: '',
    maxForwards: 70,
    headers: lines.map(([name, colon, text]) => `${name}${colon}${text}\r\n`).join(''),
    body,
  }
}

function parsed(text: string): SipMessage {
  const message = parseMessage(text)
  if (message === null) throw new Error(`not parsed: ${JSON.stringify(text)}`)
  return message
}

t.test(
  'what is written is read back: headers that nobody knows, their order, and every octet of the body',
  async (t) => {
    fc.assert(
      fc.property(parts, (given) => {
        const request = requestOf(given)
        const message = parsed(requestText(request))
        assert.equal(validateRequest(message), null)
        assert.equal(message.method, given.method)
        assert.equal(message.body, given.body)
        assert.equal(passedHeaders(message), request.headers)
        // And once more, from what was read.
        assert.equal(requestText({ ...request, headers: passedHeaders(message), body: message.body }), message.raw)
        const response = parsed(
          responseText(200, 'OK', responseHead(message, strangerFlow), 'x', request.headers, given.body),
        )
        assert.equal(passedHeaders(response), request.headers)
        assert.equal(response.body, given.body)
        for (const id of [Header.from, Header.callId, Header.cseq])
          assert.equal(response.header(id), message.header(id))
      }),
      { numRuns: 300 },
    )
    t.pass()
  },
)

t.test('any chunks of a stream give the same messages', async (t) => {
  const pause = fc.constantFrom('', '', '\r\n', '\r\n\r\n')
  const stream = fc.array(fc.tuple(pause, parts), { minLength: 1, maxLength: 5 })
  fc.assert(
    fc.property(stream, fc.array(fc.nat(4000), { maxLength: 30 }), (items, cuts) => {
      const messages = items.map(([, given]) => requestText(requestOf(given)))
      const text = items.map(([between], index) => between + messages[index]).join('')
      const points = [...new Set([0, ...cuts.filter((cut) => cut < text.length), text.length])].sort((a, b) => a - b)
      const got: string[] = []
      const framing = createFraming(
        (message) => got.push(message),
        () => undefined,
        65_536,
      )
      for (let i = 1; i < points.length; i++) assert.ok(framing.push(text.slice(points[i - 1], points[i])))
      assert.deepEqual(got, messages)
    }),
    { numRuns: 150 },
  )
  t.pass()
})

const strange: readonly string[] = [...rfc4475, ...rfc5118].map(({ text }) => text)

t.test('random octets never throw, alone or behind a good start', async (t) => {
  const core = new CoreServer()
  fc.assert(
    fc.property(fc.constantFrom('', ...strange), fc.nat(400), bytes(300), (start, kept, noise) => {
      const text = start.slice(0, kept) + noise
      readEverything(text)
      core.receive(text, strangerFlow)
    }),
    { numRuns: 3000 },
  )
  t.equal(core.leftovers(), '', 'and a stranger leaves nothing in the server')
})

t.test('a stream holds back no more than one message', async (t) => {
  const limit = 2000
  fc.assert(
    fc.property(fc.array(bytes(300), { maxLength: 40 }), (chunks) => {
      let held = 0
      const framing = createFraming(
        (message) => {
          held -= message.length
        },
        () => undefined,
        limit,
      )
      for (const chunk of ['OPTIONS sip:a@b SIP/2.0\r\n', ...chunks]) {
        held += chunk.length
        if (!framing.push(chunk)) return
        assert.ok(held <= limit, `${held} held back`)
      }
    }),
    { numRuns: 200 },
  )
  t.pass()
})

/** Least time of several runs, ms: what others do on the machine only ever adds. */
function leastTime(run: () => void): number {
  let least = Number.POSITIVE_INFINITY
  for (let count = 0; count < 7; count++) {
    const begun = performance.now()
    run()
    least = Math.min(least, performance.now() - begun)
  }
  return least
}

t.test('spoilt messages cost no more than good ones of their length, within a factor', async (t) => {
  const chance = new Chance(1, 0)
  const good = rfc4475.filter(({ acceptable }) => acceptable.includes('accept')).map(({ text }) => text)
  const spoilt = Array.from({ length: 1000 }, () => mutate(chance.pick(good), chance, chance.pick(strange)))
  const length = (texts: readonly string[]) => texts.reduce((sum, text) => sum + text.length, 0)
  const many = Array.from({ length: Math.ceil(length(spoilt) / length(good)) }, () => good).flat()
  const core = new CoreServer()
  const cost = (texts: readonly string[]) =>
    leastTime(() => {
      for (const text of texts) {
        readEverything(text)
        core.receive(text, strangerFlow)
        core.take()
      }
    }) / length(texts)
  const factor = cost(spoilt) / cost(many)
  t.ok(factor < 5, `${factor.toFixed(2)} times a good message, octet by octet`)
})

t.test('sixteen times as long costs no more than a small multiple of sixteen times as much', async (t) => {
  const head = (lines: string) =>
    `INVITE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\n${lines}\r\n`
  const shapes: Readonly<Record<string, (fill: (piece: string) => string) => string>> = {
    'a long value': (fill) => head(`X: ${fill('y')}\r\n`),
    folds: (fill) => head(`X: y${fill('\r\n z')}\r\n`),
    'parameters of Via': (fill) => head('').replace('branch=', `${fill('p=q;')}branch=`),
    'quotes in Via': (fill) => head('').replace('branch=', `${fill('p=";";')}branch=`),
    'parameters of From': (fill) => head('').replace('tag=1', `${fill('p="\\"";')}tag=1`),
    tags: (fill) => head('').replace('tag=1', fill('tag=1;')),
    Contacts: (fill) => head(`Contact: ${fill('<sip:a@b>;x, ')}<sip:a@b>\r\n`),
    'Contacts without brackets': (fill) => head(`Contact: ${fill('a,')}b\r\n`),
    'a display name': (fill) => head('').replace('<sip:c@d>', `"${fill('\\"')}" <sip:c@d>`),
    'a Request-URI': (fill) => head('').replace('sip:a@b', `sip:${fill('%20')}@b;${fill('x;')}`),
    'a Request-URI of colons': (fill) => head('').replace('sip:a@b', `sip:${fill('a:')}b`),
    Require: (fill) => head(`Require: ${fill('a,')}\r\n`),
    Accept: (fill) => head(`Accept: ${fill('a/b,')}\r\n`),
    credentials: (fill) => head(`Authorization: Digest ${fill('a="b\\"", ')}c=d\r\n`),
    'a body': (fill) => head('Content-Type: application/sdp\r\n') + session + fill('a=x\r\n'),
    'lines without name': (fill) => head(fill(':\r\n')),
    'lines without colon': (fill) => head(fill('x\r\n')),
    'empty lines before it': (fill) => fill('\r\n') + head(''),
  }
  const short = 4000
  for (const [name, shape] of Object.entries(shapes)) {
    const ofLength = (length: number) => shape((piece) => piece.repeat(Math.ceil(length / piece.length)))
    const work = (text: string) => {
      const core = new CoreServer()
      return leastTime(() => {
        readEverything(text)
        core.receive(text, strangerFlow)
        core.take()
      })
    }
    const small = ofLength(short)
    work(small)
    const ratio = work(ofLength(short * 16)) / work(small)
    // Sixteen is linear; quadratic work comes to two hundred and fifty.
    t.ok(ratio < 80, `${name}: ${ratio.toFixed(1)} times`)
  }
})
