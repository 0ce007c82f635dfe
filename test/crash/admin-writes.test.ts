/**
 * kill -9 of the admin process in the middle of writes by its API: the database is whole, every change that was
 * acknowledged is there, the engine has not noticed and goes by the newest revision. RINGDOWN_TEST_ROUNDS sets how often.
 */
import { randomInt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import t from 'tap'
import { talk } from '../wire/call.ts'
import { Company } from '../wire/company.ts'
import { registeredPhone, signedIn } from '../wire/phones.ts'
import { freePort, loopback } from '../wire/ports.ts'
import { RingdownServer } from '../wire/server.ts'
import { AdminUnderTest } from './admin-under-test.ts'
import { RandomWriter } from './random-writer.ts'
import { checkWhole } from './whole-store.ts'

const rounds = Number(process.env['RINGDOWN_TEST_ROUNDS'] ?? 3)
/** The pause before the next start grows with each death: a new server begins anew. */
const roundsPerServer = 4
const writersAtOnce = 6
/** Fewer say nothing about the middle of writing. */
const fewestWrites = 20

t.setTimeout(60_000 + rounds * 20_000)

async function killedWhileWriting(t: Test, times: number): Promise<void> {
  const company = new Company()
  const [callerPerson, calleePerson] = [company.person({ ringSeconds: 30 }), company.person({ ringSeconds: 30 })]
  const port = await freePort()
  const server = await RingdownServer.start({
    document: company.document(),
    environment: { RINGDOWN_HTTP_PORT: String(port) },
  })
  t.teardown(() => server.remove())
  const admin = new AdminUnderTest(port)
  await admin.alive()
  const caller = await signedIn(t, server, callerPerson)
  const callee = await registeredPhone(t, server, calleePerson)
  const engine = await server.enginePid()
  const ask = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    // A token of this machine is good for one life of the process.
    const token = readFileSync(join(server.dataFolder, 'admin.token'), 'latin1').trim()
    const json = body === undefined ? {} : { 'content-type': 'application/json' }
    return fetch(`http://${loopback}:${port}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...json, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  }
  const writers = Array.from({ length: writersAtOnce }, (_, number) => new RandomWriter(number, 'north-office', ask))
  const acknowledged = () => writers.reduce((sum, writer) => sum + writer.acknowledged, 0)

  for (let round = 1; round <= times; round++) {
    const before = server.adminPids
    const wanted = acknowledged() + fewestWrites + randomInt(200)
    for (const writer of writers) writer.start()
    while (acknowledged() < wanted) await sleep(1)
    for (const pid of before) process.kill(pid, 'SIGKILL')
    const { outgoing, incoming } = await talk(caller, calleePerson.extension, callee)
    await Promise.all([outgoing.hangUp(), incoming.hungUp()])
    await Promise.all(writers.map((writer) => writer.stop()))
    const newest = checkWhole(server.dataFolder)
    await admin.aliveAgain(server, before)
    const differences = (await Promise.all(writers.map((writer) => writer.differences()))).flat()
    t.same(differences, [], `round ${round}: what was acknowledged is there, after ${acknowledged()} writes`)
    t.same(
      writers.flatMap((writer) => writer.refusals),
      [],
      'nothing was refused',
    )
    const told = Math.max(...writers.map((writer) => writer.newest))
    t.ok(newest >= told, `revision ${newest} is there, ${told} was acknowledged`)
    t.equal(await server.enginePid(), engine, 'the engine is the same')
    const ready = (await (await ask('GET', '/readyz')).json()) as Record<string, unknown>
    t.equal(ready['engineRevision'], checkWhole(server.dataFolder), 'the engine goes by the newest revision')
    t.same(ready['alerts'], [])
  }
}

for (let left = rounds; left > 0; left -= roundsPerServer) {
  const times = Math.min(left, roundsPerServer)
  t.test(`kill -9 of admin in the middle of writes, ${times} times`, (t) => killedWhileWriting(t, times))
}
