/** What the router decides, as a table of scenarios on one company. */

import t from 'tap'
import { compile } from '../config/compile/compile-document.ts'
import { readDocument } from '../config/read-document.ts'
import type { Snapshot } from '../config/snapshot.ts'
import { attemptFromText } from './attempt-from-text.ts'
import type { Attempt, Decision, Live, Outcome, Ring, TrunkState } from './decision.ts'
import { proceed, route } from './route.ts'

const company = `
account:
  name: Acme
  blockList: { callers: ['+4479*', '+442079469000-+442079469099'] }
pbxs:
  - { id: north, name: North, domain: north.test, dialCode: 21, country: GB, outsidePrefix: 9 }
  - { id: south, name: South, domain: south.test, dialCode: 22, country: GB, phoneRedirects: false }
  - { id: west, name: West, domain: west.test, country: GB, blockList: { callers: [anonymous], tellAnonymousCallers: true } }
sites:
  - { id: n, name: N, pbx: north, timeZone: Europe/London, mainNumber: +442079460100, areaCode: 20 }
  - { id: s, name: S, pbx: south, timeZone: Europe/London }
  - { id: w, name: W, pbx: west, timeZone: Europe/London }
  - { id: usa, name: U, pbx: north, timeZone: America/New_York, country: US }
users:
  - { userName: anna, firstName: Anna, lastName: A, email: a@b.c, site: n, extension: 1001, callingPlan: international }
  - { userName: ben, firstName: Ben, lastName: B, email: a@b.c, site: n, extension: 1002, ringSeconds: 30,
      forwarding: { noAnswer: { to: { user: cora } }, busy: { to: { number: +441632960000 } }, notReachable: { to: { user: dora } } } }
  - { userName: cora, firstName: Cora, lastName: C, email: a@b.c, site: s, extension: 1001, callWaiting: false }
  - { userName: dora, firstName: Dora, lastName: D, email: a@b.c, site: s, extension: 1002, forwarding: { all: { to: { user: ben } } } }
  - { userName: emil, firstName: Emil, lastName: E, email: a@b.c, site: w, extension: 3001, blockCallerId: true,
      blockList: { callers: ['211001'], treatment: { asWhenBusy: true } }, forwarding: { busy: { to: { user: cora } } } }
  - { userName: fay, firstName: Fay, lastName: F, email: a@b.c, site: n, extension: 1003, active: false }
  - { userName: gus, firstName: Gus, lastName: G, email: a@b.c, site: n, extension: 1004, internationalForwarding: true, callingPlan: international,
      forwarding: { all: { to: { number: +33123456789 } } } }
  - { userName: hal, firstName: Hal, lastName: H, email: a@b.c, site: n, extension: 1005,
      forwarding: { all: { to: { number: +442079460102 } } } }
  - { userName: ida, firstName: Ida, lastName: I, email: a@b.c, site: usa, extension: 1006 }
  - { userName: jan, firstName: Jan, lastName: J, email: a@b.c, site: n, extension: 1007, forwarding: { all: { to: { busy: true } } } }
devices:
${['anna', 'ben', 'cora', 'dora', 'emil', 'fay', 'gus', 'hal', 'ida', 'jan'].map((name) => `  - { user: ${name}, sipUserName: ${name}, password: 12345678 }`).join('\n')}
phoneNumbers:
  - number: +442079460100
  - { number: +442079460101, user: anna }
  - { number: +442079460102, user: ben }
  - { number: +441174960101, user: emil }
trunks:
  - { id: main, name: Main, address: 192.0.2.1, trusted: [], prefixes: [+], channels: 2, priority: 1 }
  - { id: spare, name: Spare, address: 192.0.2.2, trusted: [], prefixes: [+], priority: 2, numberFormat: national }
  - { id: france, name: France, address: 192.0.2.3, trusted: [], prefixes: [+33], numberFormat: e164-without-plus, emergency: first, forwardedCallerId: forwarder }
`

function snapshotOf(text: string): Snapshot {
  const reading = readDocument(text, 'a.yaml')
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
  return compile(reading.document, 1)
}

