/**
 * A whole media process under strace: the engine is told that a recording is complete only when sound, description and folders
 * are on the disk.
 */
import type { ChildProcess } from 'node:child_process'
import { spawn, spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import type { MediaReport, MediaSide, RecordingChanged } from '../../media/protocol.ts'
import { pcmu, sideOf } from '../../media/session/session-under-test.ts'
import { EngineEnd, isHello, killed, startMedia } from '../media/media-process.ts'

const skip = spawnSync('strace', ['-V']).status === 0 ? false : 'strace is not installed'
const own = '127.0.0.1'
const frames = 40

const isComplete = (report: MediaReport): report is RecordingChanged =>
  report.report === 'recording' && report.state === 'complete'

/** Follows all threads of a process; descriptors are shown with their paths. */
async function traced(pid: number, file: string): Promise<ChildProcess> {
  const calls = 'trace=fsync,fdatasync,rename,renameat2,write,writev,sendto,sendmsg'
  const tracer = spawn('strace', ['-f', '-y', '-s', '4096', '-o', file, '-e', calls, '-p', String(pid)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  while (!said.includes('attached')) {
    const [bytes] = (await once(tracer.stderr, 'data')) as [Buffer]
    said += bytes.toString('utf8')
  }
  return tracer
}

/** Two phones talk with each other for as many frames. */
async function talk(
  ports: readonly [number, number],
  phones: readonly ReturnType<typeof createSocket>[],
): Promise<void> {
  for (let index = 0; index < frames; index++) {
    for (const [side, phone] of phones.entries()) {
      const packet = Buffer.alloc(172, 0x55)
      packet[0] = 0x80
      packet[1] = 0
      packet.writeUInt16BE(index, 2)
      packet.writeUInt32BE(index * 160, 4)
      packet.writeUInt32BE(7 + side, 8)
      phone.send(packet, ports[side], own)
    }
    await sleep(20)
  }
}

t.test('nothing is told before it is on the disk', { skip }, async (t) => {
  t.setTimeout(60_000)
  const dataFolder = t.testdir()
  const first = 24_000 + (process.pid % 1000) * 4
  const engine = new EngineEnd(dataFolder)
  const child = startMedia({ dataFolder, ports: { first, last: first + 3 } })
  t.teardown(async () => {
    await killed(child)
    engine.end()
  })
  await engine.heard(isHello)
  const phones = [createSocket('udp4'), createSocket('udp4')]
  const sides: MediaSide[] = []
  for (const [index, phone] of phones.entries()) {
    phone.bind(0, own)
    await once(phone, 'listening')
    t.teardown(() => phone.close())
    const port = first + index * 2
    const local = { address: own, port, rtcpPort: port + 1 }
    const remote = { address: own, port: phone.address().port, rtcpPort: phone.address().port }
    sides.push(sideOf(`side${index}`, port, { local, remote, sending: [pcmu], taking: [pcmu] }))
  }
  const calls = join(dataFolder, 'calls')
  const tracer = await traced(child.pid ?? 0, calls)
  engine.set({
    id: 'one',
    sides,
    join: 'relay',
    recording: { id: 'taped', state: 'on', beepSeconds: 0, description: { call: 'call-1' } },
  })
  await talk([first, first + 2], phones)
  engine.close('one')
  const { file, milliseconds } = await engine.heard(isComplete)
  t.ok(milliseconds > 0.5 * frames * 20, `${milliseconds} ms`)
  const gone = once(tracer, 'exit')
  tracer.kill('SIGINT')
  await gone

  const lines = readFileSync(calls, 'utf8').split('\n')
  const name = file.slice(file.lastIndexOf('/') + 1).replace('.', '\\.')
  const steps = [
    new RegExp(`f(data)?sync\\(\\d+<[^>]*/${name}>`),
    /f(data)?sync\(\d+<[^>]*\/new\/taped\.json\.part>/,
    /rename(at2)?\(.*taped\.json\.part.*\/new\/taped\.json"/,
    /fsync\(\d+<[^>]*\/recordings\/\d{4}-\d\d-\d\d>/,
    /fsync\(\d+<[^>]*\/recordings\/new>/,
    /fsync\(\d+<[^>]*\/recordings>/,
    /(write|writev|sendto|sendmsg)\(\d+<(UNIX|socket).*\\"state\\":\\"complete\\"/,
  ]
  const places = steps.map((form) => lines.findIndex((line) => form.test(line)))
  t.ok(
    places.every((place) => place >= 0),
    `each is there: ${places.join(' ')}`,
  )
  t.same(
    places,
    places.toSorted((one, other) => one - other),
    'in this order',
  )
})
