/** Waits out RFC 3261's 64 T1, apart from the others because it takes its 32 seconds. */
import t from 'tap'
import { IncomingCall, OutgoingCall } from './call.ts'
import { Company } from './company.ts'
import { headerValue } from './message.ts'
import { registeredPhone, signedIn } from './phones.ts'
import { RingdownServer } from './server.ts'

t.setTimeout(240_000)

const company = new Company()
const people = [company.person(), company.person()]
const next = () => people.pop()!
const server = await RingdownServer.start({ document: company.document() })
t.teardown(() => server.stopEmpty())

t.test('a caller that never acknowledges: BYE to both after 32 seconds', async (t) => {
  const person = next()
  const phone = await registeredPhone(t, server, person)
  const caller = await signedIn(t, server, next())
  const outgoing = await OutgoingCall.start(caller, person.extension)
  const incoming = await IncomingCall.next(phone)
  incoming.answer()
  const started = Date.now()
  const answer = await outgoing.status(200)
  await incoming.acknowledged()
  const callId = headerValue(answer, 'Call-ID')
  const [bye] = await Promise.all([
    caller.receive((message) => message.method === 'BYE' && headerValue(message, 'Call-ID') === callId, 'BYE', 40_000),
    incoming.hungUp(40_000),
  ])
  caller.respond(bye, 200, 'OK', '')
  const waited = Date.now() - started
  t.ok(waited > 30_000 && waited < 36_000, `after ${waited} ms`)
  const answers = caller.trace.filter((line) => line.includes('< SIP/2.0 200') && line.includes('INVITE'))
  t.ok(answers.length >= 9, `the 200 was sent ${answers.length} times`)
})