const snapshot = snapshotOf(company)

interface Present {
  readonly unregistered?: readonly string[]
  readonly lines?: Readonly<Record<string, number>>
  readonly channels?: Readonly<Record<string, number>>
  readonly forwards?: Readonly<Record<string, number>>
  readonly trunks?: Readonly<Record<string, TrunkState>>
}

function liveOf(present: Present): Live {
  return {
    registered: (user) => present.unregistered?.includes(user.id) !== true,
    linesInUse: (user) => present.lines?.[user.id] ?? 0,
    channelsInUse: (trunk) => present.channels?.[trunk.id] ?? 0,
    trunkState: (trunk) => present.trunks?.[trunk.id] ?? 'up',
    outsideForwards: (by) => present.forwards?.[by.id] ?? 0,
    tollUse: () => 0,
    lastAnswered: () => 0,
    idleSince: () => 0,
  }
}

function attemptOf(caller: string, dialled: string): Attempt {
  const reading = attemptFromText(snapshot, caller, dialled)
  if (!reading.ok) throw new Error(reading.message)
  return reading.attempt
}

/** A decision in one line: `ring cora 15s from 211001 via ben:no-answer`, or `486`. */
function inWords(decision: Decision): string {
  if (decision.kind === 'refuse') return String(decision.status)
  if (decision.kind === 'voicemail') return `voicemail ${decision.of.id} ${decision.otherwise.status}`
  const targets = decision.targets.map((target) => {
    if (target.kind === 'user') return target.user.id
    const as = target.hidden ? `hidden ${target.callerNumber}` : target.callerNumber
    return `${target.trunk.id}/${target.number} as ${as}${target.emergency ? ' emergency' : ''}`
  })
  const [first] = decision.targets
  const shown = first?.kind === 'user' ? ` from ${first.shown.user}` : ''
  const time = decision.ringSeconds === 0 ? '' : ` ${decision.ringSeconds}s`
  const via = decision.diversions.map((diversion) => ` via ${diversion.by.id}:${diversion.cause}`).join('')
  return `ring ${targets.join('+')}${time}${shown}${via}`
}

t.test('a list that sends a caller on does not keep him from where it sends him', (t) => {
  const others = snapshotOf(`
account: { name: A, blockList: { callers: ['1001'], treatment: { user: desk } } }
pbxs: [{ id: p, name: P, domain: p.test, country: GB, blockList: { callers: ['1001'], treatment: { user: desk } } }]
sites: [{ id: s, name: S, pbx: p, timeZone: Europe/London }]
users:
  - { userName: anna, firstName: A, lastName: A, email: a@b.c, site: s, extension: '1001' }
  - { userName: ben, firstName: B, lastName: B, email: a@b.c, site: s, extension: '1002' }
  - { userName: desk, firstName: D, lastName: D, email: a@b.c, site: s, extension: '1003' }
devices: [{ user: anna, sipUserName: anna, password: 12345678 }]
`)
  const reading = attemptFromText(others, 'anna', '1002')
  if (!reading.ok) throw new Error(reading.message)
  t.equal(inWords(route(others, liveOf({}), reading.attempt, 0, null)), 'ring desk 15s from 1001 via ben:unconditional')
  t.end()
})

