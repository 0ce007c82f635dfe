/**
 * What people do with phones, between softphones that others wrote: baresip and linphone by UDP and TCP. Each plays a tone
 * of its own, so that who hears whom is known after every step. Sound goes from phone to phone here.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import type { Person } from '../wire/company.ts'
import { Company } from '../wire/company.ts'
import { freePort } from '../wire/ports.ts'
import { skipWithout } from '../wire/programs.ts'
import { RingdownServer } from '../wire/server.ts'
import { Baresip } from './baresip.ts'
import type { Listener } from './hearing.ts'
import { hears } from './hearing.ts'
import { Linphone } from './linphone.ts'

t.setTimeout(240_000)

const skip = skipWithout('baresip') || skipWithout('linphonec')

const tones = { anna: 440, ben: 600, carl: 1000 } as const

t.test('what people do with phones, between real ones', { skip }, async (t) => {
  const company = new Company()
  const person = (): Person => company.person({ ringSeconds: 20 })
  const [anna, carl, dora] = [person(), company.person({ ringSeconds: 20, devices: 2 }), person()]
  const ben = company.person({ ringSeconds: 20, callWaiting: false })
  const document = {
    ...company.document(),
    parkSlots: [{ id: 'slot', site: 'north-office', name: 'First slot', extension: '701' }],
  }
  // What users change by codes is written by the admin process.
  const environment = { RINGDOWN_HTTP_PORT: String(await freePort()) }
  const server = await RingdownServer.start({ document, environment })
  t.teardown(() => server.remove())
  const a = await Linphone.start(server.address, anna, tones.anna)
  t.teardown(() => a.stop())
  const b = await Linphone.start(server.address, ben, tones.ben, 'tcp')
  t.teardown(() => b.stop())
  const c = await Baresip.start(server.address, carl, tones.carl, '', undefined, [], '', 'when told')
  t.teardown(() => c.stop())
  await c.registered()

  const talk = async (one: Listener, hertz: number, other: Listener, otherHertz: number, what: string) => {
    const [first, second] = await Promise.all([hears(one, otherHertz), hears(other, hertz)])
    t.equal(first + second, '', `${what}: each hears the other`)
  }
  const idle = async () => {
    const deadline = Date.now() + 8000
    while ((await server.calls()).length > 0) {
      if (Date.now() > deadline) throw new Error(`Calls are left: ${JSON.stringify(await server.calls())}`)
      await sleep(50)
    }
    c.forget()
  }
  /** Anna calls Ben, whose phone answers at once. */
  const annaCallsBen = async () => {
    const from = b.now
    await Promise.all([a.call(ben.extension), b.printed(/Media streams established/, from)])
  }
  /** Carl's phone rings, and he takes the call. */
  const accepts = async () => {
    await c.saw('CALL_INCOMING')
    await c.command('accept')
    await c.saw('CALL_ESTABLISHED')
  }

  await t.test('hold and resume', async (t) => {
    await annaCallsBen()
    await talk(a, tones.anna, b, tones.ben, 'before')
    await a.does('pause', /is now paused/)
    t.match(JSON.stringify(await server.calls()), /"heldBy":"caller"/)
    await a.does(`resume ${a.newestCall}`, /Media streams established/)
    t.match(JSON.stringify(await server.calls()), /"heldBy":"nobody"/)
    await talk(a, tones.anna, b, tones.ben, 'after')
    a.command('terminate')
    await idle()
  })

  await t.test('blind transfer by linphone to baresip', async () => {
    await annaCallsBen()
    b.command(`transfer ${b.newestCall} ${b.uri(carl.extension)}`)
    await accepts()
    await talk(a, tones.anna, c, tones.carl, 'transferred')
    a.command('terminate')
    await idle()
  })

  await t.test('blind transfer by baresip to linphone', async () => {
    const called = a.call(carl.extension)
    await accepts()
    await called
    await c.command('transfer', ben.extension)
    await talk(a, tones.anna, b, tones.ben, 'transferred')
    a.command('terminate')
    await idle()
  })

  await t.test('attended transfer by linphone', async () => {
    await annaCallsBen()
    // Linphone does not try again where a hold crosses the other side's ACK (RFC 3261 §14.2).
    await talk(a, tones.anna, b, tones.ben, 'before')
    const first = b.newestCall
    await b.does('pause', /is now paused/)
    const called = b.call(carl.extension)
    await accepts()
    await called
    await talk(b, tones.ben, c, tones.carl, 'the consultation')
    await b.does(`transfer ${first} --to-call ${b.newestCall}`, new RegExp(`Call ${first} .* ended`))
    await talk(a, tones.anna, c, tones.carl, 'transferred')
    a.command('terminate')
    await idle()
  })

  await t.test('semi-attended transfer by linphone', async () => {
    await annaCallsBen()
    await talk(a, tones.anna, b, tones.ben, 'before')
    const first = b.newestCall
    await b.does('pause', /is now paused/)
    await b.does(`call ${b.uri(carl.extension)}`, /ringing/)
    b.command(`transfer ${first} --to-call ${b.newestCall}`)
    await accepts()
    await talk(a, tones.anna, c, tones.carl, 'transferred')
    a.command('terminate')
    await idle()
  })

  await t.test('a transfer to somebody who is not there fails, and the call goes on', async (t) => {
    await annaCallsBen()
    // It says nothing of a transfer that has failed.
    b.command(`transfer ${b.newestCall} ${b.uri(dora.extension)}`)
    await sleep(500)
    await talk(a, tones.anna, b, tones.ben, 'still')
    t.equal((await server.calls()).length, 1)
    a.command('terminate')
    await idle()
  })

  await t.test('parked by linphone, fetched by baresip', async (t) => {
    await annaCallsBen()
    await b.does(`transfer ${b.newestCall} ${b.uri('701')}`, /ended/)
    t.equal((await server.calls()).length, 1, 'Anna waits in the slot')
    await c.command('dial', '701')
    await c.saw('CALL_ESTABLISHED')
    await talk(a, tones.anna, c, tones.carl, 'fetched')
    a.command('terminate')
    await idle()
  })

  await t.test('call waiting: a second call rings at baresip, and is taken while the first waits', async (t) => {
    const called = a.call(carl.extension)
    await accepts()
    await called
    c.forget()
    const second = b.call(carl.extension)
    await accepts()
    await second
    t.equal((await server.calls()).length, 2)
    await talk(b, tones.ben, c, tones.carl, 'the second')
    for (const phone of [b, a]) phone.command('terminate')
    await idle()
  })

  await t.test('without call waiting whoever calls a second time hears busy', async () => {
    await annaCallsBen()
    await c.command('dial', ben.extension)
    await c.closed(/486/)
    await talk(a, tones.anna, b, tones.ben, 'still')
    a.command('terminate')
    await idle()
  })

  await t.test('do not disturb, by code: nothing rings; and off again', async (t) => {
    const dials = async (code: string) => {
      await c.command('dial', code)
      await c.saw('CALL_CLOSED')
      await idle()
    }
    await dials('*78')
    await a.does(`call ${a.uri(carl.extension)}`, /Call \d+ with \S+ error/)
    await dials('*79')
    const called = a.call(carl.extension)
    await accepts()
    await called
    a.command('terminate')
    await idle()
    t.pass('and was called')
  })

  await t.test('both phones of a user ring, and one answers: the other is told to stop', async () => {
    const [, credentials] = carl.devices
    if (credentials === undefined) throw new Error('The test is wrong')
    const d = await Baresip.start(server.address, credentials, 800, '', undefined, [], '', 'when told')
    try {
      await d.registered()
      const called = a.call(carl.extension)
      await d.saw('CALL_INCOMING')
      await accepts()
      await Promise.all([called, d.saw('CALL_CLOSED')])
      await talk(a, tones.anna, c, tones.carl, 'answered here')
      a.command('terminate')
      await idle()
    } finally {
      await d.stop()
    }
  })

  await t.test('a call that rings at baresip is picked up by linphone', async () => {
    a.command(`call ${a.uri(carl.extension)}`)
    await c.saw('CALL_INCOMING')
    await b.call(`**${carl.extension}`)
    await c.saw('CALL_CLOSED')
    await talk(a, tones.anna, b, tones.ben, 'picked up')
    a.command('terminate')
    await idle()
  })
})
