/** Where calls go, on the wire: each kind of destination, each built-in rule, own rules by caller and time. SIPp plays all. */
import t from 'tap'
import { Company } from './company.ts'
import { freePort, loopback } from './ports.ts'
import { skipWithout } from './programs.ts'
import type { ScenarioDevice, Step } from './scenario.ts'
import {
  acknowledgeFailure,
  callerRequest,
  receive,
  receiveAcknowledgement,
  respond,
  respondCancelled,
  respondInDialog,
  sendInvite,
} from './scenario.ts'
import { RingdownServer } from './server.ts'
import { runSipp, Sipp } from './sipp.ts'
import { answered, dial, SippPhones } from './sipp-phones.ts'

t.setTimeout(120_000)
t.jobs = 2
const sipp = { skip: skipWithout('sipp') }

const company = new Company()
const callers = Array.from({ length: 30 }, () => company.person({ lines: 4 }))
const nextCaller = (): ScenarioDevice & { readonly extension: string } => callers.pop()!
const numbers = Array.from({ length: 9 }, (_, index) => `+44207946012${index}`)
const nextNumber = () => numbers.pop()!
const trunkPort = await freePort()
company.trunk(trunkPort)
const always = { from: '2020-01-01T00:00', until: '2060-01-01T00:00' }
const everyHour = [{ from: '00:00', to: '24:00' }]
const everyDay = {
  monday: everyHour,
  tuesday: everyHour,
  wednesday: everyHour,
  thursday: everyHour,
  friday: everyHour,
  saturday: everyHour,
  sunday: everyHour,
}
const off = { voicemail: { enabled: false } }

/** Somebody to whom calls are sent: each test has its own. */
const heir = () => company.person(off)
const heirs = {
  byCaller: heir(),
  byTime: heir(),
  byWeek: heir(),
  engaged: heir(),
  bySchedule: heir(),
  busy: heir(),
  away: heir(),
  none: heir(),
}
const member = { first: heir(), second: heir(), together: heir(), other: heir(), group: heir(), groupMate: heir() }
const familiar = nextCaller()
const people = {
  busy: company.person({ forwarding: { all: { to: { busy: true } } } }),
  mailbox: company.person({ forwarding: { all: { to: { voicemail: true } } } }),
  mailboxWhenBusy: company.person({ doNotDisturb: true }),
  outside: company.person({ forwarding: { all: { to: { number: '+442079461234' } } } }),
  deactivated: company.person({ active: false }),
  disturbed: company.person({ ...off, doNotDisturb: true, forwarding: { busy: { to: { user: heirs.busy.id } } } }),
  away: company.person({ ...off, forwarding: { notReachable: { to: { user: heirs.away.id } } } }),
  silent: company.person({ ...off, ringSeconds: 1, forwarding: { noAnswer: { to: { user: heirs.none.id } } } }),
  byCaller: company.person({
    rules: [
      { name: 'Not yet', when: { from: '2059-01-01T00:00' }, to: { busy: true } },
      { name: 'Familiar', who: { callers: [familiar.extension] }, to: { user: heirs.byCaller.id } },
      { name: 'Others', to: { busy: true } },
    ],
  }),
  byTime: company.person({
    rules: [
      { name: 'Past', when: { until: '2021-01-01T00:00' }, to: { busy: true } },
      { name: 'Always', when: always, to: { list: { order: 'sequential', members: [{ user: heirs.byTime.id }] } } },
    ],
  }),
  byWeek: company.person({
    rules: [
      { name: 'Never', when: { weekly: { monday: [] } }, to: { busy: true } },
      { name: 'Weekly', when: { weekly: everyDay }, to: { user: heirs.byWeek.id } },
    ],
  }),
  engaged: company.person({ ...off, forwarding: { busy: { to: { user: heirs.engaged.id } } } }),
  blocking: company.person({ blockList: { callers: [familiar.extension] } }),
  bySchedule: company.person({
    rules: [
      { name: 'Closed', when: { schedule: 'open', during: 'closed' }, to: { busy: true } },
      { name: 'Open', when: { schedule: 'open' }, to: { user: heirs.bySchedule.id } },
    ],
  }),
  inTurn: company.person({
    forwarding: {
      all: {
        to: {
          list: {
            order: 'sequential',
            members: [{ user: member.first.id, ringSeconds: 1 }, { user: member.second.id }],
          },
        },
      },
    },
  }),
  together: company.person({
    rules: [
      {
        name: 'Together',
        to: {
          list: {
            order: 'simultaneous',
            members: [
              { user: member.together.id, ringSeconds: 1 },
              { user: member.other.id, ringSeconds: 9 },
            ],
          },
        },
      },
    ],
  }),
  ringing: company.person({
    rules: [{ name: 'Briefly', to: { ringPhones: { seconds: 1, afterwards: { busy: true } } } }],
    forwarding: { all: { to: { voicemail: true } } },
  }),
  told: company.person({
    primaryNumber: nextNumber(),
    blockList: { callers: ['anonymous', '+4416329600*'], tellAnonymousCallers: true },
  }),
}
const server = await RingdownServer.start({
  document: {
    ...company.document(),
    schedules: [{ id: 'open', name: 'Open', timeZone: 'Europe/London', weekly: everyDay }],
    ringGroups: [
      {
        id: 'sales',
        name: 'Sales',
        site: 'north-office',
        extension: '1900',
        ringSeconds: 5,
        members: [{ user: member.group.id }, { user: member.groupMate.id }],
      },
    ],
  },
})
t.teardown(() => server.stopEmpty())
const phones = new SippPhones(server)

