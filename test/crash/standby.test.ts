/** The engine that waits for the other to die: it takes over, disturbs nobody, and outlives nobody. */
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { talk } from '../wire/call.ts'
import { Company } from '../wire/company.ts'
import { registeredPhone, signedIn } from '../wire/phones.ts'
import { RingdownServer } from '../wire/server.ts'
import { gone } from './gone.ts'

t.setTimeout(60_000)

t.test('the standby takes over, and another one comes', async (t) => {
  const company = new Company()
  const [callerPerson, calleePerson] = [company.person(), company.person()]
  const server = await RingdownServer.start({ document: company.document() })
  t.teardown(() => server.remove())
  const [caller, callee] = [await signedIn(t, server, callerPerson), await registeredPhone(t, server, calleePerson)]
  const first = await server.enginePid()
  const standby = await server.standbyPid()
  t.not(standby, first)

  const { outgoing, incoming } = await talk(caller, calleePerson.extension, callee)
  process.kill(standby, 'SIGKILL')
  await server.printed(/standby engine ended and is replaced/)
  const replaced = await server.standbyPid()
  t.equal(await server.enginePid(), first, 'the engine goes on when the standby dies')
  t.equal((await server.calls()).length, 1)

  process.kill(first, 'SIGKILL')
  await server.printed(/Engine serves calls[\s\S]*Engine serves calls/)
  t.equal(await server.enginePid(), replaced, 'the standby serves')
  t.equal((await server.calls()).length, 1)
  const next = await server.standbyPid()
  t.not(next, replaced)
  await catchesSignals(next)
  // As a terminal does with every process of its group.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    await sleep(300)
    process.kill(next, signal)
  }
  await Promise.all([outgoing.hangUp(), incoming.hungUp()])
  t.equal(await server.standbyPid(), next, 'signals are for the supervisor')
  const engines = server.enginePids
  t.equal(engines.length, 2)
  await server.stopEmpty()
  await Promise.all(engines.map((pid) => gone(pid, 100)))
})

/** Waits until a process has begun to run our code, which takes a while on a busy machine. SIGINT Node catches from the start. */
async function catchesSignals(pid: number): Promise<void> {
  const hangup = 1n << 0n
  for (let tries = 0; tries < 1000; tries++) {
    const caught = /^SigCgt:\s*([0-9a-f]+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0'
    if ((BigInt(`0x${caught}`) & hangup) !== 0n) return
    await sleep(10)
  }
  throw new Error(`Process ${pid} does not catch SIGHUP`)
}

t.test('the standby ends as soon as the server is to stop', async (t) => {
  const company = new Company()
  const [callerPerson, calleePerson] = [company.person(), company.person()]
  const server = await RingdownServer.start({ document: company.document() })
  t.teardown(() => server.remove())
  const caller = await signedIn(t, server, callerPerson)
  const callee = await registeredPhone(t, server, calleePerson)
  const standby = await server.standbyPid()
  const { outgoing, incoming } = await talk(caller, calleePerson.extension, callee)
  server.signal('SIGTERM')
  await gone(standby, 1000)
  // Nobody takes its place, and the call goes on.
  await sleep(2500)
  t.same(server.enginePids, [await server.enginePid()])
  await Promise.all([outgoing.hangUp(), incoming.hungUp()])
  t.equal(await server.ended(), 0)
})

t.test('the standby does not outlive its supervisor', async (t) => {
  const server = await RingdownServer.start({ document: new Company().document() })
  t.teardown(() => server.remove())
  await server.standbyPid()
  await sleep(1000)
  const engines = server.enginePids
  t.equal(engines.length, 2)
  server.signal('SIGKILL')
  await Promise.all(engines.map((pid) => gone(pid, 1000)))
})
