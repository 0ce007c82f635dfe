/**
 * A carrier that is found by name, wants us to register, asks who we are, refuses, dies and comes back: SIPp plays it,
 * another one takes over meanwhile, and SIPp's phones call.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { ControlClient } from '../../engine/control/client.ts'
import type { TrunkEntry } from '../../engine/control/protocol.ts'
import type { CarrierBehaviour } from './carrier.ts'
import { carrier } from './carrier.ts'
import { Company } from './company.ts'
import { NameServer } from './name-server.ts'
import { freePort, loopback } from './ports.ts'
import { skipWithout } from './programs.ts'
import type { Step } from './scenario.ts'
import { acknowledgeFailure, callerRequest, receive, sendInvite, talkFor } from './scenario.ts'
import { RingdownServer } from './server.ts'
import { Sipp } from './sipp.ts'

t.setTimeout(120_000)

const account = { userName: 'acme', password: 'secret-of-acme' }
const sipp = { skip: skipWithout('sipp') }
const number = '02079460300'

async function running(title: string, port: number, behaviour: CarrierBehaviour): Promise<Sipp> {
  const options = { port, calls: 1000, receiveTimeout: 30_000, takesAgain: true }
  return Sipp.start(title, { address: loopback, port: 9 }, carrier(behaviour), options)
}

t.test('a carrier that registers us, refuses, dies and comes back', sipp, async (t) => {
  const company = new Company()
  const callers = Array.from({ length: 6 }, () => company.person())
  const [onePort, twoPort] = [await freePort(), await freePort()]
  const names = await NameServer.start({
    'carrier.test': [
      { type: 'NAPTR', order: 10, preference: 10, service: 'SIP+D2U', replacement: '_sip._udp.carrier.test' },
    ],
    '_sip._udp.carrier.test': [{ type: 'SRV', priority: 0, weight: 0, port: onePort, target: 'sbc.carrier.test' }],
    'sbc.carrier.test': [{ type: 'A', address: loopback }],
  })
  company.addTrunk({
    id: 'one',
    name: 'One',
    address: 'carrier.test',
    trusted: [],
    prefixes: ['+'],
    authUserName: account.userName,
    password: account.password,
    registration: { registrar: 'carrier.test' },
    optionsSeconds: 1,
    priority: 1,
  })
  company.trunk(twoPort, { id: 'two', name: 'Two', optionsSeconds: 1, priority: 2 })
  const good: CarrierBehaviour = { name: 'one', account }
  let one = await running('carrier one', onePort, good)
  const two = await running('carrier two', twoPort, { name: 'two', account: null })
  const server = await RingdownServer.start({
    document: company.document(),
    environment: { RINGDOWN_NAME_SERVERS: names.address },
  })
  t.teardown(async () => {
    await one.stop()
    await two.stop()
    await server.stopEmpty()
    await names.stop()
  })

  async function state(id: string): Promise<TrunkEntry | undefined> {
    const client = await ControlClient.open(server.dataFolder)
    try {
      return (await client.trunks()).find((entry) => entry.id === id)
    } finally {
      client.close()
    }
  }

  async function until(what: string, id: string, holds: (entry: TrunkEntry) => boolean): Promise<void> {
    const deadline = Date.now() + 15_000
    for (;;) {
      const entry = await state(id)
      if (entry !== undefined && holds(entry)) return
      if (Date.now() > deadline) throw new Error(`Waited for ${what}: ${JSON.stringify(entry)}\n${server.log}`)
      await sleep(50)
    }
  }

  /** A call that this carrier answers. */
  async function answeredBy(
    name: string,
    during: readonly Step[] = [],
    meanwhile?: () => Promise<void>,
  ): Promise<void> {
    const caller = callers.pop()
    if (caller === undefined) throw new Error('no caller is left')
    const call = await Sipp.start(
      `call for ${name}`,
      server.address,
      [
        sendInvite(caller, number, { name: 'first' }),
        receive(401, { challenge: true }),
        acknowledgeFailure(caller, number, 'first'),
        sendInvite(caller, number, { signIn: caller }),
        receive(100, { optional: true }),
        receive(180),
        receive(200, { dialog: true, check: [{ header: 'X-Carrier', pattern: name }] }),
        callerRequest('ACK', caller, number),
        ...during,
        callerRequest('BYE', caller, number),
        receive(200),
      ],
      { port: await freePort() },
    )
    await meanwhile?.()
    await call.succeeded()
  }

  await t.test('it is found by name, registers us, and its challenges are answered', async (t) => {
    await until('a registration', 'one', ({ registration }) => registration?.state === 'registered')
    await until('an answer to OPTIONS', 'one', ({ addresses }) => addresses[0]?.state === 'up')
    t.match(await state('one'), {
      state: 'up',
      addresses: [{ address: `UDP ${loopback}:${onePort}` }],
      channelsInUse: 0,
    })
    await answeredBy('one')
  })

  await t.test('a crash ends neither the registration nor the call, whose BYE is challenged', async (t) => {
    const before = await server.enginePid()
    await answeredBy('one', [talkFor(6000)], async () => {
      await until('the call', 'one', ({ channelsInUse }) => channelsInUse === 1)
      await sleep(300)
      process.kill(before, 'SIGKILL')
      while ((await server.enginePid().catch(() => before)) === before) await sleep(20)
      // There is no trunk before the configuration is read.
      await until('the next engine', 'one', () => true)
      const { state: now, registration, channelsInUse } = (await state('one')) ?? {}
      t.match([now, registration?.state, channelsInUse], ['up', 'registered', 1])
    })
    await until('its end', 'one', ({ channelsInUse }) => channelsInUse === 0)
  })

  await t.test('it refuses calls with 503: they go to the next trunk', async (t) => {
    await one.stop()
    one = await running('carrier one refuses', onePort, { ...good, refusesInvite: 503 })
    await answeredBy('two')
    t.match(await state('one'), { state: 'up', channelsInUse: 0 })
    t.match(await state('two'), { state: 'up', channelsInUse: 0 })
  })

  await t.test('it dies: calls go to the next trunk, at first after a while, then at once', async (t) => {
    await one.stop()
    const first = Date.now()
    await answeredBy('two')
    t.ok(Date.now() - first < 8000, `after ${Date.now() - first} ms`)
    await until('it counts as down', 'one', ({ state: now }) => now === 'down')
    const second = Date.now()
    await answeredBy('two')
    t.ok(Date.now() - second < 3000, `and then after ${Date.now() - second} ms`)
    const told = await server.command('trunks')
    t.match(told.output, /one +One +down .*none of its addresses answers/)
    const explained = await server.command('explain', '1001', number)
    t.match(explained.output, /One does not answer/)
    t.match(explained.output, /trunk Two takes the call/)
  })

  await t.test('it comes back, first without its registrar, then whole', async (t) => {
    one = await running('carrier one, no registrar', onePort, { ...good, refusesRegister: 503 })
    await until('it answers but does not register us', 'one', (entry) => {
      return entry.state === 'unregistered' && entry.problem.startsWith('503')
    })
    await one.stop()
    one = await running('carrier one is back', onePort, good)
    await until('it is up', 'one', (entry) => entry.state === 'up' && entry.registration?.state === 'registered')
    await answeredBy('one')
    await until('its end', 'one', ({ channelsInUse }) => channelsInUse === 0)
    t.equal((await state('two'))?.channelsInUse, 0)
  })
})