function refused(caller: ScenarioDevice, dialled: string, status: number): Step[] {
  return [
    ...dial(caller, dialled),
    receive(180, { optional: true }),
    receive(status),
    acknowledgeFailure(caller, dialled, 'invite'),
  ]
}

function talks(caller: ScenarioDevice, dialled: string): Step[] {
  return [
    ...dial(caller, dialled),
    receive(180),
    receive(180, { optional: true }),
    receive(200, { dialog: true }),
    callerRequest('ACK', caller, dialled),
    callerRequest('BYE', caller, dialled),
    receive(200),
  ]
}

const isHungUp: readonly Step[] = [receive('BYE'), respondInDialog(200, 'OK')]
const ringsOut: readonly Step[] = [
  receive('INVITE'),
  respond(180, 'Ringing'),
  receive('CANCEL'),
  respond(200, 'OK'),
  respondCancelled(),
  receive('ACK'),
]
/** Answers, and was sent the call by this person for this reason. */
function answersFor(person: { readonly extension: string }, reason: string): Step[] {
  const check = [{ header: 'Diversion', pattern: `sip:${person.extension}@.*reason=${reason}` }]
  return [receive('INVITE', { dialog: true, check }), ...answered.slice(1), ...isHungUp]
}

for (const [title, person, status] of [
  ['to no one, and play busy: 486', people.busy, 486],
  ['to the mailbox: 480, while nothing takes messages', people.mailbox, 480],
  ['do not disturb leads to the mailbox: 486, while nothing takes messages', people.mailboxWhenBusy, 486],
  ['a deactivated user: 480', people.deactivated, 480],
  ['a rule for certain callers leaves others', people.byCaller, 486],
] as const) {
  t.test(title, { ...sipp, buffered: true }, async () => {
    const caller = nextCaller()
    await runSipp(title, server.address, refused(caller, person.extension, status), { port: await freePort() })
  })
}

for (const [title, person, other, reason] of [
  ['do not disturb takes the busy path', people.disturbed, heirs.busy, 'do-not-disturb'],
  ['nobody registered: the not-reachable rule', people.away, heirs.away, 'unavailable'],
  ['a period that holds now, and a list of one', people.byTime, heirs.byTime, 'unconditional'],
  ['hours of the week that are now', people.byWeek, heirs.byWeek, 'unconditional'],
  ['a schedule that is open', people.bySchedule, heirs.bySchedule, 'unconditional'],
] as const) {
  t.test(title, { ...sipp, buffered: true }, async () => {
    const port = await phones.registered(other)
    await phones.run(title, answersFor(person, reason), port, talks(nextCaller(), person.extension))
  })
}

t.test('a rule for certain callers takes them', { ...sipp, buffered: true }, async () => {
  const port = await phones.registered(heirs.byCaller)
  const callee = answersFor(people.byCaller, 'unconditional')
  await phones.run('familiar', callee, port, talks(familiar, people.byCaller.extension))
})

