import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { registerPhones } from '../../../load/run/register-phones.ts'
import { OutgoingCall } from '../../wire/call.ts'
import { Endpoint } from '../../wire/endpoint.ts'
import { freePort, loopback } from '../../wire/ports.ts'
import { RingdownServer } from '../../wire/server.ts'
import type { Address } from '../../wire/wires.ts'
import { LampWatchers } from './lamp-watchers.ts'
import type { CallKind } from './living-call.ts'
import { callKinds, LivingCall } from './living-call.ts'
import { domain, ManyUsers } from './many-users.ts'
import { OwnPhone } from './own-phone.ts'
import { SippCalls } from './sipp-calls.ts'
import { wrongRecords } from './written-records.ts'

export interface ManyCallsPlan {
  readonly calls: number
  readonly users: number
  /** Of the calls, those between phones on TCP that SIPp plays. */
  readonly sipp: number
  /** Further phones that are registered by UDP and do nothing. */
  readonly registered: number
  /** Told how it goes. */
  readonly progress: (line: string) => void
}

export interface ManyCallsResult {
  readonly ended: number
  readonly rightRecords: number
  /** Lamps watched, and how often one was wrong: before the crash, after it, at the end. */
  readonly lamps: number
  readonly wrongLamps: number
  /** Recordings that are complete, of so many. */
  readonly recordings: number
  readonly recorded: number
  /** What went wrong, one line each. */
  readonly faults: readonly string[]
  /** Milliseconds from the kill to the first answer of each sort. */
  readonly gap: {
    readonly options: number
    /** A BYE of a phone that was in a call. */
    readonly bye: number
    readonly registration: number
    /** A new call rings. */
    readonly newCall: number
    /** The last phone by TCP was registered again. */
    readonly lastBack: number
  }
}

/** Transports of caller and callee, in turn. */
const transports = [
  ['UDP', 'UDP'],
  ['TCP', 'UDP'],
  ['UDP', 'TCP'],
  ['TCP', 'TCP'],
] as const
/** How many calls are set up or ended at once. */
const atOnce = 20
/** SIPp's phones look for the server so long after their calls began, ms, and so much later for each of their calls. */
const sippTalk = 9000
const sippTalkOfCall = 120
/** How often is asked whether somebody answers, ms. */
const probeEvery = 5
/** For a standby engine to have loaded its modules and the configuration, ms: so much, and as much more for each user. */
const rest = 1000
const restOfUser = 0.15

/**
 * Establishes many calls of all kinds, kills the engine, and ends them all: half by each side, some while nobody serves.
 * @throws Error where it does not come to the kill
 */
export async function crashManyCalls(plan: ManyCallsPlan): Promise<ManyCallsResult> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'ringdown-many-'))
  const closing: (() => Promise<unknown>)[] = [
    async () => rmSync(dataFolder, { recursive: true, force: true, maxRetries: 5 }),
  ]
  try {
    return await run(plan, dataFolder, closing)
  } finally {
    for (const close of closing.reverse()) await close()
  }
}

