/** Each process in turn is killed under a small load: calls go on, and what was killed comes back. */
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { talk } from '../wire/call.ts'
import { Company } from '../wire/company.ts'
import { registeredPhone, signedIn } from '../wire/phones.ts'
import { freePort } from '../wire/ports.ts'
import { RingdownServer } from '../wire/server.ts'
import { AdminUnderTest } from './admin-under-test.ts'
import { gone } from './gone.ts'
import { Load, Traffic } from './load.ts'

t.setTimeout(120_000)

const size = { answered: 20, ringing: 0 }

t.test('kill -9 of admin, standby and engine, one after the other', async (t) => {
  const load = new Load(size)
  t.teardown(() => load.close())
  const [callerPerson, calleePerson] = [load.spare(), load.spare()]
  const port = await freePort()
  const server = await RingdownServer.start({
    document: load.company.document(),
    environment: { RINGDOWN_HTTP_PORT: String(port) },
  })
  t.teardown(() => server.remove())
  const admin = new AdminUnderTest(port)
  await load.establish(server.address)
  const caller = await signedIn(t, server, callerPerson)
  const callee = await registeredPhone(t, server, calleePerson)
  const traffic = await Traffic.start(server.address, [])
  t.teardown(() => traffic.stop())
  await admin.alive()
  const engine = await server.enginePid()
  await server.standbyPid()

  const call = async () => {
    const { outgoing, incoming } = await talk(caller, calleePerson.extension, callee)
    await Promise.all([outgoing.hangUp(), incoming.hungUp()])
  }
  const first = server.adminPids
  t.equal(first.length, 1)
  for (const pid of first) process.kill(pid, 'SIGKILL')
  await call()
  await admin.aliveAgain(server, first)
  t.equal(await server.enginePid(), engine, 'the engine is the same')
  t.match(server.log, /Admin process ended unexpectedly/)

  process.kill(await server.standbyPid(), 'SIGKILL')
  await server.printed(/standby engine ended and is replaced/)
  await call()
  const second = server.adminPids
  const standby = await server.standbyPid()
  t.equal(await server.enginePid(), engine)

  process.kill(engine, 'SIGKILL')
  await server.printed(/Engine serves calls[\s\S]*Engine serves calls/)
  await call()
  t.equal(await server.enginePid(), standby, 'the standby serves')
  t.same(server.adminPids, second, 'the admin process is the same')
  t.equal(await admin.metric('ringdown_engine_up'), 1)
  t.ok((await admin.metric('ringdown_calls{state="answered"}')) >= size.answered)
  t.ok((await admin.metric('ringdown_call_attempts_total{outcome="answered",status="200"}')) >= 1)

  await server.standbyPid()
  const upgraded = await server.command('upgrade')
  t.match(upgraded.output, /^Version \S+ serves now \(as before\), with 20 calls in progress/, upgraded.errors)
  t.not(await server.enginePid(), standby, 'another engine serves')
  await admin.aliveAgain(server, second)
  t.notMatch(server.log.slice(server.log.indexOf('takes over')), /unexpectedly/)
  await call()

  t.equal((await server.calls()).length, size.answered, 'every call that was answered goes on')
  await load.hangUpAnswered()
  await traffic.stop()
  t.equal(load.refusals + traffic.refusals, 0, 'the port was never found closed')
  t.equal(load.faults.join('\n'), '', 'no malformed message')
  await server.stopEmpty()
  await Promise.all(server.adminPids.map((pid) => gone(pid, 1500)))
})

t.test('the admin process does not outlive its supervisor', async (t) => {
  const port = await freePort()
  const server = await RingdownServer.start({
    document: new Company().document(),
    environment: { RINGDOWN_HTTP_PORT: String(port) },
  })
  t.teardown(() => server.remove())
  await new AdminUnderTest(port).alive()
  const pids = server.adminPids
  t.equal(pids.length, 1)
  // As a terminal does with every process of its group.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) for (const pid of pids) process.kill(pid, signal)
  await sleep(200)
  t.same(server.adminPids, pids, 'signals are for the supervisor')
  server.signal('SIGKILL')
  await Promise.all(pids.map((pid) => gone(pid, 1000)))
})

t.test('a port that is taken costs no call', async (t) => {
  const company = new Company()
  const [callerPerson, calleePerson] = [company.person(), company.person()]
  const port = await freePort()
  const taken = await AdminUnderTest.occupy(port)
  t.teardown(() => taken.close())
  const server = await RingdownServer.start({
    document: company.document(),
    environment: { RINGDOWN_HTTP_PORT: String(port) },
  })
  t.teardown(() => server.remove())
  await server.printed(/Admin process cannot serve/, 60_000)
  t.match(server.log, `TCP port ${port}`)
  const caller = await signedIn(t, server, callerPerson)
  const callee = await registeredPhone(t, server, calleePerson)
  const { outgoing, incoming } = await talk(caller, calleePerson.extension, callee)
  await Promise.all([outgoing.hangUp(), incoming.hungUp()])
  await server.stopEmpty()
})
