/** Browsers and phones of another maker speak with each other, are announced to, recorded and handed on. */
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { testCertificate } from '../../engine/net/certificates/test-certificate.ts'
import { linear } from '../../media/sound/g711.ts'
import { killed } from '../media/media-process.ts'
import { startRtpengine, withoutRtpengine } from '../media/rtpengine-daemon.ts'
import { Baresip } from '../phones/baresip.ts'
import type { Recording } from '../phones/tone.ts'
import { readWav, toneShare } from '../phones/tone.ts'
import type { CompleteRecording } from '../sound/recordings.ts'
import { completeRecordings } from '../sound/recordings.ts'
import type { Person } from '../wire/company.ts'
import { Company } from '../wire/company.ts'
import { freePort } from '../wire/ports.ts'
import { findProgram, skipWithout } from '../wire/programs.ts'
import { RingdownServer } from '../wire/server.ts'
import type { BrowserPage } from './chromium.ts'
import { Chromium } from './chromium.ts'
import { PageServer } from './page-server.ts'

t.setTimeout(120_000)

/** Sound of softphones leaves from here, and it is where rtpengine is. */
const own = '127.0.0.1'

const skip = skipWithout('chromium') || skipWithout('baresip') || withoutRtpengine

const tones = { ben: 440, carl: 700 } as const

/** Samples of a channel from -1 to 1, at 8000 a second, without the silence before the first. */
interface Sound {
  /** Where the first sound is, in milliseconds. */
  readonly begins: number
  /** The half second from which it is the first or last. */
  at(place: 0 | -1): Recording
  /** The loudest of the last two seconds. */
  loudAt(place: -1): number
}

function soundOf(bytes: Buffer, law: keyof typeof linear): Sound {
  const samples = Array.from(bytes, (byte) => (linear[law][byte] ?? 0) / 32_768)
  const begins = samples.findIndex((sample) => Math.abs(sample) > 0.005)
  const heard = samples.slice(begins)
  const end = samples.length - 800
  return {
    begins: begins / 8,
    at: (place) => ({
      samplesPerSecond: 8000,
      samples: place === 0 ? heard.slice(0, 4000) : samples.slice(end - 4000, end),
    }),
    loudAt: () => samples.slice(-16_000).reduce((most, sample) => Math.max(most, Math.abs(sample)), 0),
  }
}

/** By windows of 50 ms: a recorder leaves out and doubles samples where a sender's clock is not ours. */
function shareAt(sound: Sound, place: 0 | -1, tone: number): number {
  const { samples, samplesPerSecond } = sound.at(place)
  const windows = Array.from({ length: 10 }, (_, index) => samples.slice(index * 400, index * 400 + 400))
  return windows.reduce((sum, each) => sum + toneShare({ samplesPerSecond, samples: each }, tone), 0) / windows.length
}

/** The last second that a phone has heard. */
function lastOf(heard: Buffer): Recording {
  const { samples, samplesPerSecond } = readWav(heard)
  return { samplesPerSecond, samples: samples.slice(-samplesPerSecond) }
}

/** The loudest sample that a phone has heard, of 1. */
function loudest(heard: Buffer): number {
  return readWav(heard).samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)
}

async function until(isSo: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + 15_000
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error(`Waited for ${what}`)
    await sleep(50)
  }
}

