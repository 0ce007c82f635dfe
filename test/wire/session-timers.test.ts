/** On the wire: reliable provisional responses, UPDATE and session timers (RFC 3262, 3311, 4028). */
import t from 'tap'
import { IncomingCall, OutgoingCall, talk } from './call.ts'
import type { Person } from './company.ts'
import { Company } from './company.ts'
import type { HeaderLine } from './message.ts'
import { audioSession, headerValue, tagOf } from './message.ts'
import { registeredPhone, signedIn } from './phones.ts'
import { RingdownServer } from './server.ts'

t.setTimeout(120_000)

const company = new Company()
const people = Array.from({ length: 12 }, () => company.person())
const next = (): Person => people.pop()!
const server = await RingdownServer.start({ document: company.document() })
t.teardown(() => server.stopEmpty())

const sdpType: HeaderLine = ['Content-Type', 'application/sdp']

for (const lost of [false, true]) {
  t.test(lost ? 'a PRACK that is lost on its way comes with the next copy' : 'PRACK passes both ways', async (t) => {
    const person = next()
    const phone = await registeredPhone(t, server, person)
    const caller = await signedIn(t, server, next())
    const outgoing = await OutgoingCall.start(caller, person.extension, { headers: [['Supported', '100rel']] })
    const incoming = await IncomingCall.next(phone)
    t.match(headerValue(incoming.invite, 'Supported'), /100rel/)
    const session = audioSession(phone.own.address, 31_000)
    const early: HeaderLine[] = [['Contact', phone.contact], ['Require', '100rel'], ['RSeq', '7'], sdpType]
    phone.respond(incoming.invite, 183, 'Session Progress', incoming.tag, early, session)
    const progress = await outgoing.transaction.status(183)
    t.equal(headerValue(progress, 'Require'), '100rel')
    t.equal(progress.body, session)
    // The phone says it again because no PRACK came.
    if (lost) phone.respond(incoming.invite, 183, 'Session Progress', incoming.tag, early, session)
    const cseq = Number(headerValue(outgoing.transaction.request, 'CSeq').split(' ')[0])
    const prack = caller.request('PRACK', outgoing.transaction.request.requestUri, {
      callId: headerValue(progress, 'Call-ID'),
      from: headerValue(progress, 'From'),
      toTag: tagOf(headerValue(progress, 'To')),
      cseq: cseq + 1,
      headers: [['RAck', `${headerValue(progress, 'RSeq')} ${cseq} INVITE`]],
    })
    const passed = await phone.receive((message) => message.method === 'PRACK', 'PRACK')
    t.equal(headerValue(passed, 'RAck'), '7 1 INVITE')
    phone.respond(passed, 200, 'OK', '')
    await prack.status(200)
    incoming.answer(session)
    const answered = await outgoing.answered()
    t.equal(tagOf(headerValue(answered, 'To')), tagOf(headerValue(progress, 'To')))
    await incoming.acknowledged()
    // The PRACK had the number after the INVITE's.
    outgoing.established.cseq += 1
    const [, bye] = await Promise.all([outgoing.hangUp(), incoming.hungUp()])
    t.equal(headerValue(bye, 'CSeq'), '3 BYE')
  })
}

t.test('422 for a session timer that is too short', async (t) => {
  const caller = await signedIn(t, server, next())
  const transaction = caller.request('INVITE', `sip:1@${caller.domain}`, {
    headers: [
      ['Supported', 'timer'],
      ['Session-Expires', '30'],
    ],
  })
  t.equal(headerValue(await transaction.status(422), 'Min-SE'), '90')
})

t.test('UPDATE without a session refreshes, also in the process after a crash', async (t) => {
  const person = next()
  const phone = await registeredPhone(t, server, person)
  const caller = await signedIn(t, server, next())
  const { outgoing, incoming } = await talk(caller, person.extension, phone)
  const lines: HeaderLine[] = [
    ['Supported', 'timer'],
    ['Session-Expires', '1800;refresher=uac'],
  ]
  const before = await outgoing.established.request('UPDATE', lines).final()
  t.equal(headerValue(before, 'Session-Expires'), '1800;refresher=uac')
  process.kill(await server.enginePid(), 'SIGKILL')
  const after = await outgoing.established.request('UPDATE', lines).final(20_000)
  t.equal(after.status, 200)
  t.equal(headerValue(after, 'Session-Expires'), '1800;refresher=uac')
  await Promise.all([incoming.hangUp(), outgoing.hungUp()])
})
