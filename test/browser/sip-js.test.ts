/** A browser phone: SIP.js in Chromium by WS and WSS (RFC 7118), with SIPp's phones and with another page. */
import t from 'tap'
import { Linphone } from '../phones/linphone.ts'
import { CalledSide } from '../sip-scenarios/called-side.ts'
import { CallingSide } from '../sip-scenarios/calling-side.ts'
import { body } from '../sip-scenarios/session.ts'
import { Stage } from '../sip-scenarios/stage.ts'
import type { Person } from '../wire/company.ts'
import { freePort, loopback } from '../wire/ports.ts'
import { findProgram, skipWithout } from '../wire/programs.ts'
import { receive, talkFor } from '../wire/scenario.ts'
import type { BrowserPage } from './chromium.ts'
import { Chromium } from './chromium.ts'
import { PageServer } from './page-server.ts'

t.setTimeout(120_000)

const skip = skipWithout('chromium') || skipWithout('sipp')
const noLinphone = skipWithout('linphonec')

/** What a WebRTC peer says (RFC 8829), as far as a browser looks at it before there is a path for sound. */
const webSession = (setup: 'active' | 'actpass') =>
  body('application/sdp', [
    'v=0',
    'o=sipp 1 1 IN IP4 [local_ip]',
    's=-',
    't=0 0',
    'a=group:BUNDLE 0',
    'm=audio 9 UDP/TLS/RTP/SAVPF 111',
    'c=IN IP4 0.0.0.0',
    'a=mid:0',
    'a=rtpmap:111 opus/48000/2',
    'a=ice-ufrag:sipp',
    'a=ice-pwd:0123456789abcdef01234567',
    `a=fingerprint:sha-256 ${Array(32).fill('AB').join(':')}`,
    `a=setup:${setup}`,
    'a=rtcp-mux',
    'a=sendrecv',
  ])

