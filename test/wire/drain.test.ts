/** Being told to stop: calls in progress go on to their end, new ones are refused, emergency calls are not. */
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { IncomingCall, OutgoingCall, talk } from './call.ts'
import { Company } from './company.ts'
import { headerValue } from './message.ts'
import { registeredPhone, signedIn, stranger } from './phones.ts'
import { freePort } from './ports.ts'
import { RingdownServer } from './server.ts'

t.setTimeout(60_000)

t.test('SIGTERM: 503 to new calls, emergency calls and the old ones go on, then the server ends', async (t) => {
  const company = new Company()
  const [talker, listener, late, frightened] = [company.person(), company.person(), company.person(), company.person()]
  const trunkPort = await freePort()
  company.trunk(trunkPort, { emergency: 'first' })
  const server = await RingdownServer.start({ document: company.document() })
  t.teardown(() => server.remove())
  const phone = await registeredPhone(t, server, listener)
  const caller = await signedIn(t, server, talker)
  const { outgoing, incoming } = await talk(caller, listener.extension, phone)

  server.signal('SIGTERM')
  await server.printed(/Stopping when the last call has ended/)
  const refused = await (await OutgoingCall.start(await signedIn(t, server, late), listener.extension)).final()
  t.equal(refused.status, 503)
  t.match(headerValue(refused, 'Retry-After'), /^\d+/)

  const carrier = await stranger(t, server, undefined, trunkPort)
  const emergency = await OutgoingCall.start(await signedIn(t, server, frightened), '999')
  const answering = await IncomingCall.next(carrier)
  t.match(answering.invite.requestUri, /^sip:999@/)
  answering.answer()
  await Promise.all([emergency.answered(), answering.acknowledged()])
  await Promise.all([emergency.hangUp(), answering.hungUp()])

  const [bye] = await Promise.all([incoming.hangUp(), outgoing.hungUp()])
  t.equal(bye.status, 200)
  t.equal(await server.ended(), 0)
  t.same(server.journalledCalls(), [])
})

t.test('a second SIGTERM does not wait; answered calls are there after the next start', async (t) => {
  const company = new Company()
  const [talker, listener] = [company.person(), company.person()]
  const server = await RingdownServer.start({ document: company.document() })
  t.teardown(() => server.remove())
  const phone = await registeredPhone(t, server, listener)
  const caller = await signedIn(t, server, talker)
  const { outgoing, incoming } = await talk(caller, listener.extension, phone)
  server.signal('SIGTERM')
  await server.printed(/Stopping when the last call has ended/)
  // What comes within 0.7 s of the first is taken for the same wish.
  await sleep(1000)
  server.signal('SIGTERM')
  t.equal(await server.ended(), 0)
  const next = await RingdownServer.start({
    document: null,
    dataFolder: server.dataFolder,
    port: server.address.port,
  })
  t.teardown(() => next.remove())
  const [bye] = await Promise.all([outgoing.hangUp(), incoming.hungUp()])
  t.equal(bye.status, 200)
  await next.stopEmpty()
})