t.test('a colleague who is blocked hears busy, and nothing rings', { ...sipp, buffered: true }, async () => {
  const steps = refused(familiar, people.blocking.extension, 486)
  await runSipp('blocked colleague', server.address, steps, { port: await freePort() })
})

t.test('the phone is busy: the busy rule', { ...sipp, buffered: true }, async () => {
  const [first, second] = [await phones.registered(people.engaged), await phones.registered(heirs.engaged)]
  const isBusy = [receive('INVITE'), respond(486, 'Busy Here'), receive('ACK')]
  const busy = await Sipp.start('busy phone', server.address, isBusy, { port: first })
  const callee = answersFor(people.engaged, 'user-busy')
  await phones.run('busy', callee, second, talks(nextCaller(), people.engaged.extension))
  await busy.succeeded()
})

t.test('nobody answers: the no-answer rule', { ...sipp, buffered: true }, async () => {
  const [first, second] = [await phones.registered(people.silent), await phones.registered(heirs.none)]
  const silent = await Sipp.start('silent', server.address, ringsOut, { port: first })
  const callee = answersFor(people.silent, 'no-answer')
  await phones.run('no answer', callee, second, talks(nextCaller(), people.silent.extension))
  await silent.succeeded()
})

t.test('one after the other: the first rings out for its own time', { ...sipp, buffered: true }, async () => {
  const [first, second] = [await phones.registered(member.first), await phones.registered(member.second)]
  const silent = await Sipp.start('first of the list', server.address, ringsOut, { port: first })
  const callee = answersFor(people.inTurn, 'unconditional')
  await phones.run('in turn', callee, second, talks(nextCaller(), people.inTurn.extension))
  await silent.succeeded()
})

t.test(
  'all together: who rings for a shorter time stops, and the other rings on',
  { ...sipp, buffered: true },
  async () => {
    const [first, second] = [await phones.registered(member.together), await phones.registered(member.other)]
    const short = await Sipp.start('rings for one second', server.address, ringsOut, { port: first })
    const long: readonly Step[] = [
      receive('INVITE', { dialog: true }),
      respond(180, 'Ringing'),
      { xml: () => '<pause milliseconds="2000"/>' },
      respond(200, 'OK', { withSession: true }),
      receiveAcknowledgement(),
      ...isHungUp,
    ]
    await phones.run('together', long, second, talks(nextCaller(), people.together.extension))
    await short.succeeded()
  },
)

t.test('a ring group: one declines, the other answers', { ...sipp, buffered: true }, async () => {
  const [first, second] = [await phones.registered(member.group), await phones.registered(member.groupMate)]
  const declines = [receive('INVITE'), respond(603, 'Decline'), receive('ACK')]
  const declining = await Sipp.start('declines', server.address, declines, { port: first })
  await phones.run('group', [...answered, ...isHungUp], second, talks(nextCaller(), '1900'))
  await declining.succeeded()
})

t.test('a rule rings the phones for another time, and says what follows', { ...sipp, buffered: true }, async () => {
  const port = await phones.registered(people.ringing)
  await phones.run('rings briefly', ringsOut, port, refused(nextCaller(), people.ringing.extension, 486))
})

t.test('to an outside number', { ...sipp, buffered: true }, async () => {
  const check = [{ header: 'Diversion', pattern: `sip:${people.outside.extension}@.*reason=unconditional` }]
  const carrier = [receive('INVITE', { dialog: true, check }), ...answered.slice(1), ...isHungUp]
  await phones.run('outside', carrier, trunkPort, talks(nextCaller(), people.outside.extension))
  const trunk = (user: string) => ({ userName: user, password: '', domain: loopback })
  const number = '+442079460128'
  for (const [user, status] of [
    ['anonymous', 433],
    ['+441632960012', 486],
  ] as const) {
    const from = trunk(user)
    await runSipp(
      `blocked ${user}`,
      server.address,
      [
        sendInvite(from, number, { name: 'invite' }),
        receive(100, { optional: true }),
        receive(status),
        acknowledgeFailure(from, number, 'invite'),
      ],
      { port: trunkPort },
    )
  }
})
