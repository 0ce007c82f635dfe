import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import type { ListenerSetting } from '../engine/control/engine-start.ts'
import { lockDataFolder, lockOwner, openDataFolder, StartError } from './data-folder.ts'
import type { EngineListener } from './engine-process.ts'
import { RestartDelay } from './restart-delay.ts'
import { activatedListeners, activatedSockets } from './socket-activation.ts'
import { addressFromHex, canonicalAddress } from './socket-descriptors.ts'
import { BindError, descriptorOf, holdSockets } from './socket-holder.ts'
import { Standby } from './standby.ts'
import { bindAdvice } from './supervise.ts'

function listener(transport: 'UDP' | 'TCP', address: string, port: number): ListenerSetting {
  return { transport, address, port, advertised: '', advertisedMedia: '', localNetworks: [] }
}

t.test('sockets are held by descriptor, and nobody reads them', async (t) => {
  const wanted = [listener('UDP', '127.0.0.1', 0), listener('TCP', '127.0.0.1', 0), listener('UDP', '::1', 0)]
  const held = await holdSockets(wanted)
  const [udp, tcp] = held.listeners
  t.ok(udp !== undefined && tcp !== undefined && udp.port > 0 && tcp.port > 0)
  if (udp === undefined || tcp === undefined) return
  t.equal(new Set(held.descriptors).size, 3)
  t.ok(held.descriptors.every((descriptor) => descriptor !== null))
  await t.rejects(holdSockets([udp]), { code: 'EADDRINUSE' })
  const stranger = connect(tcp.port, '127.0.0.1')
  await once(stranger, 'connect')
  stranger.destroy()
  const sender = createSocket('udp4')
  sender.connect(udp.port, '127.0.0.1')
  await once(sender, 'connect')
  sender.on('error', () => t.fail('a datagram was refused'))
  for (let index = 0; index < 3; index++) sender.send('x')
  await new Promise((resolve) => setTimeout(resolve, 50))
  const script = `require('node:dgram').createSocket('udp4')
    .on('message', (data) => process.stdout.write(data)).bind({ fd: 3 })`
  const reader = spawn(process.execPath, ['-e', script], {
    stdio: ['ignore', 'pipe', 'inherit', Number(held.descriptors[0])],
  })
  let text = ''
  reader.stdout?.on('data', (data) => {
    text += String(data)
  })
  while (text !== 'xxx') await new Promise((resolve) => setTimeout(resolve, 10))
  t.pass('what came before a reader is still there')
  reader.kill('SIGKILL')
  sender.close()
  await held.release()
})

t.test('errors of binding become advice', async (t) => {
  const nowhere = listener('UDP', '192.0.2.1', 5060)
  const error = await holdSockets([nowhere]).catch((reason: unknown) => reason)
  t.ok(error instanceof BindError)
  if (!(error instanceof BindError)) return
  t.match(bindAdvice(error), /192\.0\.2\.1.*does not have that address.*--bind/)
  t.match(bindAdvice(new BindError(nowhere, 'EADDRINUSE', 'x')), /UDP port 5060 .*in use.*--sip-port/)
  t.match(bindAdvice(new BindError(nowhere, 'EACCES', 'x')), /1024/)
})

t.test('addresses as the kernel prints them', async (t) => {
  t.equal(addressFromHex('0100007F'), '127.0.0.1')
  t.equal(addressFromHex('00000000000000000000000001000000'), '0:0:0:0:0:0:0:1')
  t.equal(canonicalAddress('::1'), '0:0:0:0:0:0:0:1')
  t.equal(canonicalAddress('::'), '0:0:0:0:0:0:0:0')
  t.equal(canonicalAddress('2001:DB8::A:0:1'), '2001:db8:0:0:0:a:0:1')
  t.equal(canonicalAddress('10.0.0.1'), '10.0.0.1')
  t.equal(descriptorOf(listener('UDP', '127.0.0.1', 1)), null)
})

t.test('sockets of systemd are for the process they name', async (t) => {
  t.same(activatedSockets({}, 5), [])
  t.same(activatedSockets({ LISTEN_FDS: '2', LISTEN_PID: '6' }, 5), [])
  t.same(activatedSockets({ LISTEN_FDS: 'x', LISTEN_PID: '5' }, 5), [])
  const known = { ...listener('UDP', '127.0.0.1', 5060), advertised: 'pbx.example.com' }
  const sockets = [
    { transport: 'UDP', family: 4, address: '127.0.0.1', port: 5060, descriptor: 3 },
    { transport: 'TCP', family: 6, address: '0:0:0:0:0:0:0:0', port: 5062, descriptor: 4 },
  ] as const
  const listeners = activatedListeners(sockets, [known])
  t.same(listeners[0], known)
  t.match(listeners[1], { transport: 'TCP', address: '::', port: 5062, advertised: 'pbx.example.com' })
})

t.test('one process a data folder', async (t) => {
  const folder = join(t.testdir(), 'data')
  openDataFolder(folder)
  t.equal(statSync(folder).mode & 0o777, 0o700)
  const lock = lockDataFolder(folder)
  t.equal(lock.wasStale, false)
  t.equal(lockOwner(folder), process.pid)
  t.throws(() => lockDataFolder(folder), { message: /already serves/ })
  lock.release()
  t.equal(lockOwner(folder), null)
  // Left behind by a process whose id another one has now.
  writeFileSync(join(folder, 'supervisor.pid'), `${process.pid} 1\n`)
  const second = lockDataFolder(folder)
  t.equal(second.wasStale, true)
  second.release()
  writeFileSync(join(folder, 'supervisor.pid'), 'nonsense')
  lockDataFolder(folder).release()
})

