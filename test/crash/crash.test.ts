/** kill -9 under load: answered calls live on, ringing ones are ended, nobody finds the port closed. */

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { ListenerSetting } from '../../engine/control/engine-start.ts'
import { holdSockets } from '../../supervisor/socket-holder.ts'
import { talk } from '../wire/call.ts'
import type { TestScope } from '../wire/phones.ts'
import { registeredPhone, signedIn } from '../wire/phones.ts'
import { freePort, loopback } from '../wire/ports.ts'
import type { ServerOptions } from '../wire/server.ts'
import { RingdownServer } from '../wire/server.ts'
import { gone } from './gone.ts'
import { Load, Traffic } from './load.ts'

t.setTimeout(240_000)

const size = { answered: 200, ringing: 20 }

interface Crash {
  /** Kills, and gives the server that serves afterwards. */
  readonly kill: (server: RingdownServer) => Promise<RingdownServer>
  readonly start: (options: ServerOptions) => Promise<RingdownServer>
  readonly refusalsAllowed: boolean
}

async function crash(
  t: TestScope & { equal(a: unknown, b: unknown, why: string): unknown; ok(a: unknown, why: string): unknown },
  plan: Crash,
): Promise<void> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'ringdown-crash-'))
  t.teardown(() => rmSync(dataFolder, { recursive: true, force: true, maxRetries: 5 }))
  const load = new Load(size)
  t.teardown(() => load.close())
  const busy = Array.from({ length: 5 }, () => load.spare())
  const [caller, callee, away] = [load.spare(), load.spare(), load.spare()]
  const first = await plan.start({ document: load.company.document(), dataFolder, port: await freePort() })
  t.teardown(() => first.remove())
  await load.establish(first.address)
  t.equal((await first.calls()).length, size.answered + size.ringing, 'all calls are alive')
  const phone = await registeredPhone(t, first, callee)
  const writes = await phone.authenticated('MESSAGE', `sip:${away.extension}@${callee.domain}`, {
    headers: [['Content-Type', 'text/plain']],
    body: 'before the crash',
  })
  await writes.status(202)
  const traffic = await Traffic.start(first.address, busy)
  t.teardown(() => traffic.stop())
  await first.standbyPid()
  await traffic.steady(500)
  const before = traffic.registrations

  const moment = performance.now()
  const ringing = load.ringingEnded()
  // Some hang up while nobody is there to hear it.
  const early = load.answered.slice(0, 20)
  const killed = plan.kill(first).then((server) => {
    t.teardown(() => server.remove())
    return server
  })
  const hungUpEarly = load.hangUpAnswered(early)
  const [server] = await Promise.all([killed, ringing, hungUpEarly])
  await traffic.steady(500)
  const gap = traffic.longestGap(moment)
  t.comment(`gap: ${Math.round(gap)} ms was the longest time without an answer`)
  t.ok(gap < 15_000, 'it is back; docs/decisions/0004 has the figures of an idle machine')
  await load.hangUpAnswered(load.answered.slice(20))

  const back = await registeredPhone(t, server, away)
  const message = await back.receive(({ method }) => method === 'MESSAGE', 'what was written before the crash')
  back.respond(message, 200, 'OK', 'back')
  t.equal(message.body, 'before the crash', 'a message that was taken is delivered')

  const endpoint = await signedIn(t, server, caller)
  const { outgoing, incoming } = await talk(endpoint, callee.extension, phone)
  await Promise.all([outgoing.hangUp(), incoming.hungUp()])
  t.equal((await traffic.stop()).join('\n'), '', 'every REGISTER was answered 200')
  t.ok(traffic.registrations > before, 'phones go on registering')
  t.equal(load.faults.join('\n'), '', 'no malformed message')
  const refusals = load.refusals + traffic.refusals
  if (plan.refusalsAllowed) t.comment(`the port was found closed ${refusals} times`)
  else t.equal(refusals, 0, 'the port was never found closed')
  await server.stopEmpty()
}

t.test('kill -9 of the engine', async (t) => {
  await crash(t, {
    start: RingdownServer.start,
    refusalsAllowed: false,
    kill: async (server) => {
      process.kill(await server.enginePid(), 'SIGKILL')
      return server
    },
  })
})

t.test('kill -9 of the supervisor and a new start', async (t) => {
  await crash(t, {
    start: RingdownServer.start,
    refusalsAllowed: true,
    kill: async (server) => {
      const engines = server.enginePids
      server.signal('SIGKILL')
      await server.ended()
      await Promise.all(engines.map((pid) => gone(pid, 1500)))
      return RingdownServer.start({ document: null, dataFolder: server.dataFolder, port: server.address.port })
    },
  })
})

t.test('kill -9 of the supervisor under a parent that holds the sockets', async (t) => {
  const port = await freePort()
  const listeners = (['UDP', 'TCP'] as const).map((transport): ListenerSetting => {
    return { transport, address: loopback, port, advertised: '', advertisedMedia: '', localNetworks: [] }
  })
  const held = await holdSockets(listeners)
  t.teardown(() => held.release())
  const start = (options: ServerOptions): Promise<RingdownServer> =>
    RingdownServer.start({
      ...options,
      port,
      // sd_listen_fds(3): the process is told its own id, which a shell knows before it becomes that program.
      spawn: (program, given, environment) =>
        spawn('/bin/sh', ['-c', 'LISTEN_PID=$$ exec "$0" "$@"', program, ...given], {
          env: { ...environment, LISTEN_FDS: String(held.descriptors.length) },
          stdio: ['ignore', 'pipe', 'pipe', ...held.descriptors],
        }),
    })
  await crash(t, {
    start,
    refusalsAllowed: false,
    kill: async (server) => {
      server.signal('SIGKILL')
      await server.ended()
      return start({ document: null, dataFolder: server.dataFolder })
    },
  })
})
