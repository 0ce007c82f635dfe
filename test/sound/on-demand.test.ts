/**
 * Recording that somebody asks for during a call, by real phones: `*1` as telephone events and as INFO, the record key, and an order
 * for a call whose sound was direct, which is brought to the server once.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { Baresip } from '../phones/baresip.ts'
import type { Recording } from '../phones/tone.ts'
import { readWav, toneShare } from '../phones/tone.ts'
import { CallingSide } from '../sip-scenarios/calling-side.ts'
import { body, noBody, session } from '../sip-scenarios/session.ts'
import { Company } from '../wire/company.ts'
import { freePort, loopback } from '../wire/ports.ts'
import { skipWithout } from '../wire/programs.ts'
import type { Step } from '../wire/scenario.ts'
import { playPackets, receive, receiveAcknowledgement, respond, respondInDialog, talkFor } from '../wire/scenario.ts'
import { RingdownServer } from '../wire/server.ts'
import { Sipp } from '../wire/sipp.ts'
import { SippPhones } from '../wire/sipp-phones.ts'
import { findFrames, frameOf } from './frames.ts'
import { rtpPacket, writePackets } from './pcap.ts'
import type { CompleteRecording } from './recordings.ts'
import { completeRecordings } from './recordings.ts'

t.setTimeout(150_000)

/** Media is taken from the address in the SDP only, and that is where sound of softphones bound to everything leaves. */
const own = '127.0.0.1'

function last({ samples, samplesPerSecond }: Recording): Recording {
  return { samplesPerSecond, samples: samples.slice(-samplesPerSecond / 2) }
}

async function until(isSo: () => boolean, what: () => string, milliseconds = 20_000): Promise<void> {
  const deadline = Date.now() + milliseconds
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error(`Waited for ${what()}`)
    await sleep(50)
  }
}

async function server(company: Company, bind: string, ports: string): Promise<RingdownServer> {
  const started = await RingdownServer.start({
    document: company.document(),
    environment: { RINGDOWN_BIND: bind, RINGDOWN_MEDIA_PROCESSES: '1', RINGDOWN_MEDIA_PORTS: ports },
  })
  await started.printed(/A media process is there/)
  return started
}

t.test(
  'an order brings a direct call of softphones to the server, once',
  { skip: skipWithout('baresip') },
  async (t) => {
    const company = new Company()
    const [anna, ben] = [company.person({ ringSeconds: 20 }), company.person({ ringSeconds: 20 })]
    const ringdown = await server(company, own, '3400-3419')
    t.teardown(() => ringdown.remove())
    const at = { ...ringdown.address, address: own }
    const a = await Baresip.start(at, anna, 440, '', own)
    t.teardown(() => a.stop())
    const b = await Baresip.start(at, ben, 1000, '', own)
    t.teardown(() => b.stop())
    await Promise.all([a.registered(), b.registered()])
    await a.command('dial', ben.extension)
    await Promise.all([a.saw('CALL_ESTABLISHED'), b.saw('CALL_ESTABLISHED')])
    await until(
      () => Math.min(a.heard().length, b.heard().length) > 16_000,
      () => 'direct sound',
    )
    const [call] = (await ringdown.calls()) as { readonly id: string }[]
    if (call === undefined) throw new Error('There is no call')
    const order = async (action: string) => {
      const { code, errors } = await ringdown.command('record-call', call.id, action)
      t.equal(code, 0, `${action} ${errors}`)
    }
    const talk = async (milliseconds: number) => {
      const before = Math.min(a.heard().length, b.heard().length)
      await until(
        () => Math.min(a.heard().length, b.heard().length) > before + milliseconds * 16,
        () => 'sound',
      )
    }
    const reinvites = async () => {
      const { output } = await ringdown.command('trace', call.id, '--messages')
      return output.split('\n').filter((line) => /^\s*CSeq: \d+ INVITE/.test(line)).length
    }
    const direct = await reinvites()
    await order('start')
    await talk(2000)
    t.ok(toneShare(last(readWav(a.heard())), 1000) > 0.8, 'A still hears B')
    t.ok(toneShare(last(readWav(b.heard())), 440) > 0.8, 'B still hears A')
    const once = await reinvites()
    t.ok(direct > 0 && once > direct, 'the phones were asked for another session')
    await order('pause')
    await talk(500)
    await order('resume')
    await talk(500)
    await order('stop')
    await order('start')
    await talk(500)
    t.equal(await reinvites(), once, 'it is negotiated once, however often it is recorded afterwards')
    await a.command('hangup')
    await Promise.all([a.saw('CALL_CLOSED'), b.saw('CALL_CLOSED')])
    await until(
      () => completeRecordings(ringdown.dataFolder).length === 2,
      () => `recordings\n${ringdown.log}`,
    )
    for (const { description, channels } of completeRecordings(ringdown.dataFolder)) {
      t.ok(description.milliseconds > 300 && channels[0].length > 2400, `${description.milliseconds} ms`)
      t.same(description.gaps, [])
    }
    t.equal(
      completeRecordings(ringdown.dataFolder).filter(({ description }) => description.pauses.length === 1).length,
      1,
    )
  },
)

const isRoot = process.getuid?.() === 0
const skip = skipWithout('sipp') || (isRoot ? false : 'SIPp plays captured packets for root only')
const sdp = session(['m=audio [media_port] RTP/AVP 0 101', 'a=rtpmap:0 PCMU/8000', 'a=rtpmap:101 telephone-event/8000'])
const relayed = (signal: string) => body('application/dtmf-relay', [`Signal=${signal}`, 'Duration=160'])

