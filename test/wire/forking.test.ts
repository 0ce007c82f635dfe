/** Several phones, forwarding and early media, in the ways SIPp cannot express: which phone is told what, and in which order. */
import t from 'tap'
import { IncomingCall, isNewInvite, OutgoingCall, talk } from './call.ts'
import type { Person, PersonOptions } from './company.ts'
import { Company } from './company.ts'
import { audioSession, headerValue, headerValues, tagOf } from './message.ts'
import { registeredPhone, signedIn } from './phones.ts'
import { RingdownServer } from './server.ts'

t.setTimeout(240_000)

const company = new Company()
const somebody = (options: PersonOptions = {}): Person => company.person(options)
const callers = Array.from({ length: 24 }, () => somebody())
const family = Array.from({ length: 8 }, () => somebody({ devices: 2 }))
const heirs = Array.from({ length: 8 }, () => somebody())
const [onNoAnswer, onBusy, onDecline, onSilence, onAway] = [
  somebody({ ringSeconds: 1, forwarding: { noAnswer: { to: { user: heirs[0]!.id } } } }),
  somebody({ forwarding: { busy: { to: { user: heirs[1]!.id } } } }),
  somebody({ forwarding: { busy: { to: { user: heirs[2]!.id } } } }),
  somebody({ forwarding: { notReachable: { to: { user: heirs[3]!.id } } } }),
  somebody({ forwarding: { notReachable: { to: { user: heirs[4]!.id } } } }),
]
const deflecting = somebody()
const silent = somebody()
const oneCallOnly = somebody({ callWaiting: false })
const oneLine = somebody({ lines: 1 })
const crossing = somebody()
const nextCaller = (): Person => callers.pop()!
const server = await RingdownServer.start({ document: company.document() })
t.teardown(() => server.stopEmpty())

t.test('two phones ring, one answers: the other gets CANCEL with the reason', async (t) => {
  const [person] = family
  const first = await registeredPhone(t, server, person!, 0)
  const second = await registeredPhone(t, server, person!, 1)
  const caller = await signedIn(t, server, nextCaller())
  const outgoing = await OutgoingCall.start(caller, person!.extension)
  const [one, two] = await Promise.all([IncomingCall.next(first), IncomingCall.next(second)])
  one.ring()
  two.ring()
  const tags = [await outgoing.status(180), await outgoing.status(180)].map((one) => tagOf(headerValue(one, 'To')))
  t.not(tags[0], tags[1], 'each early dialog has its own tag')
  two.answer()
  const [cancel, answer] = await Promise.all([one.cancelled(), outgoing.answered(), two.acknowledged()])
  t.match(headerValue(cancel, 'Reason'), /SIP\s*;\s*cause=200\s*;\s*text="Call completed elsewhere"/i)
  t.ok(tags.includes(tagOf(headerValue(answer, 'To'))), 'the answer is in an early dialog told before')
  const [bye] = await Promise.all([outgoing.hangUp(), two.hungUp()])
  t.equal(bye.status, 200)
})

t.test('two contacts of one device ring together', async (t) => {
  const person = family[1]!
  const first = await registeredPhone(t, server, person, 0)
  const second = await registeredPhone(t, server, person, 0)
  const caller = await signedIn(t, server, nextCaller())
  const outgoing = await OutgoingCall.start(caller, person.extension)
  const [one, two] = await Promise.all([IncomingCall.next(first), IncomingCall.next(second)])
  two.ring()
  // CANCEL waits for the first sign of life of the phone (RFC 3261 §9.1).
  await outgoing.status(180)
  one.answer()
  const [cancel] = await Promise.all([two.cancelled(), outgoing.answered(), one.acknowledged()])
  t.match(headerValue(cancel, 'Reason'), /cause=200/)
  await Promise.all([one.hangUp(), outgoing.hungUp()])
})

t.test('a phone that declines stops the others', async (t) => {
  const person = family[2]!
  const first = await registeredPhone(t, server, person, 0)
  const second = await registeredPhone(t, server, person, 1)
  const caller = await signedIn(t, server, nextCaller())
  const outgoing = await OutgoingCall.start(caller, person.extension)
  const [one, two] = await Promise.all([IncomingCall.next(first), IncomingCall.next(second)])
  one.ring()
  two.ring()
  const [cancel] = await Promise.all([two.cancelled(), one.reject(603, 'Decline')])
  t.equal(headerValue(cancel, 'Reason'), '', 'nobody answered elsewhere')
  t.equal((await outgoing.final()).status, 486)
})

