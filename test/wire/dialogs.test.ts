/** Inside a call: what passes, byte for byte, and what is refused. */
import t from 'tap'
import { IncomingCall, OutgoingCall, talk } from './call.ts'
import type { Person } from './company.ts'
import { Company } from './company.ts'
import { audioSession, headerValue } from './message.ts'
import { registeredPhone, signedIn, stranger } from './phones.ts'
import { freePort, loopback } from './ports.ts'
import { RingdownServer } from './server.ts'

t.setTimeout(240_000)

const company = new Company()
const people = Array.from({ length: 30 }, () => company.person())
const next = (): Person => people.pop()!
const singleDialogPort = await freePort()
company.trunk(singleDialogPort, { singleDialog: true })
const reached = company.person({ primaryNumber: '+442079460150', ringSeconds: 5 })
const server = await RingdownServer.start({ document: company.document() })
t.teardown(() => server.stopEmpty())

t.test('re-INVITE passes both ways with its session and the ACK', async (t) => {
  const person = next()
  const phone = await registeredPhone(t, server, person)
  const caller = await signedIn(t, server, next())
  const { outgoing, incoming } = await talk(caller, person.extension, phone)
  const held = audioSession(caller.own.address, 30_000, 2, 'sendonly')
  const taken = audioSession(phone.own.address, 31_000, 2, 'recvonly')
  const [response, { invite }] = await Promise.all([outgoing.reinvite(held), incoming.reinvited(taken)])
  t.equal(response.status, 200)
  t.equal(invite.body, held)
  t.equal(response.body, taken)
  const [back, other] = await Promise.all([incoming.reinvite(taken), outgoing.reinvited(held)])
  t.equal(back.status, 200)
  t.equal(other.invite.body, taken)
  t.equal(back.body, held)
  await Promise.all([outgoing.hangUp(), incoming.hungUp()])
})

t.test('a refused re-INVITE leaves the call as it was', async (t) => {
  const person = next()
  const phone = await registeredPhone(t, server, person)
  const caller = await signedIn(t, server, next())
  const { outgoing, incoming } = await talk(caller, person.extension, phone)
  const [response] = await Promise.all([
    outgoing.reinvite(audioSession(caller.own.address, 30_002, 2)),
    incoming.established.receive('INVITE').then((invite) => phone.respond(invite, 488, 'Not Acceptable Here', '')),
  ])
  t.equal(response.status, 488)
  const [bye] = await Promise.all([incoming.hangUp(), outgoing.hungUp()])
  t.equal(bye.status, 200)
})

t.test('a late re-INVITE: the offer comes in the 200, the answer in the ACK', async (t) => {
  const person = next()
  const phone = await registeredPhone(t, server, person)
  const caller = await signedIn(t, server, next())
  const { outgoing, incoming } = await talk(caller, person.extension, phone)
  const offer = audioSession(phone.own.address, 31_004, 2)
  const answer = audioSession(caller.own.address, 30_004, 2)
  const [response, { invite, acknowledgement }] = await Promise.all([
    outgoing.reinvite('', answer),
    incoming.reinvited(offer),
  ])
  t.equal(invite.body, '')
  t.equal(response.body, offer)
  t.equal(acknowledgement.body, answer)
  await Promise.all([outgoing.hangUp(), incoming.hungUp()])
})

t.test('a late offer passes through, and its answer arrives in the ACK', async (t) => {
  const person = next()
  const phone = await registeredPhone(t, server, person)
  const caller = await signedIn(t, server, next())
  const outgoing = await OutgoingCall.start(caller, person.extension, { body: '' })
  const incoming = await IncomingCall.next(phone)
  t.equal(incoming.invite.body, '')
  const offer = audioSession(phone.own.address, 31_000)
  const answer = audioSession(caller.own.address, 30_000)
  incoming.answer(offer)
  const response = await outgoing.answered(answer)
  t.equal(response.body, offer)
  t.equal((await incoming.acknowledged()).body, answer)
  await Promise.all([outgoing.hangUp(), incoming.hungUp()])
})

t.test('the session passes as it is, headers of the other leg do not', async (t) => {
  const person = next()
  const phone = await registeredPhone(t, server, person)
  const callerPerson = next()
  const caller = await signedIn(t, server, callerPerson)
  const body = `${audioSession(caller.own.address, 30_000)}a=unknown:\xff\xfe kept\r\n`
  const outgoing = await OutgoingCall.start(caller, person.extension, {
    body,
    headers: [
      ['P-Asserted-Identity', '<sip:+15551234@carrier.example>'],
      ['Diversion', '<sip:boss@north.test>;reason=unconditional'],
    ],
  })
  const incoming = await IncomingCall.next(phone)
  t.equal(incoming.invite.body, body)
  t.match(headerValue(incoming.invite, 'From'), new RegExp(`sip:${callerPerson.extension}@north\\.test`))
  t.equal(headerValue(incoming.invite, 'P-Asserted-Identity').includes('5551234'), false, 'not believed from a phone')
  t.equal(headerValue(incoming.invite, 'Diversion'), '', 'not believed from a phone')
  t.not(headerValue(incoming.invite, 'Call-ID'), headerValue(outgoing.transaction.request, 'Call-ID'))
  t.notMatch(incoming.invite.text, new RegExp(`:${caller.own.port}[^0-9]`), 'the address of the caller is not shown')
  await Promise.all([incoming.reject(486, 'Busy Here'), outgoing.final()])
})