const ways: readonly {
  readonly name: string
  readonly press: (calling: CallingSide) => readonly Step[]
  /** INFOs that come to the other party. */
  readonly passed: number
}[] = [
  {
    name: '*1 by INFO',
    press: (calling) =>
      ['*', '1'].flatMap((signal) => [calling.within('INFO', { body: relayed(signal) }), receive(200)]),
    passed: 2,
  },
  { name: '*1 by RFC 4733', press: () => [], passed: 0 },
  {
    name: 'the record key',
    press: (calling) => [calling.within('INFO', { extra: ['Record: on'], body: noBody }), receive(200)],
    passed: 0,
  },
]

/** A phone's sound of some seconds in which `*` and `1` are pressed, each for 100 ms. */
function withKeys(frames: number, at: number): Buffer[] {
  return Array.from({ length: frames }, (_, index) => {
    const key = [10, 1].findIndex((_, place) => index >= at + place * 10 && index < at + place * 10 + 6)
    if (key < 0) return rtpPacket(index, frameOf(0, index))
    const first = at + key * 10
    const pressed = index - first
    const event = Buffer.from([[10, 1][key] ?? 0, pressed === 5 ? 0x8a : 0x0a, 0, 0])
    event.writeUInt16BE(Math.min(pressed + 1, 5) * 160, 2)
    const packet = rtpPacket(index, event, undefined, undefined, pressed === 0 ? 0x80 | 101 : 101)
    // RFC 4733 §2.3.5: the time stamp is that at which the key went down.
    packet.writeUInt32BE((1000 + first) * 160, 4)
    return packet
  })
}

t.test('keys and record keys of phones that SIPp plays', { skip }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'ringdown-keys-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const plain = join(folder, 'plain.pcap')
  const keys = join(folder, 'keys.pcap')
  const callee = join(folder, 'callee.pcap')
  const frames = 200
  writePackets(
    plain,
    Array.from({ length: frames }, (_, index) => rtpPacket(index, frameOf(0, index))),
  )
  writePackets(keys, withKeys(frames, 40))
  writePackets(
    callee,
    Array.from({ length: frames }, (_, index) => rtpPacket(index, frameOf(1, index), 7)),
  )
  const company = new Company()
  const pairs = ways.map((way) => ({
    way,
    caller: company.person({ ringSeconds: 20, recording: { mode: 'on-demand' } }),
    called: company.person({ ringSeconds: 20 }),
  }))
  const ringdown = await server(company, loopback, '3500-3549')
  t.teardown(() => ringdown.remove())
  const phones = new SippPhones(ringdown)
  const timeLimit = 60
  await Promise.all(
    pairs.map(async ({ way, caller, called }) => {
      const port = await phones.registered(called)
      const answering = await Sipp.start(
        `${way.name}: called`,
        ringdown.address,
        [
          receive('INVITE', { dialog: true }),
          respond(180, 'Ringing'),
          talkFor(200),
          respond(200, 'OK', { body: sdp, play: callee }),
          receiveAcknowledgement(),
          ...Array.from({ length: way.passed }, () => [receive('INFO'), respondInDialog(200, 'OK')]).flat(),
          receive('BYE', { timeout: timeLimit * 1000 }),
          respondInDialog(200, 'OK'),
        ],
        { port, mediaPort: (await freePort()) & ~1, timeLimit, receiveTimeout: timeLimit * 1000 },
      )
      t.teardown(() => answering.stop())
      const calling = new CallingSide(caller, called.extension)
      const dialling = await Sipp.start(
        `${way.name}: calling`,
        ringdown.address,
        [
          ...calling.dial({ body: sdp }),
          receive(180),
          receive(200, { dialog: true }),
          calling.acknowledge(),
          playPackets(way.name === '*1 by RFC 4733' ? keys : plain),
          talkFor(1000),
          ...way.press(calling),
          talkFor(3000),
          ...calling.hangUp(),
        ],
        { port: await freePort(), mediaPort: (await freePort()) & ~1, timeLimit },
      )
      await dialling.succeeded()
      await answering.succeeded()
    }),
  )
  await until(
    () => completeRecordings(ringdown.dataFolder).length === pairs.length,
    () => `recordings\n${ringdown.log}`,
  )
  const recordings = completeRecordings(ringdown.dataFolder)
  for (const { way, caller } of pairs) {
    const recording = recordings.find(({ description }) => description.owners.includes(caller.id))
    t.ok(recording !== undefined, `${way.name} begins a recording`)
    if (recording === undefined) continue
    t.equal(recording.description.trigger, 'on-demand')
    const missing = [missingOf(recording, 0), missingOf(recording, 1)]
    t.ok(missing[0]! <= (way.passed === 0 ? 12 : 0) && missing[1] === 0, `${way.name}: ${missing} are missing`)
    const { milliseconds } = recording.description
    t.ok(milliseconds > 2000 && milliseconds < 3900, `${way.name}: ${milliseconds} ms, from the key on`)
  }
})

/** Frames that are missing between the first and the last one of a side, but for those that came too late to be kept. */
function missingOf({ channels, description }: CompleteRecording, side: 0 | 1): number {
  const found = findFrames(channels[side], side)
  const [first, last] = [found[0]?.index ?? 0, found.at(-1)?.index ?? 0]
  // While a key is held a phone sends events in the place of sound.
  return Math.max(0, last - first + 1 - found.length - description.late[side])
}