t.test('one phone busy, the other rings on and answers', async (t) => {
  const person = family[3]!
  const first = await registeredPhone(t, server, person, 0)
  const second = await registeredPhone(t, server, person, 1)
  const caller = await signedIn(t, server, nextCaller())
  const outgoing = await OutgoingCall.start(caller, person.extension)
  const [one, two] = await Promise.all([IncomingCall.next(first), IncomingCall.next(second)])
  await one.reject(486, 'Busy Here')
  two.ring()
  await outgoing.status(180)
  two.answer()
  await Promise.all([outgoing.answered(), two.acknowledged()])
  await Promise.all([outgoing.hangUp(), two.hungUp()])
})

t.test('one phone busy, the other rings out: no answer', async (t) => {
  const person = family[4]!
  const first = await registeredPhone(t, server, person, 0)
  const second = await registeredPhone(t, server, person, 1)
  const caller = await signedIn(t, server, nextCaller())
  const outgoing = await OutgoingCall.start(caller, person.extension)
  const [one, two] = await Promise.all([IncomingCall.next(first), IncomingCall.next(second)])
  await one.reject(486, 'Busy Here')
  two.ring()
  const [response] = await Promise.all([outgoing.final(), two.cancelled()])
  t.equal(response.status, 480)
})

t.test('early media, no answer, forward: never two SDP answers under one To-tag', async (t) => {
  const [first, second] = [await registeredPhone(t, server, onNoAnswer!), await registeredPhone(t, server, heirs[0]!)]
  const caller = await signedIn(t, server, nextCaller())
  const outgoing = await OutgoingCall.start(caller, onNoAnswer!.extension)
  const one = await IncomingCall.next(first)
  one.ring(audioSession(first.own.address, 41_000, 7))
  const early = await outgoing.status(183)
  t.match(early.body, /m=audio 41000 /)
  await one.cancelled()
  const two = await IncomingCall.next(second)
  t.match(headerValue(two.invite, 'Diversion'), new RegExp(`sip:${onNoAnswer!.extension}@.*reason=no-answer`))
  t.match(headerValues(two.invite, 'History-Info').join(), /cause=408/)
  two.ring(audioSession(second.own.address, 42_000, 8))
  const later = await outgoing.status(183)
  t.match(later.body, /m=audio 42000 /)
  two.answer(audioSession(second.own.address, 42_000, 8))
  const answer = await outgoing.answered()
  await two.acknowledged()
  const bodies = new Map<string, Set<string>>()
  for (const response of outgoing.transaction.responses.filter((one) => one.body !== '')) {
    const tag = tagOf(headerValue(response, 'To'))
    bodies.set(tag, (bodies.get(tag) ?? new Set()).add(response.body))
  }
  t.equal(bodies.size, 2, 'two early dialogs')
  t.same(
    [...bodies.values()].map((one) => one.size),
    [1, 1],
    'one session in each',
  )
  t.equal(tagOf(headerValue(answer, 'To')), tagOf(headerValue(later, 'To')))
  t.not(tagOf(headerValue(answer, 'To')), tagOf(headerValue(early, 'To')))
  await Promise.all([outgoing.hangUp(), two.hungUp()])
})

for (const [name, person, heir, status, reason, cause] of [
  ['a busy phone', onBusy, heirs[1], 486, 'user-busy', '486'],
  ['a declining phone', onDecline, heirs[2], 603, 'user-busy', '486'],
  ['a failing phone', onSilence, heirs[3], 500, 'unavailable', '503'],
] as const) {
  t.test(`${name}: the call goes on to its destination`, async (t) => {
    const [first, second] = [await registeredPhone(t, server, person!), await registeredPhone(t, server, heir!)]
    const caller = await signedIn(t, server, nextCaller())
    const outgoing = await OutgoingCall.start(caller, person!.extension)
    await (await IncomingCall.next(first)).reject(status, 'No')
    const two = await IncomingCall.next(second)
    t.match(headerValue(two.invite, 'Diversion'), new RegExp(`sip:${person!.extension}@.*reason=${reason}`))
    t.match(headerValues(two.invite, 'History-Info').join(), new RegExp(`cause=${cause}`))
    two.ring()
    two.answer()
    await Promise.all([outgoing.answered(), two.acknowledged()])
    await Promise.all([outgoing.hangUp(), two.hungUp()])
  })
}

