/** Phones on TCP lose their connection with the engine: their binding is kept, and a call waits for them to come back. */
import t from 'tap'
import { IncomingCall, OutgoingCall } from '../wire/call.ts'
import { Company } from '../wire/company.ts'
import { registeredPhone, signedIn } from '../wire/phones.ts'
import { RingdownServer } from '../wire/server.ts'

t.setTimeout(60_000)

async function killEngine(server: RingdownServer): Promise<void> {
  const pid = await server.enginePid()
  process.kill(pid, 'SIGKILL')
  await server.printed(/Engine serves calls[\s\S]*Engine serves calls/)
}

t.test('a call to a phone on TCP waits for its new connection', async (t) => {
  const company = new Company()
  const [callerPerson, person] = [company.person(), company.person()]
  const server = await RingdownServer.start({ document: company.document() })
  t.teardown(() => server.remove())
  await registeredPhone(t, server, person, 0, 'TCP')
  await killEngine(server)
  const caller = await signedIn(t, server, callerPerson)
  const outgoing = await OutgoingCall.start(caller, person.extension)
  await outgoing.status(100)
  const back = await registeredPhone(t, server, person, 0, 'TCP')
  const incoming = await IncomingCall.next(back)
  incoming.ring()
  await outgoing.status(180)
  incoming.answer()
  await Promise.all([outgoing.answered(), incoming.acknowledged()])
  await Promise.all([outgoing.hangUp(), incoming.hungUp()])
  await server.stopEmpty()
})

t.test('a phone on TCP that does not come back is not reachable', async (t) => {
  const company = new Company()
  const [callerPerson, person] = [company.person(), company.person()]
  const server = await RingdownServer.start({ document: company.document() })
  t.teardown(() => server.remove())
  const gone = await registeredPhone(t, server, person, 0, 'TCP')
  await killEngine(server)
  await gone.close()
  const caller = await signedIn(t, server, callerPerson)
  const started = Date.now()
  const outgoing = await OutgoingCall.start(caller, person.extension)
  t.equal((await outgoing.final(12_000)).status, 480)
  t.ok(Date.now() - started < 9000, `after ${Date.now() - started} ms`)
  await server.stopEmpty()
})
