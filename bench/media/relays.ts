/** What the benchmark "media" measures: programs that relay between pairs of ports. */
import type { ChildProcess } from 'node:child_process'
import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { MediaSide } from '../../media/protocol.ts'
import type { NgAnswer } from '../../media/rtpengine/ng-client.ts'
import { NgClient } from '../../media/rtpengine/ng-client.ts'
import { pcmu, sideOf } from '../../media/session/session-under-test.ts'
import { EngineEnd, isHello, startMedia } from '../../test/media/media-process.ts'
import { programPath } from '../servers/child.ts'

export interface RelayPlan {
  readonly calls: number
  /** First of the ports of the relay. */
  readonly first: number
  /** Port of the load's program that stream `index` comes from and goes to. */
  readonly remoteOf: (index: number) => number
  /** Compiled C programs by name. */
  readonly programs: { readonly echo: string }
}

export interface RunningRelay {
  readonly processId: number
  /** Where each stream is to be sent, two a call. */
  readonly ports: readonly number[]
  stop(): Promise<void>
}

export interface Relay {
  readonly name: string
  readonly title: string
  /** Why it cannot be measured here; '' where it can. */
  readonly missing: () => string
  start(plan: RelayPlan): Promise<RunningRelay>
}

async function ended(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

function evenPorts({ first, calls }: RelayPlan): number[] {
  return Array.from({ length: calls * 2 }, (_, index) => first + index * 2)
}

async function startEcho(child: ChildProcess, plan: RelayPlan): Promise<RunningRelay> {
  if (child.stdout === null) throw new Error('No output')
  await once(child.stdout, 'data')
  return { processId: child.pid ?? 0, ports: evenPorts(plan), stop: () => ended(child) }
}

function ringdown(name: string, title: string, udpSocket: 'batching' | 'dgram', recorded: boolean): Relay {
  return {
    name,
    title,
    missing: () => '',
    async start(plan) {
      const dataFolder = mkdtempSync(join(tmpdir(), 'ringdown-bench-'))
      const engine = new EngineEnd(dataFolder)
      const ports = { first: plan.first, last: plan.first + plan.calls * 4 + 1 }
      const child = startMedia({ dataFolder, ports, udpSocket })
      await engine.heard(isHello)
      for (let call = 0; call < plan.calls; call++) {
        const recording = { id: `r${call}`, folder: dataFolder, state: 'on', beepSeconds: 0, description: {} } as const
        engine.set({
          id: `c${call}`,
          sides: [streamSide(plan, call * 2), streamSide(plan, call * 2 + 1)],
          join: 'relay',
          recording: recorded ? recording : null,
        })
      }
      await pause(500 + plan.calls)
      return {
        processId: child.pid ?? 0,
        ports: evenPorts(plan),
        async stop() {
          await ended(child)
          engine.end()
          rmSync(dataFolder, { recursive: true, force: true })
        },
      }
    },
  }
}

function streamSide(plan: RelayPlan, index: number): MediaSide {
  const port = plan.first + index * 2
  const remote = plan.remoteOf(index)
  return sideOf(`s${index}`, port, {
    local: { address: '127.0.0.1', port, rtcpPort: port + 1 },
    remote: { address: '127.0.0.1', port: remote, rtcpPort: remote },
    sending: [pcmu],
    taking: [pcmu],
  })
}

const rtpengine: Relay = {
  name: 'rtpengine',
  title: 'rtpengine (userspace, one thread)',
  missing: () =>
    programPath('rtpengine') === null ? 'rtpengine is not installed (Debian package rtpengine-daemon)' : '',
  async start(plan) {
    const control = plan.first - 1
    const child = spawn(
      programPath('rtpengine') ?? '',
      [
        // Debian's file opens ports of its own, which only one at a time can have.
        '--config-file=none',
        '--foreground',
        '--table=-1',
        '--interface=127.0.0.1',
        `--listen-ng=127.0.0.1:${control}`,
        `--port-min=${plan.first}`,
        `--port-max=${plan.first + plan.calls * 4 + 100}`,
        '--num-threads=1',
        '--log-level=1',
        '--log-stderr',
      ],
      { stdio: 'ignore' },
    )
    const client = new NgClient('127.0.0.1', control, `${process.pid}_${Date.now()}_`)
    const ask = (command: string, parameters: Parameters<NgClient['ask']>[1]) =>
      new Promise<NgAnswer>((resolve) => client.ask(command, parameters, resolve))
    if ((await ask('ping', {}))['result'] !== 'pong') throw new Error('rtpengine does not answer')
    const ports: number[] = []
    for (let call = 0; call < plan.calls; call++) {
      const names = { 'call-id': `c${call}`, 'from-tag': 'a' }
      const offer = await ask('offer', { ...names, sdp: sdpOf(plan.remoteOf(call * 2)) })
      const answer = await ask('answer', { ...names, 'to-tag': 'b', sdp: sdpOf(plan.remoteOf(call * 2 + 1)) })
      // What the offer becomes is what B sends to; what the answer becomes, A.
      ports.push(portOf(answer), portOf(offer))
    }
    return {
      processId: child.pid ?? 0,
      ports,
      async stop() {
        client.close()
        await ended(child)
      },
    }
  },
}

function sdpOf(port: number): string {
  return `v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio ${port} RTP/AVP 0\r\na=sendrecv\r\n`
}

function portOf(answer: NgAnswer): number {
  const port = /m=audio (\d+)/.exec(String(answer['sdp']))?.[1]
  if (port === undefined) throw new Error(`rtpengine answers ${JSON.stringify(answer)}`)
  return Number(port)
}

const nodeEcho = fileURLToPath(new URL('./node-echo.js', import.meta.url))

export const relays: readonly Relay[] = [
  {
    name: 'floor-c',
    title: 'bare echo in C',
    missing: () => '',
    start: (plan) =>
      startEcho(
        spawn(plan.programs.echo, [String(plan.first), String(plan.calls * 2)], {
          stdio: ['ignore', 'pipe', 'inherit'],
        }),
        plan,
      ),
  },
  {
    name: 'floor-node',
    title: 'bare echo in Node (node:dgram)',
    missing: () => '',
    start: (plan) =>
      startEcho(
        fork(nodeEcho, [String(plan.first), String(plan.calls * 2)], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] }),
        plan,
      ),
  },
  ringdown('ringdown', 'Ringdown', 'batching', false),
  ringdown('ringdown-recorded', 'Ringdown, every call recorded', 'batching', true),
  ringdown('ringdown-dgram', 'Ringdown on node:dgram', 'dgram', false),
  rtpengine,
]