t.test('nobody registered: the call goes on to its destination', async (t) => {
  const second = await registeredPhone(t, server, heirs[4]!)
  const caller = await signedIn(t, server, nextCaller())
  const outgoing = await OutgoingCall.start(caller, onAway!.extension)
  const two = await IncomingCall.next(second)
  t.match(headerValue(two.invite, 'Diversion'), /reason=unavailable/)
  two.answer()
  await Promise.all([outgoing.answered(), two.acknowledged()])
  await Promise.all([outgoing.hangUp(), two.hungUp()])
})

t.test('a 302 from a phone is a forward by its user', async (t) => {
  const [first, second] = [await registeredPhone(t, server, deflecting), await registeredPhone(t, server, heirs[5]!)]
  const caller = await signedIn(t, server, nextCaller())
  const outgoing = await OutgoingCall.start(caller, deflecting.extension)
  const one = await IncomingCall.next(first)
  await one.reject(302, 'Moved Temporarily', [['Contact', `<sip:${heirs[5]!.extension}@elsewhere.example>`]])
  const two = await IncomingCall.next(second)
  t.match(headerValue(two.invite, 'Diversion'), new RegExp(`sip:${deflecting.extension}@.*reason=deflection`))
  two.answer()
  await Promise.all([outgoing.answered(), two.acknowledged()])
  await Promise.all([outgoing.hangUp(), two.hungUp()])
})

t.test('a contact that says nothing at all is not reachable after 4 seconds', async (t) => {
  const phone = await registeredPhone(t, server, silent)
  const caller = await signedIn(t, server, nextCaller())
  const started = Date.now()
  const outgoing = await OutgoingCall.start(caller, silent.extension)
  t.equal((await outgoing.final(10_000)).status, 480)
  const waited = Date.now() - started
  t.ok(waited > 3500 && waited < 7000, `after ${waited} ms`)
  t.ok(phone.has(isNewInvite))
})

t.test('with call waiting off a second call finds the user busy', async (t) => {
  const phone = await registeredPhone(t, server, oneCallOnly)
  const caller = await signedIn(t, server, nextCaller())
  const { outgoing, incoming } = await talk(caller, oneCallOnly.extension, phone)
  const second = await signedIn(t, server, nextCaller())
  t.equal((await (await OutgoingCall.start(second, oneCallOnly.extension)).final()).status, 486)
  await Promise.all([incoming.hangUp(), outgoing.hungUp()])
  const again = await talk(second, oneCallOnly.extension, phone)
  await Promise.all([again.outgoing.hangUp(), again.incoming.hungUp()])
})

t.test('all lines in use: busy, and free again when the call is over', async (t) => {
  const phone = await registeredPhone(t, server, oneLine)
  const caller = await signedIn(t, server, nextCaller())
  const ringing = await OutgoingCall.start(caller, oneLine.extension)
  const incoming = await IncomingCall.next(phone)
  incoming.ring()
  await ringing.status(180)
  const second = await signedIn(t, server, nextCaller())
  t.equal((await (await OutgoingCall.start(second, oneLine.extension)).final()).status, 486)
  const [cancelled] = await Promise.all([ringing.cancel(), incoming.cancelled()])
  t.equal(cancelled.status, 200)
  t.equal((await ringing.final()).status, 487)
  const again = await talk(second, oneLine.extension, phone)
  await Promise.all([again.outgoing.hangUp(), again.incoming.hungUp()])
})

t.test('an answer that crosses the CANCEL is acknowledged and ended', async (t) => {
  const phone = await registeredPhone(t, server, crossing)
  const caller = await signedIn(t, server, nextCaller())
  const outgoing = await OutgoingCall.start(caller, crossing.extension)
  const incoming = await IncomingCall.next(phone)
  incoming.ring()
  await outgoing.status(180)
  const [cancel] = await Promise.all([
    phone.receive((message) => message.method === 'CANCEL', 'CANCEL'),
    outgoing.cancel(),
  ])
  incoming.answer()
  phone.respond(cancel, 200, 'OK', incoming.tag)
  await incoming.acknowledged()
  await incoming.hungUp()
  t.equal((await outgoing.final()).status, 487)
})
