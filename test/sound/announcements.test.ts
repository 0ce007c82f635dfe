/**
 * The announcement of a recording, between softphones: heard by exactly those who are to hear it, over the speech and before it; and
 * what the recording has of it, which is nothing.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { linear } from '../../media/sound/g711.ts'
import { Baresip } from '../phones/baresip.ts'
import type { Recording } from '../phones/tone.ts'
import { readWav, toneShare } from '../phones/tone.ts'
import type { Person } from '../wire/company.ts'
import { Company } from '../wire/company.ts'
import { skipWithout } from '../wire/programs.ts'
import { RingdownServer } from '../wire/server.ts'
import { completeRecordings } from './recordings.ts'

t.setTimeout(120_000)

/** Media is taken from the address in the SDP only, and that is where sound of softphones bound to everything leaves. */
const own = '127.0.0.1'
const tones = { caller: 440, callee: 1000 } as const
const all = ['neither', 'me', 'remote-party', 'both'] as const
/** Two of them by default: every pair is two softphones. */
const announcements = process.env['RINGDOWN_TEST_ANNOUNCEMENTS'] === 'all' ? all : (['me', 'remote-party'] as const)
const windowTime = 0.1
const clocks = [0.95, 0.965, 0.98, 0.99, 1, 1.01, 1.02, 1.035, 1.05]

interface Heard {
  /** Tenths of a second with the other's tone, with nothing, and with something else. */
  readonly tone: number
  readonly silence: number
  readonly speech: number
  /** Of the last second, with the other's tone. */
  readonly toneAtEnd: number
}

function heardOf({ samples, samplesPerSecond }: Recording, tone: number): Heard {
  const length = Math.round(samplesPerSecond * windowTime)
  const kinds: ('tone' | 'silence' | 'speech')[] = []
  for (let at = 0; at + length <= samples.length; at += length) {
    const part = samples.slice(at, at + length)
    const power = part.reduce((sum, sample) => sum + sample * sample, 0) / length
    // A recorder that corrects a phone's clock makes the tone up to a twentieth higher or lower for a moment.
    const share = Math.max(...clocks.map((clock) => toneShare({ samplesPerSecond, samples: part }, tone * clock)))
    kinds.push(power < 1e-5 ? 'silence' : share > 0.4 ? 'tone' : 'speech')
  }
  const count = (kind: string, among = kinds) => among.filter((one) => one === kind).length
  return {
    tone: count('tone'),
    silence: count('silence'),
    speech: count('speech'),
    toneAtEnd: count('tone', kinds.slice(-10)),
  }
}

const skip = skipWithout('baresip')

for (const [way, first] of [
  ['over the speech', false],
  ['first', true],
] as const) {
  t.test(`announced ${way}`, { skip }, async (t) => {
    const company = new Company()
    const pairs = announcements.map((announcement) => ({
      announcement,
      caller: company.person({ ringSeconds: 20 }),
      callee: company.person({
        ringSeconds: 20,
        recording: announcement === 'neither' ? { mode: 'always' } : { mode: 'always', announcement },
      }),
    }))
    const document = company.document()
    const server = await RingdownServer.start({
      document: first ? { ...document, account: { ...document.account, recordingAnnouncement: 'first' } } : document,
      environment: {
        RINGDOWN_BIND: own,
        RINGDOWN_MEDIA_PROCESSES: '1',
        RINGDOWN_MEDIA_PORTS: first ? '3200-3299' : '3000-3099',
      },
    })
    t.teardown(() => server.remove())
    const phoneOf = async (person: Person, tone: number) => {
      const phone = await Baresip.start({ ...server.address, address: own }, person, tone, '', own)
      t.teardown(() => phone.stop())
      return phone
    }
    const phones = await Promise.all(
      pairs.map(async ({ caller, callee }) =>
        Promise.all([phoneOf(caller, tones.caller), phoneOf(callee, tones.callee)]),
      ),
    )
    await Promise.all(phones.flat().map((phone) => phone.registered(30_000)))
    await server.printed(/A media process is there/)
    await Promise.all(phones.map(async ([caller], index) => caller.command('dial', pairs[index]!.callee.extension)))
    await Promise.all(phones.flat().map((phone) => phone.saw('CALL_ESTABLISHED', 30_000)))
    // The announcement takes some two seconds and a half.
    const enough = 16_000 * 4
    const deadline = Date.now() + 40_000
    while (phones.flat().some((phone) => phone.heard().length < enough) && Date.now() < deadline) await sleep(50)
    await Promise.all(phones.map(([caller]) => caller.command('hangup')))
    await Promise.all(phones.flat().map((phone) => phone.saw('CALL_CLOSED', 20_000)))
    while (completeRecordings(server.dataFolder).length < pairs.length && Date.now() < deadline + 10_000)
      await sleep(50)
    const recordings = completeRecordings(server.dataFolder)
    t.equal(recordings.length, pairs.length)

    for (const [index, { announcement, callee }] of pairs.entries()) {
      const [callerPhone, calleePhone] = phones[index]!
      const heard = {
        caller: heardOf(readWav(callerPhone.heard()), tones.callee),
        callee: heardOf(readWav(calleePhone.heard()), tones.caller),
      }
      const isTold = {
        caller: announcement === 'remote-party' || announcement === 'both',
        callee: announcement === 'me' || announcement === 'both',
      }
      for (const side of ['caller', 'callee'] as const) {
        const { tone, silence, speech, toneAtEnd } = heard[side]
        const what = `${announcement}, ${side}: ${tone} tone, ${silence} silence, ${speech} speech`
        if (isTold[side]) t.ok(speech >= 8, `hears it: ${what}`)
        else t.ok(speech <= 3, `does not hear it: ${what}`)
        t.ok(toneAtEnd >= 7, `hears the other one in the end: ${what}`)
      }
      const windows = (side: 'caller' | 'callee') => heard[side].tone + heard[side].silence + heard[side].speech
      const isSaidToOne = isTold.caller !== isTold.callee
      if (first && isSaidToOne) {
        // Who is told nothing is sent nothing meanwhile.
        const [told, other] = isTold.caller ? (['caller', 'callee'] as const) : (['callee', 'caller'] as const)
        t.ok(
          windows(told) - windows(other) >= 8,
          `${other} hears nobody meanwhile: ${windows(told)}, ${windows(other)}`,
        )
      }
      const recording = recordings.find(({ description }) => description.owners.includes(callee.id))
      if (recording === undefined) continue
      for (const side of [0, 1] as const) {
        const samples = Array.from(
          recording.channels[side],
          (byte) => (linear[recording.description.law][byte] ?? 0) / 32_768,
        )
        const { tone, silence, speech } = heardOf(
          { samplesPerSecond: 8000, samples },
          side === 0 ? tones.caller : tones.callee,
        )
        t.ok(
          speech <= 8 && tone >= 15 && silence <= 8,
          `${announcement}, recorded ${side}: ${tone} tone, ${silence} silence, ${speech} speech`,
        )
      }
      const recorded = recording.description.milliseconds / 100
      const whole = Math.max(windows('caller'), windows('callee'))
      if (first && announcement !== 'neither') t.ok(whole - recorded >= 8, `begins after it: ${recorded} of ${whole}`)
      else t.ok(whole - recorded < 8, `runs from the beginning: ${recorded} of ${whole}`)
    }
  })
}
