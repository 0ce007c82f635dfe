import fc from 'fast-check'
import t from 'tap'
import { createFraming } from './framing.ts'

const options = 'OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/TCP c;branch=z9hG4bK1\r\nl: 4\r\n\r\nbody'
const bare = 'OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/TCP c;branch=z9hG4bK1\r\n\r\n'

function collect(maximumLength = 65536) {
  const messages: string[] = []
  const counts = { keepAlives: 0 }
  const framing = createFraming(
    (message) => messages.push(message),
    () => counts.keepAlives++,
    maximumLength,
  )
  return { framing, messages, counts }
}

t.test('messages come whole and in order however the stream is cut', async (t) => {
  const stream = options + bare + options
  fc.assert(
    fc.property(fc.array(fc.nat(stream.length), { maxLength: 20 }), (cuts) => {
      const { framing, messages } = collect()
      const points = [...new Set([0, ...cuts, stream.length])].sort((a, b) => a - b)
      for (let i = 1; i < points.length; i++) {
        if (!framing.push(stream.slice(points[i - 1], points[i]))) return false
      }
      return messages.join('|') === [options, bare, options].join('|')
    }),
  )
  t.pass()
})

t.test(
  'RFC 5626 §3.5.1, §4.4.1: a double CRLF between messages is a keep-alive, a single one is nothing',
  async (t) => {
    const { framing, messages, counts } = collect()
    t.ok(framing.push(`\r\n\r\n${bare}\r\n${bare}\r\n\r\n`))
    t.equal(counts.keepAlives, 2)
    t.same(messages, [bare, bare])
  },
)

t.test('RFC 3261 §18.3: what is too large or not a length ends the connection', async (t) => {
  t.notOk(collect(50).framing.push(`OPTIONS sip:a@b SIP/2.0\r\nSubject: ${'x'.repeat(60)}`))
  t.notOk(collect(100).framing.push('OPTIONS sip:a@b SIP/2.0\r\nContent-Length: 101\r\n\r\n'))
  t.notOk(collect().framing.push('OPTIONS sip:a@b SIP/2.0\r\nContent-Length: -1\r\n\r\n'))
})

t.test('RFC 4475 §3.3.9: lengths that differ end the connection; equal and folded ones are one', async (t) => {
  const head = 'OPTIONS sip:a@b SIP/2.0\r\n'
  t.notOk(collect().framing.push(`${head}Content-Length: 4\r\nl: 5\r\n\r\nbody`))
  t.notOk(collect().framing.push(`${head}l: 0\r\nContent-Length: 5\r\n\r\nbody`))
  for (const length of ['l: 4\r\nContent-Length : 4', 'Content-Length:\r\n \r\n\t4', 'X:\r\n l: 9\r\nl: 4 ']) {
    const { framing, messages } = collect()
    const message = `${head}${length}\r\n\r\nbody`
    t.ok(framing.push(message + bare))
    t.same(messages, [message, bare], length)
  }
})

t.test('what does not begin like a message of SIP ends the connection', async (t) => {
  const { framing, messages } = collect()
  t.notOk(framing.push(`${bare}v=0\r\ns=a body that no length told of\r\n\r\n${bare}`))
  t.same(messages, [bare])
  for (const line of [
    'OPTIONS sip:a@b sip/2.0',
    'OPTIONS sip:a@b SIP/7.0',
    'SIP/2.0 200 ',
    'OPTIONS  sip:a@b SIP/2.0  ',
  ]) {
    const one = collect()
    t.ok(one.framing.push(`${line}\r\n\r\n`), line)
    t.equal(one.messages.length, 1)
  }
})

t.test('lines without a colon do not hide the length behind them', async (t) => {
  const { framing, messages } = collect()
  const long = `OPTIONS sip:a@b SIP/2.0\r\n${'a\r\n'.repeat(50)}b:1\r\nc\r\nl: 4\r\n\r\nbody`
  t.ok(framing.push(long + bare))
  t.same(messages, [long, bare])
})

t.test('any bytes never throw', async (t) => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), (chunks) => {
      const { framing } = collect(1000)
      for (const chunk of chunks) if (!framing.push(chunk)) break
    }),
  )
  t.pass()
})

t.test('what is incomplete is known, whatever came before it', async (t) => {
  const messages: string[] = []
  const framing = createFraming(
    (message) => messages.push(message),
    () => undefined,
    1000,
  )
  const whole = 'OPTIONS sip:x SIP/2.0\r\nContent-Length: 2\r\n\r\nab'
  t.notOk(framing.incomplete())
  framing.push('\r\n\r')
  t.notOk(framing.incomplete(), 'half a keep-alive is no message')
  framing.push(`\n${whole}OPT`)
  t.ok(framing.incomplete())
  framing.push(whole.slice(3, -1))
  t.ok(framing.incomplete(), 'the body is missing')
  framing.push('b')
  t.notOk(framing.incomplete())
  t.equal(messages.length, 2)
})