t.test('data folders that cannot be used are named with the cure', async (t) => {
  const root = t.testdir({ file: 'x' })
  t.throws(() => openDataFolder(join(root, 'file')), { message: /is a file.*--data/ })
  t.throws(() => openDataFolder(join(root, 'file', 'below')), { message: /--data/ })
  const open = join(root, 'open')
  mkdirSync(open)
  chmodSync(open, 0o755)
  openDataFolder(open)
  t.equal(statSync(open).mode & 0o777, 0o700, 'an empty folder is shut')
  const full = join(root, 'full')
  mkdirSync(full)
  writeFileSync(join(full, 'theirs'), '')
  chmodSync(full, 0o755)
  openDataFolder(full)
  t.equal(statSync(full).mode & 0o777, 0o755, 'a folder with files of others is left as it is')
  t.ok(new StartError('x') instanceof Error)
  t.equal(readFileSync(join(full, 'theirs'), 'utf8'), '')
})

t.test('the first restart is at once, later ones wait, a long life is forgiven', async (t) => {
  const delay = new RestartDelay()
  t.equal(delay.next(5), 0)
  t.equal(delay.next(5), 100)
  t.equal(delay.next(5), 200)
  for (let index = 0; index < 20; index++) delay.next(5)
  t.equal(delay.next(5), 10_000)
  t.equal(delay.next(60_000), 0)
})

/** Processes in name only: what a standby does with them. */
class Factory {
  readonly listeners: EngineListener[] = []
  readonly killed: number[] = []
  readonly start = (first: EngineListener) => {
    const pid = this.listeners.push(first) - 1
    return {
      pid,
      handOver: (listener: EngineListener) => {
        this.listeners[pid] = listener
      },
      order: () => undefined,
      kill: () => {
        this.killed.push(pid)
      },
    }
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

const nobody: EngineListener = { reported: () => undefined, ended: () => undefined }

t.test('a standby is started when the engine has settled, and is taken once', async (t) => {
  const factory = new Factory()
  const standby = new Standby({
    start: factory.start,
    log: { warn: () => undefined },
    dataFolder: '',
    settlingTime: 40,
  })
  standby.prepare()
  standby.prepare()
  t.equal(standby.take(nobody), null, 'there is none on a first start')
  await pause(80)
  t.equal(factory.listeners.length, 0, 'an engine that died before it settled has no standby')
  standby.prepare()
  await pause(80)
  standby.prepare()
  await pause(80)
  t.equal(factory.listeners.length, 1, 'one is enough')
  let ends = 0
  const mine = standby.take({ reported: () => undefined, ended: () => ends++ })
  t.equal(mine?.pid, 0)
  t.equal(standby.take(nobody), null)
  factory.listeners[0]?.ended('SIGKILL')
  t.equal(ends, 1, 'its end is heard by who took it')
  await pause(80)
  t.equal(factory.listeners.length, 1)
  t.same(factory.killed, [])
})

t.test('a standby that ends is replaced with growing pauses, until the end', async (t) => {
  const factory = new Factory()
  const delays: unknown[] = []
  const warn = (details: unknown) => delays.push((details as { delay: number }).delay)
  const standby = new Standby({ start: factory.start, log: { warn }, dataFolder: '', settlingTime: 20 })
  standby.prepare()
  await pause(60)
  factory.listeners[0]?.ended('exit code 1')
  await pause(60)
  factory.listeners[1]?.ended('exit code 1')
  await pause(60)
  t.equal(factory.listeners.length, 2)
  await pause(120)
  t.equal(factory.listeners.length, 3)
  factory.listeners[2]?.ended('exit code 1')
  t.same(delays, [20, 100, 200])
  standby.end()
  await pause(260)
  t.equal(factory.listeners.length, 3, 'none after the end')
  standby.prepare()
  await pause(60)
  standby.end()
  t.same(factory.killed, [3])
  factory.listeners[3]?.ended('SIGKILL')
  await pause(60)
  t.equal(factory.listeners.length, 4)
})

t.test('a fresh standby takes the place of the one that waits, and says when it has loaded', async (t) => {
  const factory = new Factory()
  const standby = new Standby({
    start: factory.start,
    log: { warn: () => undefined },
    dataFolder: '',
    settlingTime: 20,
    loadingTime: 60,
  })
  standby.prepare()
  await pause(60)
  const renewed = standby.renew()
  t.same(factory.killed, [0])
  factory.listeners[1]?.reported({ report: 'waiting' })
  await renewed
  const broken = standby.renew()
  factory.listeners[2]?.ended('exit code 1')
  await t.rejects(broken, { message: 'exit code 1' })
  await pause(200)
  t.ok(factory.listeners.length > 3, 'one that cannot load is tried again as any other')
  await t.rejects(standby.renew(), { message: /in time/ })
  const needed = standby.renew()
  t.not(standby.take(nobody), null)
  await t.rejects(needed, { message: /needed before/ })
  standby.end()
})