const scenarios: readonly [caller: string, dialled: string, decision: string, present?: Present][] = [
  // Extensions.
  ['anna', '1002', 'ring ben 30s from 1001'],
  ['anna', '1001', 'ring anna 15s from 1001'],
  ['anna', '221001', 'ring cora 15s from 211001'],
  ['anna', '211002', 'ring ben 30s from 1001'],
  ['cora', '1001', 'ring cora 15s from 1001'],
  ['cora', '211001', 'ring anna 15s from 221001'],
  ['cora', '3001', 'ring emil 15s from 221001'],
  ['emil', '211001', 'ring anna 15s from 3001'],
  ['anna', '1001@south.test', 'ring cora 15s from 211001'],
  ['anna', '1001@elsewhere.test', '404'],
  ['anna', '1099', '404'],
  ['anna', '221099', '404'],
  ['anna', '10-01', 'ring anna 15s from 1001'],
  ['anna', '*671002', 'ring ben 30s from anonymous'],
  ['anna', 'someone', '404'],
  // Numbers.
  ['anna', '02079460102', 'ring ben 30s from 1001'],
  ['anna', '79460102', 'ring ben 30s from 1001'],
  ['anna', '+442079460100', '404'],
  ['anna', '01632960001', 'ring main/+441632960001 as +442079460101'],
  ['anna', '901632960001', 'ring main/+441632960001 as +442079460101'],
  ['anna', '0033123456789', 'ring france/33123456789 as +442079460101'],
  ['ben', '0033123456789', '403'],
  ['cora', '01632960001', 'ring main/+441632960001 as '],
  ['emil', '01632960001', 'ring main/+441632960001 as hidden +441174960101'],
  ['emil', '*8201632960001', 'ring main/+441632960001 as +441174960101'],
  ['anna', '*6701632960001', 'ring main/+441632960001 as hidden +442079460101'],
  ['anna', '01632960001', 'ring spare/01632960001 as +442079460101', { channels: { main: 2 } }],
  // Emergency.
  ['anna', '999', 'ring france/999 as +442079460101 emergency'],
  ['anna', '9112', 'ring france/112 as +442079460101 emergency'],
  ['anna', '*67999', 'ring france/999 as +442079460101 emergency'],
  ['anna', '999@elsewhere.test', 'ring france/999 as +442079460101 emergency'],
  ['anna', '999', 'ring france/999 as +442079460101 emergency', { channels: { france: 99 } }],
  ['fay', '999', 'ring france/999 as +442079460100 emergency'],
  ['ida', '911', '503'],
  ['ida', '999', '404'],
  ['anna', '911', '404'],
  // The state of the user.
  ['anna', '1003', '480'],
  ['fay', '1001', '403'],
  ['anna', '221001', 'voicemail cora 480', { unregistered: ['cora'] }],
  ['anna', '221001', 'voicemail cora 486', { lines: { cora: 1 } }],
  ['cora', '211001', 'ring anna 15s from 221001', { lines: { anna: 1 } }],
  ['cora', '211001', 'voicemail anna 486', { lines: { anna: 2 } }],
  // Rules.
  ['anna', '1002', 'ring main/+441632960000 as +442079460101 via ben:user-busy', { lines: { ben: 2 } }],
  ['anna', '222002', '404'],
  ['anna', '221002', 'ring ben 30s from 1001 via dora:unconditional'],
  ['anna', '221002', '486', { unregistered: ['ben'] }],
  ['anna', '1004', 'ring france/33123456789 as  via gus:unconditional'],
  ['anna', '1004', 'ring gus 15s from 1001', { forwards: { gus: 4 } }],
  ['anna', '1005', 'ring ben 30s from 1001 via hal:unconditional'],
  ['anna', '1007', '486'],
  // Block lists.
  ['anna', '3001', 'ring cora 15s from 211001 via emil:user-busy'],
  ['ben', '3001', 'ring emil 15s from 211002'],
  ['ben', '*673001', '433'],
  // From a trunk.
  ['+441632960009', '+442079460101', 'ring anna 15s from +441632960009'],
  ['+441632960009', '+442079460100', '404'],
  ['+441632960009', '+441632960001', '404'],
  ['+441632960009', '1001', '404'],
  ['+441632960009', '999', '404'],
  ['+441632960009', '+442079460101@elsewhere.test', '403'],
  ['+447911123456', '+442079460101', '486'],
  ['+442079469050', '+442079460101', '486'],
  ['+442079469100', '+442079460101', 'ring anna 15s from +442079469100'],
  ['anonymous', '+442079460101', 'ring anna 15s from anonymous'],
  ['anonymous', '+441174960101', '433'],
  ['anonymous', '+442079460102', 'ring main/+441632960000 as hidden  via ben:user-busy', { lines: { ben: 2 } }],
]

