/**
 * Calls between SIPps that play captured packets, recorded: the first 20 ms of each side after the answer are there, nothing is
 * missing after them, and the two sides stay where they are to each other. Seconds by default; ten minutes with
 * RINGDOWN_TEST_MINUTES=10.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { CallingSide } from '../sip-scenarios/calling-side.ts'
import { session } from '../sip-scenarios/session.ts'
import { Company } from '../wire/company.ts'
import { freePort, loopback } from '../wire/ports.ts'
import { skipWithout } from '../wire/programs.ts'
import { playPackets, receive, receiveAcknowledgement, respond, respondInDialog, talkFor } from '../wire/scenario.ts'
import { RingdownServer } from '../wire/server.ts'
import { Sipp } from '../wire/sipp.ts'
import { SippPhones } from '../wire/sipp-phones.ts'
import type { FoundFrame } from './frames.ts'
import { findFrames, frameOf } from './frames.ts'
import { writePcap } from './pcap.ts'
import { completeRecordings } from './recordings.ts'

const minutes = Number(process.env['RINGDOWN_TEST_MINUTES'] ?? 0)
const seconds = minutes > 0 ? minutes * 60 : 3
t.setTimeout((seconds + 120) * 1000)
/** What a sound of G.711 may stand apart from the other side's: 20 ms. */
const mostApart = 160

const isRoot = process.getuid?.() === 0
const skip = skipWithout('sipp') || (isRoot ? false : 'SIPp plays captured packets for root only')

const stream = session(['m=audio [media_port] RTP/AVP 0', 'a=rtpmap:0 PCMU/8000'])

t.test('each side from its first frame on, and aligned to the end', { skip }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'ringdown-frames-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const count = (seconds * 1000) / 20
  const files = ([0, 1] as const).map((side) => {
    const path = join(folder, `${side}.pcap`)
    writePcap(
      path,
      Array.from({ length: count }, (_, index) => frameOf(side, index)),
    )
    return path
  }) as [string, string]

  const company = new Company()
  const trunkPort = await freePort()
  company.trunk(trunkPort)
  const recorded = company.person({ recording: { mode: 'always' }, primaryNumber: '+442079460100' })
  const first = (await freePort()) & ~1
  const server = await RingdownServer.start({
    document: company.document(),
    environment: { RINGDOWN_MEDIA_PROCESSES: '1', RINGDOWN_MEDIA_PORTS: `${first}-${first + 99}` },
  })
  t.teardown(() => server.remove())
  await server.printed(/A media process is there/)
  const port = await new SippPhones(server).registered(recorded)

  const timeLimit = seconds + 60
  const calleePort = (await freePort()) & ~1
  const callee = await Sipp.start(
    'called',
    server.address,
    [
      receive('INVITE', { dialog: true }),
      respond(180, 'Ringing'),
      // As soon as a person can: its first packet leaves with the answer, and overtakes it.
      talkFor(300),
      respond(200, 'OK', { body: stream, play: files[1] }),
      receiveAcknowledgement(),
      receive('BYE', { timeout: timeLimit * 1000 }),
      respondInDialog(200, 'OK'),
    ],
    { port, mediaPort: calleePort, timeLimit, receiveTimeout: timeLimit * 1000 },
  )
  t.teardown(() => callee.stop())
  const calling = new CallingSide({ userName: '+442079460999', password: '', domain: loopback }, '+442079460100')
  const caller = await Sipp.start(
    'calling',
    server.address,
    [
      ...calling.dial({ body: stream }),
      receive(180),
      receive(200, { dialog: true }),
      calling.acknowledge(),
      playPackets(files[0]),
      talkFor(seconds * 1000 + 500),
      ...calling.hangUp(),
    ],
    { port: trunkPort, mediaPort: (calleePort + 200) & ~1, timeLimit },
  )
  await caller.succeeded()
  await callee.succeeded()
  const deadline = Date.now() + 15_000
  while (completeRecordings(server.dataFolder).length === 0 && Date.now() < deadline) await sleep(50)
  const [recording] = completeRecordings(server.dataFolder)
  if (recording === undefined) throw new Error(`Nothing was recorded\n${server.log}`)

  const [left, right] = ([0, 1] as const).map((side) => findFrames(recording.channels[side], side)) as [
    FoundFrame[],
    FoundFrame[],
  ]
  const { late } = recording.description
  for (const [side, name, frames] of [
    [0, 'caller', left],
    [1, 'callee', right],
  ] as const) {
    t.equal(frames[0]?.index, 0, `the first frame of the ${name}`)
    const places = new Set(frames.map(({ index }) => index))
    const missing = Array.from({ length: count }, (_, index) => index).filter((index) => !places.has(index))
    // A machine that stands still for a fifth of a second makes packets too late to be kept, which the description tells.
    const told = `${missing.length} of ${count} frames of the ${name}, ${late[side]} of them late: ${missing.slice(0, 20)}`
    t.ok(missing.length <= late[side] && late[side] < count / 10, `missing: ${told}`)
  }
  t.ok(Math.min(left[0]?.at ?? 0, right[0]?.at ?? 0) === 0, 'there is nothing before it')
  t.same(recording.description.gaps, [])
  // Both began within milliseconds of each other, and sent by the same clock.
  const rightAt = new Map(right.map(({ index, at }) => [index, at]))
  const distances = left.flatMap(({ index, at }) => {
    const other = rightAt.get(index)
    return other === undefined ? [] : [at - other]
  })
  // What a busy machine sends late in the first moments is put right within two seconds; from then on nothing may move.
  const settled = distances.slice(100)
  const apart = [...settled].sort((one, other) => one - other)[settled.length >> 1] ?? 0
  const furthest = Math.max(...settled.map((distance) => Math.abs(distance - apart)))
  t.ok(furthest <= mostApart, `${furthest / 8} ms further apart than usual, at most`)
  t.comment(
    `${left.length} and ${right.length} frames, ${apart / 8} ms apart, at most ${furthest / 8} ms more after ${seconds} s`,
  )
  await server.stopEmpty()
})