t.test('browsers and phones, through rtpengine', { skip }, async (t) => {
  const company = new Company()
  const always = { mode: 'always', announcement: 'both' } as const
  const anna = company.person({ ringSeconds: 20, recording: always })
  const [ben, carl, dora] = [20, 20, 20].map((ringSeconds) => company.person({ ringSeconds })) as [
    Person,
    Person,
    Person,
  ]
  const control = await freePort()
  const first = 27_000 + (process.pid % 40) * 20
  const daemon = startRtpengine(control, { first: first & ~1, last: first + 400 })
  t.teardown(() => killed(daemon))
  const wsPort = await freePort()
  const site = await PageServer.open(await freePort())
  t.teardown(() => site.close())
  const server = await RingdownServer.start({
    document: company.document(),
    environment: {
      RINGDOWN_BIND: own,
      RINGDOWN_MEDIA_PROCESSES: '1',
      RINGDOWN_MEDIA_PORTS: '3700-3799',
      RINGDOWN_WS_PORT: String(wsPort),
      RINGDOWN_WS_ORIGINS: new URL(site.url).origin,
      RINGDOWN_RTPENGINE: `${own}:${control}`,
    },
  })
  t.teardown(() => server.remove())
  const { certificate } = testCertificate({ names: ['north.test'] })
  const browser = await Chromium.start(findProgram('chromium'), certificate)
  t.teardown(() => browser.close())
  const signedIn = async ({ userName: user, domain, password }: Person): Promise<BrowserPage> => {
    const page = await browser.open(site.url)
    const account = { server: `ws://${own}:${wsPort}/ws`, user, domain, password }
    t.equal(await page.phone('register', account), 'Registered')
    return page
  }
  const phoneOf = async (person: Person, tone: number): Promise<Baresip> => {
    const phone = await Baresip.start({ ...server.address, address: own }, person, tone, '', own)
    t.teardown(() => phone.stop())
    return phone
  }
  const [annas, doras] = [await signedIn(anna), await signedIn(dora)]
  const [bens, carls] = [await phoneOf(ben, tones.ben), await phoneOf(carl, tones.carl)]
  await Promise.all([bens.registered(), carls.registered(), server.printed(/A media process is there/)])
  const uri = ({ extension, domain }: Person): string => `sip:${extension}@${domain}`

  /** Windows of what a page hears that are this tone, and those that are loud and something else. */
  const heardBy = async (page: BrowserPage, tone: number, milliseconds: number) => {
    const heard = (await page.phone('tones', milliseconds)) as number[]
    const isIt = (hertz: number) => Math.abs(hertz - tone) < 40
    return { tone: heard.filter(isIt).length, other: heard.filter((hertz) => hertz > 0 && !isIt(hertz)).length }
  }
  const hearsBeeps = (phone: Baresip) =>
    until(
      () =>
        phone.heard().length > 48_000 && loudest(phone.heard()) > 0.02 && toneShare(readWav(phone.heard()), 440) < 0.05,
      'the beeps of the browser',
    )
  const hears = (phone: Baresip, tone: number) =>
    until(() => phone.heard().length > 16_000 && toneShare(lastOf(phone.heard()), tone) > 0.7, `${tone} Hz`)
  /** The newest recording: how much of each channel is this tone, in its first half second of sound and its last. */
  let known = 0
  const recorded = async () => {
    known++
    await until(() => completeRecordings(server.dataFolder).length === known, `recording ${known}`)
    const all = completeRecordings(server.dataFolder).sort((a, b) => a.description.startedAt - b.description.startedAt)
    const { channels, description } = all.at(-1) as CompleteRecording
    return { description, sides: channels.map((bytes) => soundOf(bytes, description.law)) as [Sound, Sound] }
  }
  const idle = async () => {
    const deadline = Date.now() + 8000
    while ((await server.calls()).length > 0) {
      if (Date.now() > deadline) throw new Error(`Calls are left: ${JSON.stringify(await server.calls())}`)
      await sleep(50)
    }
    for (const phone of [bens, carls]) phone.forget()
  }

  await t.test('a browser calls a phone: announced to both, recorded, and the phone is handed on blind', async (t) => {
    t.equal(await annas.phone('call', uri(ben)), 'Established')
    const { tone, other } = await heardBy(annas, tones.ben, 5000)
    t.ok(other >= 8 && tone >= 10, `the browser hears the announcement, then the phone: ${other}, ${tone}`)
    await hearsBeeps(bens)
    const told = (await annas.phone('transfer', uri(carl))) as string[]
    t.match(told.at(-1), /^SIP\/2.0 200/)
    await annas.phone('ended')
    await Promise.all([hears(bens, tones.carl), hears(carls, tones.ben)])
    await bens.command('hangup')
    await idle()
    const { sides, description } = await recorded()
    const [left, right] = sides
    t.ok(
      shareAt(right, 0, tones.ben) > 0.6 && shareAt(right, -1, tones.ben) > 0.6,
      `the phone, from its first word on: ${shareAt(right, 0, tones.ben)} ${shareAt(right, -1, tones.ben)}`,
    )
    t.ok(
      left.begins < 1000 && shareAt(left, -1, tones.carl) > 0.6,
      `the browser (${left.begins} ms), and who came instead: ${shareAt(left, -1, tones.carl)}`,
    )
    t.ok(right.begins < 100, `nothing is missing at the beginning: ${right.begins} ms`)
    t.same(description.owners, [anna.id])
  })

  await t.test('a phone calls a browser and hands it on blind: it hears who comes, and is heard', async (t) => {
    const called = annas.phone('called')
    await bens.command('dial', anna.extension)
    t.equal(await called, 'Established')
    t.ok((await heardBy(annas, tones.ben, 5000)).tone >= 10, 'the browser hears the phone')
    await bens.command('transfer', carl.extension)
    await carls.saw('CALL_ESTABLISHED')
    const { tone } = await heardBy(annas, tones.carl, 4000)
    t.ok(tone >= 20, `the browser hears who came: ${tone}`)
    await hearsBeeps(carls)
    t.equal(await annas.phone('hangUp'), 'Terminated')
    await annas.phone('ended')
    await idle()
    const [left, right] = (await recorded()).sides
    t.ok(
      shareAt(left, 0, tones.ben) > 0.6 && shareAt(left, -1, tones.carl) > 0.6,
      `one phone after the other: ${shareAt(left, 0, tones.ben)}, ${shareAt(left, -1, tones.carl)}`,
    )
    t.ok(right.loudAt(-1) > 0.005, `the browser to the end: ${right.loudAt(-1)}`)
  })

  await t.test('two browsers, recorded; one hands the other on to a phone that it has asked', async (t) => {
    const called = annas.phone('called')
    const calling = doras.phone('call', uri(anna))
    t.same(await Promise.all([called, calling]), ['Established', 'Established'])
    t.ok(Number(await annas.phone('heardEnergy')) > 0 && Number(await doras.phone('heardEnergy')) > 0)
    const told = (await doras.phone('transferAttended', uri(carl))) as string[]
    t.match(told.at(-1), /^SIP\/2.0 200/)
    const { tone } = await heardBy(annas, tones.carl, 4000)
    t.ok(tone >= 20, `the browser that stays hears the phone: ${tone}`)
    await hearsBeeps(carls)
    await carls.command('hangup')
    t.equal(await annas.phone('ended'), 'Terminated')
    await idle()
    const [left, right] = (await recorded()).sides
    t.ok(shareAt(left, -1, tones.carl) > 0.6, 'who came instead of the other browser')
    t.ok(right.loudAt(-1) > 0.005, 'and the one that stays')
  })
})