t.test('where calls go', async (t) => {
  for (const [caller, dialled, decision, present = {}] of scenarios) {
    const found = route(snapshot, liveOf(present), attemptOf(caller, dialled), 0, null)
    t.equal(inWords(found), decision, `${caller} dials ${dialled} ${JSON.stringify(present)}`)
  }
})

const busy: Outcome = { kind: 'busy' }
const noAnswer: Outcome = { kind: 'noAnswer' }
const unreachable: Outcome = { kind: 'unreachable' }
const trunkSays = (status: number, rang = false): Outcome => ({
  kind: 'trunkFailed',
  status,
  reason: 'Its Words',
  rang,
})
const redirect = (by: string, dialled: string): Outcome => ({
  kind: 'redirected',
  by: snapshot.users.get(by)!,
  dialled,
  ringing: false,
})

const stories: readonly [
  caller: string,
  dialled: string,
  outcomes: readonly Outcome[],
  decision: string,
  present?: Present,
][] = [
  ['anna', '1002', [busy], 'ring main/+441632960000 as +442079460101 via ben:user-busy'],
  ['anna', '1002', [noAnswer], 'ring cora 15s from 211001 via ben:no-answer'],
  ['anna', '1002', [noAnswer], 'voicemail cora 486', { lines: { cora: 1 } }],
  ['anna', '1002', [noAnswer, busy], 'voicemail cora 486'],
  ['anna', '1002', [noAnswer, noAnswer], 'voicemail cora 480'],
  ['anna', '1002', [noAnswer, unreachable], 'voicemail cora 480'],
  ['anna', '1002', [unreachable], '486'],
  ['anna', '1002', [busy, trunkSays(404)], '486'],
  ['anna', '1002', [busy, noAnswer], '480'],
  ['anna', '1002', [busy, trunkSays(503)], 'ring spare/01632960000 as +442079460101 via ben:user-busy'],
  ['anna', '1002', [busy, trunkSays(503), trunkSays(503)], '486'],
  ['anna', '01632960001', [busy], '486'],
  ['anna', '01632960001', [trunkSays(404)], '404'],
  ['anna', '01632960001', [trunkSays(500)], 'ring spare/01632960001 as +442079460101'],
  ['anna', '01632960001', [trunkSays(500), trunkSays(502)], '502'],
  ['anna', '01632960001', [unreachable, unreachable], '503'],
  ['anna', '01632960001', [trunkSays(408)], 'ring spare/01632960001 as +442079460101'],
  ['anna', '01632960001', [trunkSays(503, true)], '503'],
  ['anna', '01632960001', [trunkSays(408, true)], '408'],
  ['anna', '01632960001', [trunkSays(603)], '603'],
  ['anna', '999', [trunkSays(503, true)], 'ring main/999 as +442079460101 emergency'],
  // Trunks that are down, or whose carrier does not know us.
  ['anna', '01632960001', [], 'ring spare/01632960001 as +442079460101', { trunks: { main: 'down' } }],
  ['anna', '01632960001', [], 'ring spare/01632960001 as +442079460101', { trunks: { main: 'unregistered' } }],
  [
    'anna',
    '01632960001',
    [],
    'ring main/+441632960001 as +442079460101',
    { trunks: { main: 'unregistered', spare: 'down' } },
  ],
  ['anna', '01632960001', [trunkSays(500)], '500', { trunks: { main: 'unregistered', spare: 'down' } }],
  ['anna', '01632960001', [], '503', { trunks: { main: 'down', spare: 'down' } }],
  ['anna', '999', [], 'ring main/999 as +442079460101 emergency', { trunks: { france: 'down' } }],
  [
    'anna',
    '999',
    [unreachable, unreachable],
    'ring france/999 as +442079460101 emergency',
    { trunks: { france: 'down' } },
  ],
  ['anna', '999', [trunkSays(404)], 'ring main/999 as +442079460101 emergency'],
  ['anna', '999', [noAnswer, unreachable], 'ring spare/999 as +442079460101 emergency'],
  ['anna', '999', [noAnswer, unreachable, trunkSays(403)], '403'],
  ['anna', '999', [trunkSays(486)], '486'],
  // 3xx of a phone.
  ['cora', '211001', [redirect('anna', '1002')], 'ring ben 30s from 221001 via anna:deflection'],
  ['cora', '211001', [redirect('anna', '01632960001')], 'ring main/+441632960001 as  via anna:deflection'],
  ['cora', '211001', [redirect('anna', '0033123456789')], 'voicemail anna 486'],
  ['cora', '211001', [redirect('anna', '999')], 'voicemail anna 486'],
  ['cora', '211001', [redirect('anna', '1001')], '486'],
  ['anna', '221001', [redirect('cora', '1002')], 'voicemail cora 486'],
]

