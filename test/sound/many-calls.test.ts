/**
 * Many calls at once, relayed and recorded: strangers who send to every port are not heard and nothing goes to them, and a media
 * process that is killed ends no call; what is missing of the recordings afterwards is one gap. RINGDOWN_TEST_CALLS=200 for
 * many more than by default.
 */
import { createHash } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { IncomingCall, OutgoingCall } from '../wire/call.ts'
import { Company } from '../wire/company.ts'
import type { Endpoint } from '../wire/endpoint.ts'
import type { SipMessage } from '../wire/message.ts'
import { audioSession } from '../wire/message.ts'
import { registeredPhone, signedIn, stranger } from '../wire/phones.ts'
import { freePort, loopback } from '../wire/ports.ts'
import { RingdownServer } from '../wire/server.ts'
import { findFrames } from './frames.ts'
import { rtpPacket } from './pcap.ts'
import type { CompleteRecording } from './recordings.ts'
import { completeRecordings } from './recordings.ts'
import { SoundingPhone, speakTogether } from './sounding-phones.ts'

const calls = Number(process.env['RINGDOWN_TEST_CALLS'] ?? 12)
/** A second is the goal; other tests share the processors. */
const longestGap = Number(process.env['RINGDOWN_TEST_GAP'] ?? 5000)
/** Frames that may be missing elsewhere: where others keep the processors busy, some come too late to be kept. */
const mostHoles = process.env['RINGDOWN_TEST_GAP'] === undefined ? 4 : 0
const linesOfAUser = 4
/** The address that a phone behind address translation takes for its own. */
const inside = '10.20.30.40'

t.setTimeout(180_000)

interface OneCall {
  readonly outgoing: OutgoingCall
  readonly caller: SoundingPhone
  readonly callee: SoundingPhone
}

function portIn(message: SipMessage): number {
  return Number(/m=audio (\d+)/.exec(message.text)?.[1])
}

async function until(isSo: () => boolean, what: string, milliseconds = 30_000): Promise<void> {
  const deadline = Date.now() + milliseconds
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error(`Waited for ${what}`)
    await sleep(20)
  }
}

/** The media process of a supervisor. */
function mediaOf(supervisor: number): number {
  const found = readdirSync('/proc').find((name) => {
    if (!/^\d+$/.test(name)) return false
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1')
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
      return parent === supervisor && readFileSync(`/proc/${name}/cmdline`, 'latin1').includes('media/main.js')
    } catch {
      return false
    }
  })
  if (found === undefined) throw new Error('There is no media process')
  return Number(found)
}