async function run(
  plan: ManyCallsPlan,
  dataFolder: string,
  closing: (() => Promise<unknown>)[],
): Promise<ManyCallsResult> {
  const { progress } = plan
  const kindOf = (index: number): CallKind => callKinds[index % callKinds.length] ?? 'plain'
  const own = plan.calls - plan.sipp
  const ofAKind = Math.ceil(own / callKinds.length)
  const users = new ManyUsers(plan.users, ofAKind, ofAKind)
  progress(`${plan.users} users are written into the configuration`)
  await users.write(dataFolder)
  const mediaPort = 30_000
  const server = await RingdownServer.start({
    document: null,
    dataFolder,
    environment: {
      RINGDOWN_MEDIA_PROCESSES: '1',
      RINGDOWN_MEDIA_PORTS: `${mediaPort}-${mediaPort + Math.max(100, ofAKind * 4)}`,
      RINGDOWN_TCP_PER_SOURCE: '10000',
    },
  })
  closing.push(() => server.remove())
  await server.printed(/A media process is there/)
  const { address } = server

  const idle = users.others(plan.registered)
  if (idle.length > 0) {
    progress(`${idle.length} further phones register`)
    const port = await freePort()
    await registerPhones({
      phones: idle.map(({ userName, password }) => ({ sipUserName: userName, password, domain })),
      serverAddress: address.address,
      serverPort: address.port,
      address: loopback,
      port,
      expiresSeconds: 3600,
      cure: 'it is the test that made them',
    })
  }

  progress(`${own} calls are established`)
  const living: LivingCall[] = []
  closing.push(() => Promise.all(living.map((call) => call.close())))
  await inParallel(own, async (index) => {
    const kind = kindOf(index)
    const pair = transports[Math.floor(index / callKinds.length) % transports.length] ?? transports[0]
    living[index] = await LivingCall.establish(
      address,
      users,
      kind,
      pair,
      users.slot(Math.floor(index / callKinds.length)),
    )
  })
  const parked = living.filter(({ kind }) => kind === 'parked')
  progress('lamps are watched')
  const watched = [...living.map(({ caller }) => caller.extension), ...parked.map(({ slot }) => slot)]
  const lamps = await LampWatchers.start(address, users, watched)
  closing.push(() => lamps.close())
  const wrongLamps = (await lamps.wrong('talking')).map((line) => `before the crash: ${line}`)
  const faults: string[] = []

  const [signer, caller] = [users.next(), users.next()]
  const callee = await OwnPhone.register(address, users.next(), 'UDP')
  callee.onlyRings = true
  closing.push(() => callee.endpoint.close())
  await server.standbyPid()
  await sleep(rest + restOfUser * plan.users)
  if (plan.sipp > 0) progress(`${plan.sipp} more are established by SIPp`)
  const talk = sippTalk + sippTalkOfCall * plan.sipp
  const sipp = await SippCalls.start(address, users, { calls: plan.sipp, talk })
  closing.push(() => sipp.close())
  const inProgress = await callsReach(server, plan.calls)
  if (inProgress !== plan.calls) faults.push(`before the crash: ${inProgress} calls are in progress`)
  lamps.forget()
  const enginePid = await server.enginePid()
  progress('the engine is killed')
  const killedAt = performance.now()
  process.kill(enginePid, 'SIGKILL')
  const since = (moment: number) => Math.round(moment - killedAt)
  const byCaller = (index: number) => Math.floor(index / (callKinds.length * transports.length)) % 2 === 0
  let ended = 0
  const end = async (index: number): Promise<number> => {
    try {
      const answered = await living[index]!.end(byCaller(index))
      ended++
      return answered
    } catch (error) {
      const { kind, phones } = living[index]!
      const by = phones.map(({ endpoint }) => endpoint.transport).join(' to ')
      progress(`${kind} call ${index}, ${by}, ended by the ${byCaller(index) ? 'caller' : 'called'}: ${error}`)
      faults.push(`${kind} call ${index}, ${by}, ended by the ${byCaller(index) ? 'caller' : 'called'}: ${error}`)
      return Number.POSITIVE_INFINITY
    }
  }
  const early = Math.min(20, own)
  const [options, byes, registration, newCall] = await Promise.all([
    firstOptions(address),
    Promise.all(Array.from({ length: early }, (_, index) => end(index))),
    OwnPhone.register(address, signer, 'UDP').then(async (phone) => {
      const now = performance.now()
      await phone.endpoint.close()
      return now
    }),
    firstNewCall(address, caller.userName, caller.password, callee),
  ])
  const overEarly = new Set(living.slice(0, early).flatMap(({ caller: { extension }, slot }) => [extension, slot]))
  wrongLamps.push(...(await lamps.wrong('talking', overEarly)).map((line) => `after the crash: ${line}`))

  progress('calls are ended')
  await inParallel(own - early, (index) => end(early + index))
  const endedBySipp = await sipp.ended(talk + 30_000)
  if (endedBySipp < plan.sipp) faults.push(`${plan.sipp - endedBySipp} calls of SIPp did not end as they should`)
  wrongLamps.push(...(await lamps.wrong('dark')).map((line) => `at the end: ${line}`))
  faults.push(...wrongLamps)
  const backAt = living.flatMap(({ phones }) => phones.map((phone) => phone.backAt))
  const left = (await server.calls()).length
  if (left > 0) faults.push(`${left} calls are left`)
  const log = server.log.split('\n').filter((line) => /"level":(?:50|60)/.test(line) && !line.includes('SIGKILL'))
  faults.push(...log.map((line) => `log: ${line}`))
  faults.push(...living.flatMap(({ phones }) => phones.flatMap(({ endpoint }) => endpoint.faults)), ...lamps.faults)
  const recordings = readdirSync(join(dataFolder, 'recordings', 'new')).filter((name) => name.endsWith('.json')).length
  const ofRecorded = living.filter(({ kind }) => kind === 'recorded').length
  if (recordings !== ofRecorded) faults.push(`${recordings} of ${ofRecorded} recordings are complete`)
  const stopped = server.stop()
  // A second order ends it at once.
  if (left > 0) {
    await sleep(1000)
    server.signal('SIGTERM')
  }
  await stopped
  const expected = [...living.map((call, index) => call.records(byCaller(index))), ...sipp.records]
  const wrong = wrongRecords(dataFolder, expected)
  faults.push(...wrong)
  const journalled = server.journalledCalls()
  if (journalled.length > 0) faults.push(`the journal still has calls: ${journalled[0]}`)
  return {
    ended: ended + endedBySipp,
    rightRecords: plan.calls - wrong.length,
    lamps: lamps.count,
    wrongLamps: wrongLamps.length,
    recordings,
    recorded: ofRecorded,
    faults,
    gap: {
      options: since(options),
      bye: since(Math.min(...byes)),
      registration: since(registration),
      newCall: since(newCall),
      lastBack: since(Math.max(killedAt, ...backAt)),
    },
  }
}