t.test('how calls go on', async (t) => {
  for (const [caller, dialled, outcomes, decision, present = {}] of stories) {
    const live = liveOf(present)
    const attempt = attemptOf(caller, dialled)
    let found = route(snapshot, live, attempt, 0, null)
    for (const outcome of outcomes) {
      if (found.kind !== 'ring') break
      found = proceed(snapshot, live, attempt, found, outcome, 0, null)
    }
    t.equal(inWords(found), decision, `${caller} dials ${dialled}, then ${outcomes.map((o) => o.kind).join(', ')}`)
  }
})

t.test('a call that came round five times is refused', async (t) => {
  const attempt = { ...attemptOf('+441632960009', '+442079460101'), ownDiversions: 5 }
  t.equal(inWords(route(snapshot, liveOf({}), attempt, 0, null)), '482')
  t.equal(
    inWords(route(snapshot, liveOf({}), { ...attempt, ownDiversions: 4 }, 0, null)),
    'ring anna 15s from +441632960009',
  )
})

t.test('rules under way stay, permissions are the newest', async (t) => {
  const live = liveOf({})
  const attempt = attemptOf('anna', '1002')
  const ring = route(snapshot, live, attempt, 0, null) as Ring
  const withoutRule = snapshotOf(company.replace('busy: { to: { number: +441632960000 } }, ', ''))
  t.match(
    inWords(proceed(withoutRule, live, attempt, ring, busy, 0, null)),
    /main/,
    'the rule was there when the call came',
  )
  const withoutCora = snapshotOf(company.replace('site: s, extension: 1001, callWaiting: false', '$&, active: false'))
  t.equal(inWords(proceed(withoutCora, live, attempt, ring, noAnswer, 0, null)), '480', 'she was deactivated since')
  const withoutBen = snapshotOf(company.replace('extension: 1002, ringSeconds: 30', '$&, active: false'))
  t.equal(
    inWords(proceed(withoutBen, live, attempt, ring, busy, 0, null)),
    'voicemail ben 486',
    'he may not forward out any more',
  )
  t.equal(ring.diversions.length, 0, 'the ring that was asked about is as before')
  t.match(
    inWords(proceed(snapshot, live, attempt, ring, noAnswer, 0, null)),
    /ring cora/,
    'and may be asked about again',
  )
})

t.test('a chain of forwards ends after ten steps', async (t) => {
  const chain = Array.from({ length: 14 }, (_, index) => {
    const next = index === 13 ? '' : `, forwarding: { all: { to: { user: u${index + 1} } } }`
    return `  - { userName: u${index}, firstName: U, lastName: '${index}', email: a@b.c, site: s, extension: '${200 + index}'${next} }`
  })
  const long = snapshotOf(`
account: { name: Acme }
pbxs: [{ id: p, name: P, domain: p.test, country: GB }]
sites: [{ id: s, name: S, pbx: p, timeZone: Europe/London }]
users:
${chain.join('\n')}
devices: [{ user: u13, sipUserName: last, password: 12345678 }]
`)
  const from = (dialled: string) => {
    const reading = attemptFromText(long, 'last', dialled)
    return reading.ok ? inWords(route(long, liveOf({}), reading.attempt, 0, null)) : reading.message
  }
  t.match(from('203'), /^ring u13 .*(via.*){10}$/, 'ten forwards')
  t.equal(from('202'), '486', 'eleven forwards')
})
