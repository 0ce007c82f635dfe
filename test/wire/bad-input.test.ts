/** What others do wrong: each gets the right answer or log line, and leaves nothing behind. */
import t from 'tap'
import { IncomingCall, OutgoingCall, talk } from './call.ts'
import type { Person } from './company.ts'
import { Company } from './company.ts'
import { fresh } from './endpoint.ts'
import { audioSession, headerValue, headerValues, readMessage, tagOf } from './message.ts'
import { registeredPhone, signedIn, stranger } from './phones.ts'
import { RingdownServer } from './server.ts'

t.setTimeout(240_000)

const company = new Company()
const people = Array.from({ length: 40 }, () => company.person())
const next = (): Person => people.pop()!
const server = await RingdownServer.start({ document: company.document() })
t.teardown(() => server.stopEmpty())

/** The text of an INVITE that carries the right credentials already. */
async function signedInvite(endpoint: Awaited<ReturnType<typeof signedIn>>, dialled: string): Promise<string> {
  const uri = `sip:${dialled}@${endpoint.domain}`
  const callId = fresh('c')
  const fromTag = fresh('f')
  const first = await endpoint.request('INVITE', uri, { callId, fromTag }).final()
  return endpoint.compose('INVITE', uri, {
    callId,
    fromTag,
    cseq: 2,
    body: audioSession(endpoint.own.address, 30_000),
    headers: [['Content-Type', 'application/sdp'], endpoint.authorization(first, 'INVITE', uri)],
  })
}

function withBranch(text: string, branch: string): string {
  return text.replace(/branch=[^\r;]+/, `branch=${branch}`)
}

