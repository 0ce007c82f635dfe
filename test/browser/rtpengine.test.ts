/** A browser and a phone of another maker speak with each other: rtpengine ends ICE and DTLS-SRTP of the browser. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import t from 'tap'
import { testCertificate } from '../../engine/net/certificates/test-certificate.ts'
import { killed } from '../media/media-process.ts'
import { startRtpengine, withoutRtpengine } from '../media/rtpengine-daemon.ts'
import { Baresip } from '../phones/baresip.ts'
import { readWav, toneShare } from '../phones/tone.ts'
import { Company } from '../wire/company.ts'
import { freePort } from '../wire/ports.ts'
import { findProgram, skipWithout } from '../wire/programs.ts'
import { RingdownServer } from '../wire/server.ts'
import { Chromium } from './chromium.ts'
import { PageServer } from './page-server.ts'

t.setTimeout(120_000)

/** Sound of softphones leaves from here, and it is where rtpengine is. */
const own = '127.0.0.1'

const skip = skipWithout('chromium') || skipWithout('baresip') || withoutRtpengine

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

t.test('a browser and a phone, through rtpengine', { skip }, async (t) => {
  const company = new Company()
  const [anna, ben] = [company.person({ ringSeconds: 20 }), company.person({ ringSeconds: 20 })]
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
      RINGDOWN_WS_PORT: String(wsPort),
      RINGDOWN_WS_ORIGINS: new URL(site.url).origin,
      RINGDOWN_RTPENGINE: `${own}:${control}`,
    },
  })
  t.teardown(() => server.remove())
  const { certificate } = testCertificate({ names: ['north.test'] })
  const browser = await Chromium.start(findProgram('chromium'), certificate)
  t.teardown(() => browser.close())
  const page = await browser.open(site.url)
  const phone = await Baresip.start({ ...server.address, address: own }, ben, 440, '', own)
  t.teardown(() => phone.stop())
  await Promise.all([phone.registered(), server.printed(/A media process is there/)])
  const { userName: user, domain, password } = anna
  const account = { server: `ws://${own}:${wsPort}/ws`, user, domain, password }
  t.equal(await page.phone('register', account), 'Registered')

  const bothHear = async (t: Test) => {
    t.ok(Number(await page.phone('heardEnergy')) > 0, 'the browser hears the tone')
    await until(() => phone.heard().length > 48_000 && loudest(phone.heard()) > 0.02, 'the beeps of the browser')
    t.ok(toneShare(readWav(phone.heard()), 440) < 0.05, 'and not itself')
  }

  await t.test('the browser calls', async (t) => {
    t.equal(await page.phone('call', `sip:${ben.extension}@${ben.domain}`), 'Established')
    await bothHear(t)
    t.equal(await page.phone('hangUp'), 'Terminated')
    await page.phone('ended')
    await phone.saw('CALL_CLOSED')
  })

  await t.test('the phone calls', async (t) => {
    const called = page.phone('called')
    await phone.command('dial', anna.extension)
    t.equal(await called, 'Established')
    await bothHear(t)
    await phone.command('hangup')
    t.equal(await page.phone('ended'), 'Terminated')
  })
})