/** Waits until so many calls are in progress; gives how many there are. */
async function callsReach(server: RingdownServer, count: number): Promise<number> {
  for (let tries = 0; ; tries++) {
    const inProgress = (await server.calls()).length
    if (inProgress === count || tries > 100) return inProgress
    await sleep(50)
  }
}

/** Runs `count` pieces of work, some at once. */
async function inParallel(count: number, work: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0
  const worker = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) await work(index)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}

/** Asks until somebody answers; when that was. */
async function firstOptions(server: Address): Promise<number> {
  const probe = (await Endpoint.openUdp(server)).withoutTrace()
  const answered = new Promise<number>((resolve) => {
    probe.received = () => resolve(performance.now())
  })
  const timer = setInterval(() => probe.sendText(probe.compose('OPTIONS', 'sip:north.test')), probeEvery)
  const moment = await answered
  clearInterval(timer)
  await probe.close()
  return moment
}

/** Calls, again where that is refused because the server starts, until it rings; when that was. */
async function firstNewCall(server: Address, userName: string, password: string, callee: OwnPhone): Promise<number> {
  const endpoint = (await Endpoint.openUdp(server, domain)).as(userName, password).withoutTrace()
  try {
    for (;;) {
      const call = await OutgoingCall.start(endpoint, callee.somebody.extension)
      const { status } = await call.transaction.seen((one) => one.status >= 180, 'ringing or a refusal', 30_000)
      if (status < 200) {
        const moment = performance.now()
        await call.cancel()
        await call.final()
        return moment
      }
      await sleep(50)
    }
  } finally {
    await endpoint.close()
  }
}