t.test(`${calls} calls: strangers, and kill -9 of the media process`, async (t) => {
  const company = new Company()
  const trunkPort = await freePort()
  company.trunk(trunkPort)
  const people = Array.from({ length: Math.ceil(calls / linesOfAUser) }, (_, index) => ({
    number: `+4420794${String(60_000 + index)}`,
    person: company.person({
      recording: { mode: 'always' },
      lines: linesOfAUser,
      callWaiting: true,
      primaryNumber: `+4420794${String(60_000 + index)}`,
      ringSeconds: 30,
    }),
  }))
  // Below what the system and this test give to sockets, on an address that is this test's alone.
  const first = 3000
  const last = first + calls * 8 + 15
  const server = await RingdownServer.start({
    document: company.document(),
    environment: { RINGDOWN_MEDIA_PROCESSES: '1', RINGDOWN_MEDIA_PORTS: `${first}-${last}` },
  })
  t.teardown(() => server.remove())
  await server.printed(/A media process is there/)
  const trunk = (await stranger(t, server, loopback, trunkPort)).withoutTrace()
  const phones: Endpoint[] = []
  for (const [index, { person }] of people.entries()) {
    if (index % 3 !== 1) phones.push((await registeredPhone(t, server, person)).withoutTrace())
    else {
      const phone = (await signedIn(t, server, person)).withoutTrace()
      phone.believedOwn = `${inside}:5060`
      await phone.register()
      phones.push(phone)
    }
  }

  const all: SoundingPhone[] = []
  const stopSpeaking = speakTogether(all)
  t.teardown(() => {
    stopSpeaking()
    for (const { socket } of all) socket.close()
  })
  const strangers = await Promise.all(
    ['127.9.9.9', '127.9.9.10', loopback].map(async (address) => {
      const socket = createSocket({ type: 'udp4' })
      socket.bind(0, address)
      await once(socket, 'listening')
      t.teardown(() => socket.close())
      return socket
    }),
  )
  let answered = 0
  for (const socket of strangers) socket.on('message', () => answered++)
  let spray = 0
  /** Once to each port, from each of these: what they say is loud, well formed and of the right payload type. */
  const sprayFrom = (sockets: readonly (typeof strangers)[number][]): void => {
    spray++
    for (const [index, socket] of sockets.entries()) {
      const packet = rtpPacket(spray, Buffer.alloc(160, 0x00), 0xbad + index)
      for (let port = first; port <= last; port++) socket.send(packet, port, loopback)
    }
  }
  const [one, other, neighbour] = strangers as [(typeof strangers)[0], (typeof strangers)[0], (typeof strangers)[0]]

  const talks: OneCall[] = []
  for (let index = 0; index < calls; index++) {
    const place = index % people.length
    const phone = phones[place]!
    const [caller, callee] = [new SoundingPhone(0), new SoundingPhone(1)]
    const [callerPort, calleePort] = [await caller.open(loopback), await callee.open(loopback)]
    const outgoing = await OutgoingCall.start(trunk, people[place]!.number, {
      body: audioSession(loopback, callerPort),
    })
    const incoming = await IncomingCall.next(phone)
    incoming.ring()
    incoming.answer(audioSession(phone.believedOwn === '' ? loopback : inside, calleePort))
    const answer = await outgoing.answered()
    await incoming.acknowledged()
    caller.peer = { address: loopback, port: portIn(answer) }
    callee.peer = { address: loopback, port: portIn(incoming.invite) }
    all.push(caller, callee)
    talks.push({ outgoing, caller, callee })
    // Those from elsewhere spray from the beginning, when nothing is latched yet.
    if (index % 4 === 0) sprayFrom([one, other])
  }
  await until(() => all.every(({ heard }) => heard > 10), `sound in every call\n${server.log.slice(-3000)}`)
  for (const phone of all) phone.longestGap = 0
  for (let round = 0; round < 12; round++) {
    sprayFrom([one, other, neighbour])
    await sleep(80)
  }
  const before = all.map(({ heard }) => heard)
  await until(() => all.every(({ heard }, index) => heard > before[index]! + 10), 'sound after the strangers')
  t.equal(Math.max(...all.map(({ foreign }) => foreign)), 0, 'nobody heard a stranger')
  t.equal(answered, 0, 'and nothing was sent to one')
  t.comment(`${spray} packets to each of ${last - first + 1} ports; longest silence ${longest(all)} ms meanwhile`)

  for (const phone of all) phone.longestGap = 0
  process.kill(mediaOf(server.supervisorPid), 'SIGKILL')
  const killed = performance.now()
  await until(() => all.every(({ lastHeard }) => lastHeard > killed + 60), 'sound after kill -9')
  await sleep(1000)
  t.ok(longest(all) < longestGap, `the longest silence of a phone was ${longest(all)} ms`)
  t.equal((await server.calls()).length, calls, 'all calls go on')

  stopSpeaking()
  await sleep(200)
  for (const { outgoing } of talks) t.equal((await outgoing.hangUp()).status, 200)
  await until(() => completeRecordings(server.dataFolder).length === calls, 'all recordings', 60_000)
  const recordings = completeRecordings(server.dataFolder)
  const faults = recordings.map((recording) => faultsOf(recording)).filter((text) => text !== '')
  t.same(faults, [], 'every recording is whole but for its gap')
  const gaps = recordings.flatMap(({ description }) => description.gaps)
  const longestMarked = Math.max(...gaps.map(({ milliseconds }) => milliseconds))
  t.ok(longestMarked < longestGap, `the longest gap that a recording tells of is ${longestMarked} ms`)
  const counted = [...server.log.matchAll(/"strangers":(\d+)/g)].map((found) => Number(found[1]))
  t.ok(counted.length === 2 * calls && counted.every((count) => count >= 0), `${counted.length} sides are told of`)
  t.comment(`longest silence ${longest(all)} ms, longest gap in ${recordings.length} recordings ${longestMarked} ms`)
})

function longest(phones: readonly SoundingPhone[]): number {
  return Math.round(Math.max(...phones.map((phone) => phone.longestGap)))
}

/** What is wrong with a recording; '' where it is what it should be. */
function faultsOf({ description, channels, file }: CompleteRecording): string {
  const faults: string[] = []
  const { gaps, cutShort, sha256, bytes } = description
  if (gaps.length !== 1 || gaps[0]?.why !== 'media-restart') faults.push(`gaps ${JSON.stringify(gaps)}`)
  if (cutShort !== null) faults.push(`cut short: ${cutShort}`)
  if (sha256 !== createHash('sha256').update(file).digest('hex') || bytes !== file.length) faults.push('another sum')
  const [gap] = gaps
  for (const side of [0, 1] as const) {
    const frames = findFrames(channels[side], side)
    const holes = frames.slice(1).flatMap((frame, index) => {
      const before = frames[index]!
      const isInGap = gap !== undefined && before.at / 8 <= gap.at + 1 && frame.at / 8 >= gap.at + gap.milliseconds - 40
      return frame.index === before.index + 1 || isInGap
        ? []
        : [`${before.index} to ${frame.index} at ${frame.at / 8} ms`]
    })
    if (holes.length > mostHoles || frames.length < 50)
      faults.push(`side ${side}: ${frames.length} frames, holes ${holes.join(', ')}`)
  }
  return faults.length === 0 ? '' : `${description.id}: ${faults.join('; ')}`
}