for (const name of ['From', 'To', 'Call-ID', 'CSeq']) {
  for (const method of ['INVITE', 'REGISTER', 'OPTIONS', 'BYE']) {
    t.test(`${method} without ${name}: 400 that names it`, async (t) => {
      const endpoint = await stranger(t, server, 'north.test')
      const text = endpoint.compose(method, 'sip:1001@north.test').replace(new RegExp(`^${name}: .*\r\n`, 'm'), '')
      let answer = ''
      endpoint.received = (got) => {
        if (answer === '') answer = got
      }
      const deadline = Date.now() + 4000
      while (answer === '' && Date.now() < deadline) {
        endpoint.sendText(text)
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      t.match(answer, new RegExp(`^SIP/2\\.0 400 [^\r]*${name}`, 'i'))
    })
  }
}

t.test('a body that is no SDP: 415 with what is taken', async (t) => {
  const person = next()
  const phone = await registeredPhone(t, server, person)
  const caller = await signedIn(t, server, next())
  const uri = `sip:${person.extension}@north.test`
  const transaction = await caller.authenticated('INVITE', uri, {
    headers: [['Content-Type', 'text/plain']],
    body: 'hello',
  })
  const response = await transaction.final()
  t.equal(response.status, 415)
  t.match(headerValue(response, 'Accept'), /application\/sdp/)
  t.equal(phone.unread(), '')
})

t.test('garbage that calls itself SDP: 400 that says so; what begins like SDP is passed as it is', async (t) => {
  const person = next()
  const phone = await registeredPhone(t, server, person)
  const caller = await signedIn(t, server, next())
  const refused = await OutgoingCall.start(caller, person.extension, { body: 'no session description\r\n\x00\xff' })
  const response = await refused.final()
  t.match(response.startLine, /^SIP\/2\.0 400 .*Session Description/)
  t.equal(phone.unread(), '')
  const body = 'v=0\r\nwhatever \x00\xff\r\n'
  const outgoing = await OutgoingCall.start(caller, person.extension, { body })
  const incoming = await IncomingCall.next(phone)
  t.equal(incoming.invite.body, body)
  await incoming.reject(488, 'Not Acceptable Here')
  t.equal((await outgoing.final()).status, 480)
})

t.test('a merged request: 482', async (t) => {
  const person = next()
  const phone = await registeredPhone(t, server, person)
  const caller = await signedIn(t, server, next())
  const text = await signedInvite(caller, person.extension)
  const first = caller.start(text)
  const incoming = await IncomingCall.next(phone)
  incoming.ring()
  await first.status(180)
  t.equal((await caller.start(withBranch(text, fresh('z9hG4bK'))).final()).status, 482)
  await incoming.reject(486, 'Busy Here')
  t.equal((await first.final()).status, 486)
  t.equal(phone.unread(), '', 'it rang once')
})

t.test('a second INVITE with the same Call-ID but another From-tag is a call of its own', async (t) => {
  const person = next()
  const phone = await registeredPhone(t, server, person)
  const caller = await signedIn(t, server, next())
  const callId = fresh('c')
  const first = await OutgoingCall.start(caller, person.extension, { callId, fromTag: 'one' })
  const one = await IncomingCall.next(phone)
  one.ring()
  await first.status(180)
  const second = await OutgoingCall.start(caller, person.extension, { callId, fromTag: 'two' })
  const two = await IncomingCall.next(phone)
  two.ring()
  await second.status(180)
  t.not(headerValue(one.invite, 'Call-ID'), headerValue(two.invite, 'Call-ID'))
  await Promise.all([first.cancel(), one.cancelled()])
  t.equal((await first.final()).status, 487)
  two.answer()
  await Promise.all([second.answered(), two.acknowledged()])
  await Promise.all([second.hangUp(), two.hungUp()])
})

t.test('a repeated INVITE makes no second call', async (t) => {
  const person = next()
  const phone = await registeredPhone(t, server, person)
  const caller = await signedIn(t, server, next())
  const text = await signedInvite(caller, person.extension)
  const first = caller.start(text)
  caller.sendText(text)
  const incoming = await IncomingCall.next(phone)
  incoming.ring()
  await first.status(180)
  caller.sendText(text)
  await first.status(180)
  await incoming.reject(486, 'Busy Here')
  t.equal((await first.final()).status, 486)
  t.equal(phone.unread(), '')
})

t.test('CANCEL for nothing: 481; ACK for nothing: no answer', async (t) => {
  const endpoint = await stranger(t, server, 'north.test')
  t.equal((await endpoint.request('CANCEL', 'sip:1001@north.test', { contact: null }).final()).status, 481)
  endpoint.sendText(endpoint.compose('ACK', 'sip:1001@north.test', { toTag: 'nothing' }))
  t.equal((await endpoint.request('OPTIONS', 'sip:north.test').final()).status, 200)
  t.notOk(endpoint.trace.some((line) => / < SIP.*CSeq: \d+ ACK/s.test(line)))
})

t.test('what nobody offers: 405 or 501 with Allow; OPTIONS says what is', async (t) => {
  const endpoint = await signedIn(t, server, next())
  const options = await endpoint.request('OPTIONS', 'sip:north.test').final()
  t.equal(options.status, 200)
  for (const method of ['INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS']) t.match(headerValue(options, 'Allow'), method)
  const transaction = await endpoint.authenticated('PUBLISH', 'sip:1001@north.test')
  const response = await transaction.final()
  t.ok([405, 501].includes(response.status), response.startLine)
  if (response.status === 405) t.match(headerValue(response, 'Allow'), /INVITE/)
})

t.test('an extension we do not know is required: 420', async (t) => {
  const endpoint = await signedIn(t, server, next())
  const transaction = await endpoint.authenticated('INVITE', 'sip:1001@north.test', {
    headers: [['Require', 'nothing-we-know']],
  })
  const response = await transaction.final()
  t.equal(response.status, 420)
  t.match(headerValue(response, 'Unsupported'), /nothing-we-know/)
})

t.test('no hops left: 483', async (t) => {
  const endpoint = await signedIn(t, server, next())
  const text = endpoint.compose('INVITE', 'sip:1001@north.test').replace('Max-Forwards: 70', 'Max-Forwards: 0')
  t.equal((await endpoint.start(text).final()).status, 483)
})

t.test('a scheme nobody can dial: 416', async (t) => {
  const endpoint = await signedIn(t, server, next())
  t.equal(
    (await endpoint.request('INVITE', 'nobodyKnowsThisScheme:1001', { to: '<sip:1001@north.test>' }).final()).status,
    416,
  )
})

t.test('a domain that is not ours: no relay', async (t) => {
  const endpoint = await signedIn(t, server, next())
  const transaction = await endpoint.authenticated('INVITE', 'sip:1001@elsewhere.example', {
    headers: [['Content-Type', 'application/sdp']],
    body: audioSession(endpoint.own.address, 30_000),
  })
  const response = await transaction.final()
  t.ok([403, 404].includes(response.status), response.startLine)
  const outsider = await stranger(t, server, 'elsewhere.example')
  const refused = await outsider.request('INVITE', 'sip:1001@elsewhere.example').final()
  t.ok([401, 403, 404].includes(refused.status), refused.startLine)
})

t.test('garbage is passed over, and service goes on', async (t) => {
  const person = next()
  const phone = await registeredPhone(t, server, person)
  const endpoint = await stranger(t, server)
  const invite = endpoint.compose('INVITE', 'sip:1001@north.test')
  const pieces = [
    '\r\n\r\n',
    '\x00',
    'INVITE',
    'INVITE sip:1001@north.test SIP/2.0\r\n',
    'SIP/2.0 200 OK\r\n\r\n',
    `SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP ${server.address.address};branch=z9hG4bKnothing\r\n\r\n`,
    'GET / HTTP/1.1\r\nHost: north.test\r\n\r\n',
    `${'a'.repeat(60_000)}\r\n\r\n`,
    `INVITE sip:x SIP/2.0\r\n${'X: y\r\n'.repeat(5000)}\r\n`,
  ]
  for (const piece of pieces) endpoint.sendText(piece)
  for (let cut = 0; cut < invite.length; cut += 23) endpoint.sendText(invite.slice(0, cut))
  endpoint.faults.length = 0
  const caller = await signedIn(t, server, next())
  const { outgoing, incoming } = await talk(caller, person.extension, phone)
  await Promise.all([outgoing.hangUp(), incoming.hungUp()])
})

t.test('header values in UTF-8 and in no charset at all arrive whole', async (t) => {
  const person = next()
  const phone = await registeredPhone(t, server, person)
  const caller = await signedIn(t, server, next())
  const subject = 'S\xc3\xb6ren \xff\xfe'
  const outgoing = await OutgoingCall.start(caller, person.extension, { headers: [['Subject', subject]] })
  const incoming = await IncomingCall.next(phone)
  const got = headerValue(incoming.invite, 'Subject')
  t.ok(got === subject || got === '', 'passed as it is or not at all')
  await Promise.all([incoming.reject(486, 'Busy Here'), outgoing.final()])
})

t.test('a phone that answers nonsense does not end the call for others', async (t) => {
  const person = next()
  const phone = await registeredPhone(t, server, person)
  const caller = await signedIn(t, server, next())
  const outgoing = await OutgoingCall.start(caller, person.extension)
  const incoming = await IncomingCall.next(phone)
  const via = headerValues(incoming.invite, 'Via')[0]
  phone.sendText('SIP/2.0 999 What\r\n\r\n')
  phone.sendText(`SIP/2.0 200 OK\r\nVia: ${via}\r\nContent-Length: 0\r\n\r\n`)
  incoming.ring()
  const ringing = await outgoing.status(180)
  t.not(tagOf(headerValue(ringing, 'To')), '')
  t.equal(readMessage(ringing.text).status, 180)
  await Promise.all([incoming.reject(486, 'Busy Here'), outgoing.final()])
})