t.test('a caller that takes one dialog only gets 180 without a session until the answer', async (t) => {
  const phone = await registeredPhone(t, server, reached)
  const carrier = await stranger(t, server, undefined, singleDialogPort)
  const outgoing = await OutgoingCall.start(carrier, '+442079460150', {
    from: '<sip:+15550100@carrier.example>;tag=a1',
  })
  const incoming = await IncomingCall.next(phone)
  incoming.ring(audioSession(phone.own.address, 31_000))
  const ringing = await outgoing.status(180)
  t.equal(ringing.body, '')
  incoming.answer()
  const answer = await outgoing.answered()
  t.equal(headerValue(answer, 'To'), headerValue(ringing, 'To'))
  await incoming.acknowledged()
  await Promise.all([incoming.hangUp(), outgoing.hungUp()])
})

t.test('a call over TCP on both sides', async (t) => {
  const person = next()
  const phone = await registeredPhone(t, server, person, 0, 'TCP')
  const caller = await signedIn(t, server, next(), 0, 'TCP')
  const { outgoing, incoming } = await talk(caller, person.extension, phone)
  const [bye] = await Promise.all([outgoing.hangUp(), incoming.hungUp()])
  t.equal(bye.status, 200)
})

t.test('a repeated 200 is acknowledged again', async (t) => {
  const person = next()
  const phone = await registeredPhone(t, server, person)
  const caller = await signedIn(t, server, next())
  const outgoing = await OutgoingCall.start(caller, person.extension)
  const incoming = await IncomingCall.next(phone)
  incoming.answer()
  await outgoing.answered()
  const first = await incoming.established.receive('ACK')
  // The phone did not get it: its 200 comes again after T1.
  const second = await incoming.acknowledged()
  t.equal(headerValue(second, 'CSeq'), headerValue(first, 'CSeq'))
  await Promise.all([outgoing.hangUp(), incoming.hungUp()])
})

t.test('CANCEL after the 200 changes nothing', async (t) => {
  const person = next()
  const phone = await registeredPhone(t, server, person)
  const caller = await signedIn(t, server, next())
  const { outgoing, incoming } = await talk(caller, person.extension, phone)
  const response = await outgoing.cancel()
  t.ok([200, 481].includes(response.status), response.startLine)
  const [bye] = await Promise.all([outgoing.hangUp(), incoming.hungUp()])
  t.equal(bye.status, 200)
  t.notOk(phone.has((message) => message.method === 'CANCEL'))
})

const skipOneAddress = loopback === '127.0.0.1' && 'there is one loopback address only'

t.test('BYE and re-INVITE from another address do not touch the call', { skip: skipOneAddress }, async (t) => {
  const person = next()
  const phone = await registeredPhone(t, server, person)
  const caller = await signedIn(t, server, next())
  const { outgoing, incoming } = await talk(caller, person.extension, phone)
  const thief = await stranger(t, server, 'north.test', 0, '127.0.0.1')
  for (const method of ['BYE', 'INVITE']) {
    const text = outgoing.established
      .compose(method, 100, [], '')
      .replace(
        /^Via: .*$/m,
        `Via: SIP/2.0/UDP ${thief.own.address}:${thief.own.port};rport;branch=z9hG4bKthief${method}`,
      )
    const response = await thief.start(text).final()
    t.ok(response.status >= 400 && response.status < 500, `${method}: ${response.startLine}`)
  }
  const [bye] = await Promise.all([outgoing.hangUp(), incoming.hungUp()])
  t.equal(bye.status, 200)
  t.notOk(
    phone.has(() => true),
    phone.unread(),
  )
})

t.test('BYE with a wrong tag, and for no dialog at all: 481', async (t) => {
  const person = next()
  const phone = await registeredPhone(t, server, person)
  const caller = await signedIn(t, server, next())
  const { outgoing, incoming } = await talk(caller, person.extension, phone)
  const wrong = outgoing.established.compose('BYE', 50, [], '').replace(/^(To: .*tag=)[^;\r]*/m, '$1nobody')
  t.equal((await caller.start(wrong).final()).status, 481)
  const nothing = caller.request('BYE', `sip:${person.extension}@north.test`, { toTag: 'nothing' })
  t.equal((await nothing.final()).status, 481)
  const [bye] = await Promise.all([outgoing.hangUp(), incoming.hungUp()])
  t.equal(bye.status, 200)
  t.equal((await outgoing.hangUp()).status, 481, 'the dialog is gone')
})

t.test('an old CSeq inside the dialog: 500', async (t) => {
  const person = next()
  const phone = await registeredPhone(t, server, person)
  const caller = await signedIn(t, server, next())
  const { outgoing, incoming } = await talk(caller, person.extension, phone)
  t.equal((await caller.start(outgoing.established.compose('BYE', 1, [], '')).final()).status, 500)
  const [bye] = await Promise.all([outgoing.hangUp(), incoming.hungUp()])
  t.equal(bye.status, 200)
})

t.test('both hang up at once', async (t) => {
  const person = next()
  const phone = await registeredPhone(t, server, person)
  const caller = await signedIn(t, server, next())
  const { outgoing, incoming } = await talk(caller, person.extension, phone)
  for (const endpoint of [caller, phone]) {
    endpoint.onRequest = (request) => {
      if (request.method === 'BYE') endpoint.respond(request, 200, 'OK', '')
      return request.method === 'BYE'
    }
  }
  const [one, two] = await Promise.all([outgoing.hangUp(), incoming.hangUp()])
  for (const response of [one, two]) t.ok([200, 481].includes(response.status), response.startLine)
})
