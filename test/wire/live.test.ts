/** What the running engine tells of calls and registrations at its control port: events, lists and counts. */
import t from 'tap'
import { ControlClient } from '../../engine/control/client.ts'
import type { LiveEvent } from '../../engine/control/live-events.ts'
import { IncomingCall, OutgoingCall } from './call.ts'
import { Company } from './company.ts'
import { registeredPhone, signedIn } from './phones.ts'
import { RingdownServer } from './server.ts'

t.setTimeout(60_000)

async function until(enough: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000
  while (!enough()) {
    if (Date.now() > deadline) throw new Error('What was waited for does not happen')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

t.test('one answered call and one given up, as told and counted', async (t) => {
  const company = new Company()
  const [callerPerson, calleePerson] = [company.person(), company.person({ ringSeconds: 30 })]
  const server = await RingdownServer.start({ document: company.document() })
  t.teardown(() => server.remove())
  const client = await ControlClient.open(server.dataFolder)
  t.teardown(() => client.close())
  const events: LiveEvent[] = []
  await client.subscribe((frame) => {
    events.push(...frame.events)
    t.equal(frame.missed, 0)
  })
  const caller = await signedIn(t, server, callerPerson)
  const callee = await registeredPhone(t, server, calleePerson)
  const names = () => events.map(({ event }) => event)
  await until(() => names().includes('registration-added'))
  const added = events.find(({ event }) => event === 'registration-added')
  t.match(added, { registration: { userId: calleePerson.id, extension: calleePerson.extension } })

  events.length = 0
  const outgoing = await OutgoingCall.start(caller, calleePerson.extension)
  const incoming = await IncomingCall.next(callee)
  incoming.ring()
  await outgoing.status(180)
  const ringing = await client.callPage({ filter: { user: calleePerson.id }, text: '', after: '', limit: 10 })
  t.match(ringing, { total: 1, next: null, items: [{ state: 'ringing', dialled: calleePerson.extension }] })
  incoming.answer()
  await Promise.all([outgoing.answered(), incoming.acknowledged()])
  t.equal((await client.callPage({ filter: { state: 'ringing' }, text: '', after: '', limit: 10 })).total, 0)
  await Promise.all([outgoing.hangUp(), incoming.hungUp()])
  await until(() => names().includes('call-ended'))
  t.same(names(), ['call-started', 'call-ringing', 'call-answered', 'call-ended'])
  const parties = [callerPerson.id, calleePerson.id]
  for (const event of events) {
    if (!('call' in event)) continue
    t.equal(event.call.id, ringing.items[0]?.id)
    // Who is rung is not known yet when it begins.
    if (event.event !== 'call-started')
      t.same(
        event.call.parties.map(({ id }) => id),
        parties,
        event.event,
      )
  }
  t.match(events.at(-1), { status: 200 })

  events.length = 0
  const given = await OutgoingCall.start(caller, calleePerson.extension)
  const rung = await IncomingCall.next(callee)
  rung.ring()
  await given.status(180)
  await Promise.all([given.cancel(), rung.cancelled()])
  await until(() => names().includes('call-ended'))
  t.match(events.at(-1), { event: 'call-ended', status: 487 })

  const metrics = await client.metrics()
  t.same(metrics.calls.finals, { 200: 1, 487: 1 })
  t.equal(metrics.calls.toRinging.count, 2)
  t.equal(metrics.calls.toAnswer.count, 1)
  t.equal(metrics.registrations.current, 1)
  t.equal(metrics.registrations.added, 1)
  t.equal(metrics.events.subscribers, 1)
  t.ok(metrics.configuration.revision > 0)
  t.ok(metrics.configuration.compileMilliseconds > 0)
  t.ok(metrics.transactions.created >= 6)
  t.ok(metrics.network.received > 10 && metrics.network.sent > 10)
  t.ok(metrics.journal.bytes > 0 && metrics.journal.healthy)
  t.ok(metrics.process.residentBytes > 1e7 && metrics.process.loopSeconds > 0)

  await client.unsubscribe()
  events.length = 0
  await callee.register(0)
  t.equal((await client.metrics()).registrations.removed, 1)
  t.same(events, [])
  await server.stopEmpty()
})