t.test('SIP.js in Chromium', { skip }, async (t) => {
  const ports = { WS: await freePort(), WSS: await freePort() }
  const stage = await Stage.open({ RINGDOWN_WS_PORT: String(ports.WS), RINGDOWN_WSS_PORT: String(ports.WSS) })
  t.teardown(() => stage.close())
  const site = await PageServer.open(await freePort())
  t.teardown(() => site.close())
  const browser = await Chromium.start(findProgram('chromium'), stage.certificate)
  t.teardown(() => browser.close())

  const signedIn = async (transport: 'WS' | 'WSS', person: Person): Promise<BrowserPage> => {
    const page = await browser.open(site.url)
    const server = `${transport.toLowerCase()}://${loopback}:${ports[transport]}/ws`
    const { userName: user, domain, password } = person
    const state = await page.phone('register', { server, user, domain, password })
    if (state !== 'Registered') throw new Error(`${user} is ${String(state)}`)
    return page
  }
  const [anna, ben] = [stage.person(), stage.person()]
  const one = await signedIn('WS', anna)
  const other = await signedIn('WSS', ben)

  await t.test('pages register by WS and by WSS', async (t) => {
    const registrations = JSON.stringify(await stage.server.registrations())
    for (const { userName } of [anna, ben]) t.match(registrations, new RegExp(userName))
  })

  await t.test('a page calls a phone of SIPp and hangs up', async (t) => {
    const [callee, phone] = [stage.person(), new CalledSide()]
    const sipp = await stage.startCalled('browser to phone', 'TCP', {
      device: callee,
      steps: [
        phone.invite({ check: [{ header: '', pattern: 'UDP/TLS/RTP/SAVPF.*a=fingerprint:' }] }),
        phone.answer(180, 'Ringing'),
        phone.answer(200, 'OK', { body: webSession('active') }),
        phone.acknowledged(),
        ...phone.isHungUp,
      ],
    })
    t.equal(await one.phone('call', `sip:${callee.extension}@${callee.domain}`), 'Established')
    t.equal(await one.phone('hangUp'), 'Terminated')
    await one.phone('ended')
    await sipp.succeeded()
  })

  for (const [transport, page, person] of [
    ['WS', one, anna],
    ['WSS', other, ben],
  ] as const) {
    await t.test(`a phone of SIPp calls a page on ${transport}, and hangs up`, async (t) => {
      const calling = new CallingSide(stage.person(), person.extension)
      // Asked before, for the call may be over by the time it has been told of.
      const called = page.phone('called')
      const sipp = await stage.startCalling('phone to browser', 'TCP', {
        calling: [
          ...calling.dial({ body: webSession('actpass') }),
          receive(180, { optional: true }),
          receive(200, { dialog: true, check: [{ header: '', pattern: 'a=fingerprint:' }] }),
          calling.acknowledge(),
          talkFor(200),
          ...calling.hangUp(),
        ],
      })
      t.equal(await called, 'Established')
      t.equal(await page.phone('ended'), 'Terminated')
      await sipp.succeeded()
    })
  }

  await t.test('a page calls a page: their sessions pass untouched, so sound goes both ways', async (t) => {
    const called = other.phone('called')
    t.equal(await one.phone('call', `sip:${ben.extension}@${ben.domain}`), 'Established')
    t.equal(await called, 'Established')
    for (const page of [one, other]) t.ok(Number(await page.phone('sound')) > 10)
    t.equal(await other.phone('hangUp'), 'Terminated')
    t.equal(await one.phone('ended'), 'Terminated')
  })

  const carl = stage.person()
  const third = await signedIn('WSS', carl)
  for (const [kind, order] of [
    ['blind', 'transfer'],
    ['attended', 'transferAttended'],
  ] as const) {
    await t.test(`a page hands a call on, ${kind}: the other two hear each other`, async (t) => {
      const [called, last] = [other.phone('called'), third.phone('called')]
      t.equal(await one.phone('call', `sip:${ben.extension}@${ben.domain}`), 'Established')
      t.equal(await called, 'Established')
      const told = (await one.phone(order, `sip:${carl.extension}@${carl.domain}`)) as readonly string[]
      t.match(told.at(-1), /^SIP\/2.0 200/)
      t.equal(await last, 'Established')
      t.equal(await one.phone('ended'), 'Terminated', 'whoever handed on has left')
      for (const page of [other, third]) t.ok(Number(await page.phone('sound')) > 10)
      t.equal((await stage.server.calls()).length, 1)
      t.equal(await third.phone('hangUp'), 'Terminated')
      t.equal(await other.phone('ended'), 'Terminated')
    })
  }

  await t.test('a page takes its registration back', async (t) => {
    t.equal(await one.phone('unregister'), 'Unregistered')
    t.notMatch(JSON.stringify(await stage.server.registrations()), new RegExp(anna.userName))
  })

  await t.test(
    'linphone and a page write to each other, and to whoever comes later',
    { skip: noLinphone },
    async (t) => {
      const dora = stage.person()
      const uri = (person: Person) => `sip:${person.extension}@${person.domain}`
      t.equal(await third.phone('write', uri(dora), 'before you came'), 202)
      const phone = await Linphone.start(stage.server.address, dora, 440, 'tcp')
      t.teardown(() => phone.stop())
      await phone.printed(/before you came/)
      phone.command(`chat ${phone.uri(carl.extension)} have you had lunch?`)
      t.equal(await third.phone('read'), `${dora.extension}: have you had lunch?`)
      t.equal(await third.phone('write', uri(dora), 'not yet'), 202)
      await phone.printed(/not yet/)
      // Anna's page has taken its registration back: what is written to her waits until she is there again.
      phone.command(`chat ${phone.uri(anna.extension)} call me when you are back`)
      const again = await signedIn('WS', anna)
      t.equal(await again.phone('read'), `${dora.extension}: call me when you are back`)
    },
  )
})
