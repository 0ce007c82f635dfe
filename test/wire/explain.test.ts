/**
 * `explain` says what real calls do: random callers dial random strings in a company with random rules, and the phones
 * that ring, in their order, and the end of each call must be those that were explained beforehand.
 */
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { compile } from '../../engine/config/compile/compile-document.ts'
import { attemptFromText } from '../../engine/router/attempt-from-text.ts'
import type { Live } from '../../engine/router/decision.ts'
import type { ExplainedDecision, Explanation } from '../../engine/router/explain.ts'
import { explain } from '../../engine/router/explain.ts'
import { IncomingCall, isNewInvite, OutgoingCall } from './call.ts'
import type { Person, PersonOptions } from './company.ts'
import { Company } from './company.ts'
import { Endpoint, fresh } from './endpoint.ts'
import type { SipMessage } from './message.ts'
import { headerValue } from './message.ts'
import { freePort } from './ports.ts'
import { RingdownServer } from './server.ts'

t.setTimeout(240_000)

const groups = 30
const attemptsEach = 10
const seed = Number(process.env['TEST_SEED'] ?? Date.now() % 1_000_000)

/** mulberry32: a small generator that a printed seed repeats. */
let state = seed
function chance(): number {
  state = (state + 0x6d2b79f5) | 0
  let word = Math.imul(state ^ (state >>> 15), 1 | state)
  word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word
  return ((word ^ (word >>> 14)) >>> 0) / 4_294_967_296
}

function oneOf<Choice>(choices: readonly Choice[]): Choice {
  return choices[Math.floor(chance() * choices.length)] as Choice
}

type Rules = NonNullable<PersonOptions['forwarding']>

type Behaviour = 'answers' | 'is busy' | 'declines' | 'rings on' | 'is mute' | 'is away'

interface Member {
  readonly person: Person
  readonly pbx: 'north' | 'south'
  readonly behaviour: Behaviour
}

interface Group {
  readonly number: number
  readonly members: Member[]
  readonly callers: readonly Person[]
  /** What the call under way did: who was rung, in order. */
  rung: string[]
}

const company = new Company()
const trunkPort = await freePort()
company.trunk(trunkPort)
company.number('+442079990000')

function numbersOf(group: number): { outside: string; phone: (member: number) => string; stranger: string } {
  const two = String(group).padStart(2, '0')
  return {
    outside: `+44207111${two}0`,
    phone: (member) => `+4420722${two}${String(member).padStart(2, '0')}`,
    stranger: `+44207333${two}00`,
  }
}

/** Where a group's outside number ends says what its far end does. */
function farEnd(number: string): 'answers' | 'is busy' {
  return number.endsWith('1') ? 'is busy' : 'answers'
}

function makeGroup(number: number): Group {
  const { outside, phone, stranger } = numbersOf(number)
  const members: Member[] = []
  const callers = [company.person(), company.person({ pbx: 'south' })]
  for (let index = 0; index < 6; index++) {
    const pbx = oneOf(['north', 'south'] as const)
    const options: PersonOptions = {
      pbx,
      ringSeconds: 1,
      lines: 4,
      active: chance() < 0.93,
      primaryNumber: phone(index),
      devices: chance() < 0.2 ? 2 : 1,
      ...(chance() < 0.25
        ? {
            blockList: {
              callers: [oneOf([stranger, 'anonymous', `21${callers[0]!.extension}`, '+44207333*'])],
              ...(chance() < 0.5 ? { treatment: oneOf([{ busy: true }, { asWhenBusy: true }]) } : {}),
            },
          }
        : {}),
    }
    // A mute phone costs four seconds at each call.
    const isMute = number % 10 === 0 && index === 0
    const behaviour = isMute
      ? 'is mute'
      : oneOf<Behaviour>(['answers', 'answers', 'is busy', 'declines', 'rings on', 'is away'])
    members.push({ person: company.person(options), pbx, behaviour })
  }
  for (const [index, { person }] of members.entries()) {
    const others = members.filter((member) => member.person !== person)
    company.forward(person, rules(others, members.slice(0, index), outside))
  }
  return { number, members, callers, rung: [] }
}

/**
 * Random rules; chains may go round.
 *
 * @param earlier to whom everything may be forwarded: a circle of such rules is refused
 */
function rules(members: readonly Member[], earlier: readonly Member[], outside: string): Rules {
  const destination = (choices = members): NonNullable<Rules['all']>['to'] => {
    const choice = chance()
    if (choice < 0.65 && choices.length > 0) return { user: oneOf(choices).person.id }
    return choice < 0.85 ? { busy: true } : { number: chance() < 0.5 ? `${outside}1` : `${outside}2` }
  }
  const forwarding: Rules = {}
  if (chance() < 0.15) forwarding.all = { to: destination(earlier), enabled: chance() < 0.8 }
  for (const kind of ['notReachable', 'busy', 'noAnswer'] as const) {
    if (chance() < 0.45) forwarding[kind] = { to: destination() }
  }
  return forwarding
}

const all = Array.from({ length: groups }, (_, number) => makeGroup(number))
const document = company.document()
const server = await RingdownServer.start({ document })
t.teardown(() => server.stopEmpty())
t.comment(`TEST_SEED=${seed}`)
const snapshot = compile(document, 1)

const away = new Set(
  all.flatMap(({ members }) => members.filter((one) => one.behaviour === 'is away')).map((one) => one.person.id),
)
const members = new Map(all.flatMap((group) => group.members).map((member) => [member.person.id, member]))
const live: Live = {
  registered: (user) => members.has(user.id) && !away.has(user.id),
  linesInUse: () => 0,
  channelsInUse: () => 0,
  trunkState: () => 'up',
  outsideForwards: () => 0,
  tollUse: () => 0,
  lastAnswered: () => 0,
  idleSince: () => 0,
}

/** What an explanation foretells, given how phones behave. */
interface Foretold {
  readonly rung: string[]
  /** `answered by ...`, or the status the caller gets. */
  readonly end: string
}

function foretell(explanation: Explanation): Foretold {
  const rung: string[] = []
  let decision: ExplainedDecision = explanation.first
  for (;;) {
    const { result } = decision
    // Nobody dials codes here: what they do is shown elsewhere.
    if (result.kind === 'feature') throw new Error(`A code was dialled: ${result.title}`)
    if (result.kind !== 'ring') return { rung, end: String(result.status) }
    const [target] = result.targets
    if (!target || result.targets.length !== 1) throw new Error(`Not one target: ${JSON.stringify(result)}`)
    const who = target.kind === 'user' ? target.user : target.number
    const behaviour = target.kind === 'user' ? members.get(target.user)?.behaviour : farEnd(target.number)
    rung.push(who)
    if (behaviour === 'answers') return { rung, end: `answered by ${who}` }
    const outcome = behaviour === 'rings on' ? 'noAnswer' : behaviour === 'is mute' ? 'unreachable' : 'busy'
    const next = decision.next.find((one) => one.outcome === outcome)?.decision
    if (!next) throw new Error(`Not explained: ${outcome} after ${who}`)
    decision = next
  }
}

/** Makes an endpoint behave; every call that reaches it is told to its group. */
function behave(
  endpoint: Endpoint,
  who: (invite: SipMessage) => { group: Group; name: string; behaviour: Behaviour } | null,
): void {
  const incoming = new Map<string, IncomingCall>()
  endpoint.onRequest = (request) => {
    const id = headerValue(request, 'Call-ID')
    if (isNewInvite(request)) {
      // Sent again, to a phone that is mute even after the call has gone on: that is no new call.
      if (incoming.has(id)) return true
      const found = who(request)
      if (!found) return false
      const { group, name, behaviour } = found
      if (group.rung.at(-1) !== name) group.rung.push(name)
      const call = new IncomingCall(endpoint, request)
      incoming.set(id, call)
      if (behaviour === 'is mute') return true
      if (behaviour === 'is busy') endpoint.respond(request, 486, 'Busy Here', call.tag)
      else if (behaviour === 'declines') endpoint.respond(request, 603, 'Decline', call.tag)
      else call.ring()
      if (behaviour === 'answers') {
        call.answer()
        call.acknowledged().catch(() => undefined)
      }
      return true
    }
    const call = incoming.get(id)
    if (!call) return false
    if (request.method === 'CANCEL') {
      endpoint.respond(request, 200, 'OK', call.tag)
      endpoint.respond(call.invite, 487, 'Request Terminated', call.tag)
      return true
    }
    if (request.method === 'BYE') {
      endpoint.respond(request, 200, 'OK', '')
      return true
    }
    return false
  }
}

const endpoints: Endpoint[] = []
t.teardown(() => Promise.all(endpoints.map((endpoint) => endpoint.close())))
for (const group of all) {
  for (const { person, behaviour } of group.members) {
    if (behaviour === 'is away') continue
    for (const device of person.devices) {
      const endpoint = (await Endpoint.openUdp(server.address, person.domain)).as(device.userName, device.password)
      endpoints.push(endpoint.withoutTrace())
      const response = await endpoint.register()
      if (response.status !== 200) throw new Error(response.text)
      behave(endpoint, () => ({ group, name: person.id, behaviour }))
    }
  }
}
const carrier = (await Endpoint.openUdp(server.address, undefined, trunkPort)).withoutTrace()
endpoints.push(carrier)
behave(carrier, (invite) => {
  const number = /^sip:([^@]+)@/.exec(invite.requestUri)?.[1] ?? ''
  const group = all.find((one) => number.startsWith(numbersOf(one.number).outside))
  return group ? { group, name: number, behaviour: farEnd(number) } : null
})

interface Draw {
  /** As `explain` reads it. */
  readonly caller: string
  readonly dialled: string
  readonly person: Person | null
  readonly number: string
}

function draw(group: Group): Draw {
  const { outside, phone, stranger } = numbersOf(group.number)
  const index = Math.floor(chance() * group.members.length)
  const { person, pbx } = group.members[index]!
  if (chance() < 0.3) {
    const number = oneOf([stranger, `+44208444${String(group.number).padStart(2, '0')}00`, ''])
    const dialled = chance() < 0.9 ? phone(index) : oneOf(['+442079990000', '+442079999999'])
    return { caller: number === '' ? 'anonymous' : number, dialled, person: null, number }
  }
  const caller = oneOf(group.callers)
  const own = caller.domain === `${pbx}.test`
  const code = pbx === 'north' ? '21' : '22'
  const choices = [
    `${code}${person.extension}`,
    phone(index),
    phone(index).replace('+44', '0'),
    `*67${code}${person.extension}`,
  ]
  if (own) choices.push(person.extension, person.extension, `*67${person.extension}`)
  if (chance() < 0.12)
    choices.splice(0, choices.length, '7999', '23100', `${outside}1`, `${outside}2`.replace('+44', '0'))
  return { caller: caller.userName, dialled: oneOf(choices), person: caller, number: '' }
}

/** Places the call; one that is turned away at the gate, because the machine is busy, comes back after a moment. */
async function place(group: Group, attempt: Draw): Promise<Foretold> {
  for (let again = 0; again < 10; again++) {
    const done = await placeOnce(group, attempt)
    if (done !== 'turned away') return done
    await pause(1000)
  }
  throw new Error('The gate turned the call away ten times')
}

async function placeOnce(group: Group, attempt: Draw): Promise<Foretold | 'turned away'> {
  group.rung = []
  let endpoint = carrier
  let options = {}
  let dialled = attempt.dialled
  if (attempt.person) {
    const { person } = attempt
    endpoint = (await Endpoint.openUdp(server.address, person.domain)).as(person.userName, person.password)
  } else {
    const from = attempt.number === '' ? '<sip:anonymous@anonymous.invalid>' : `<sip:${attempt.number}@carrier.example>`
    options = { from: `${from};tag=${fresh('f')}` }
    dialled = `sip:${attempt.dialled}@${server.address.address}:${server.address.port}`
  }
  try {
    const outgoing = await OutgoingCall.start(endpoint, dialled, options)
    const response = await outgoing.final(30_000)
    if (response.status === 503 && headerValue(response, 'Retry-After') !== '') return 'turned away'
    if (response.status !== 200) return { rung: group.rung, end: String(response.status) }
    outgoing.acknowledge(response)
    const end = `answered by ${group.rung.at(-1)}`
    const bye = await outgoing.hangUp()
    if (bye.status !== 200) throw new Error(bye.text)
    return { rung: group.rung, end }
  } finally {
    if (endpoint !== carrier) await endpoint.close()
  }
}

t.test(`what is explained is what ${groups * attemptsEach} real calls do`, async (t) => {
  const plans = all.map((group) => ({ group, draws: Array.from({ length: attemptsEach }, () => draw(group)) }))
  let placed = 0
  const ends = new Map<string, number>()
  await Promise.all(
    plans.map(async ({ group, draws }) => {
      for (const attempt of draws) {
        const reading = attemptFromText(snapshot, attempt.caller, attempt.dialled)
        if (!reading.ok) throw new Error(reading.message)
        const foretold = foretell(explain(snapshot, live, reading.attempt, Date.now()))
        const done = await place(group, attempt)
        placed += 1
        const kind = done.end.startsWith('answered') ? `answered after ${done.rung.length}` : done.end
        ends.set(kind, (ends.get(kind) ?? 0) + 1)
        if (JSON.stringify(done) !== JSON.stringify(foretold)) {
          const text = JSON.stringify({ attempt: `${attempt.caller} dials ${attempt.dialled}`, foretold, done, seed })
          t.fail(`explained otherwise than done: ${text}`)
        }
      }
    }),
  )
  t.equal(placed, groups * attemptsEach)
  t.comment(JSON.stringify(Object.fromEntries([...ends].sort())))
})

t.test('the command says the same as the router', async (t) => {
  for (const group of all.slice(0, 5)) {
    const attempt = draw(group)
    const reading = attemptFromText(snapshot, attempt.caller, attempt.dialled)
    if (!reading.ok) throw new Error(reading.message)
    const result = await server.command('explain', attempt.caller, attempt.dialled, '--json')
    t.equal(result.code, 0, result.errors)
    const explained = JSON.parse(result.output) as Explanation
    const expected = explain(snapshot, live, reading.attempt, explained.at)
    t.same(foretell(explained), foretell(expected), `${attempt.caller} dials ${attempt.dialled}`)
    t.notOk(
      explained.facts.some((fact) => fact.assumed),
      'the running engine was asked',
    )
  }
})
