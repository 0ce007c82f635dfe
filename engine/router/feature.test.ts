/** Feature codes: which are read, what stands behind them, and what they may not hide. */
import t from 'tap'
import { compile } from '../config/compile/compile-document.ts'
import { readDocument } from '../config/read-document.ts'
import type { Snapshot } from '../config/snapshot.ts'
import { attemptFromText } from './attempt-from-text.ts'
import type { Decision, Live } from './decision.ts'

import { asksForNoCallWaiting, isEmergencyForSomebody } from './dialled.ts'
import { assumedLive } from './explain.ts'

import { route } from './route.ts'

const live: Live = { ...assumedLive, registered: () => true }

function companyOf(codes: string): Snapshot {
  const reading = readDocument(
    `
account: { name: Acme }
pbxs:
  - { id: p, name: P, domain: p.test, dialCode: 21, country: GB, outsidePrefix: 9${codes} }
  - { id: q, name: Q, domain: q.test, dialCode: 22, country: GB }
sites:
  - { id: s, name: S, pbx: p, timeZone: Europe/London, areaCode: 20 }
  - { id: us, name: U, pbx: p, timeZone: America/New_York, country: US }
  - { id: t, name: T, pbx: q, timeZone: Europe/London }
users:
  - { userName: anna, firstName: Anna, lastName: A, email: a@b.c, site: s, extension: 1001 }
  - { userName: ben, firstName: Ben, lastName: B, email: a@b.c, site: s, extension: 1002 }
  - { userName: cora, firstName: Cora, lastName: C, email: a@b.c, site: t, extension: 1001 }
  - { userName: uma, firstName: Uma, lastName: U, email: a@b.c, site: us, extension: 1003 }
  - { userName: ida, firstName: Ida, lastName: I, email: a@b.c, site: s, extension: 721002, internationalForwarding: true, callingPlan: international }
devices:
  - { user: anna, sipUserName: anna, password: 12345678 }
  - { user: uma, sipUserName: uma, password: 12345678 }
  - { user: ida, sipUserName: ida, password: 12345678 }
phoneNumbers: [{ number: +442079460102, user: ben }]
trunks: [{ id: t, name: T, address: 192.0.2.1, trusted: [], prefixes: [+] }]
`,
    'a.yaml',
  )
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
  return compile(reading.document, 1)
}

function dial(snapshot: Snapshot, caller: string, dialled: string): Decision {
  const reading = attemptFromText(snapshot, caller, dialled)
  if (!reading.ok) throw new Error(reading.message)
  return route(snapshot, live, reading.attempt, 0, null)
}

/** `forwardAll 1002=ben`, `484`, `ring ben from 1001`. */
function inWords(decision: Decision): string {
  if (decision.kind === 'refuse') {
    const { feature } = decision
    if (feature === undefined) return String(decision.status)
    const { argument } = feature
    const whom =
      argument === null
        ? ''
        : argument.kind === 'callee'
          ? `=${argument.callee.id}`
          : argument.kind === 'ownNumber'
            ? `=${argument.number.number}`
            : argument.kind === 'outsideNumber'
              ? `=>${argument.number}`
              : '=?'
    return `${feature.name} ${feature.dialled}${whom}`.trim()
  }
  if (decision.kind === 'voicemail') return `voicemail ${decision.of.id}`
  const [target] = decision.targets
  if (target?.kind === 'trunk') return `trunk ${target.number}${target.emergency ? ' emergency' : ''}`
  return `ring ${target?.user.id} from ${target?.shown.user}`
}

function check(t: Tap, snapshot: Snapshot, calls: readonly (readonly [string, string, string])[]): void {
  for (const [caller, dialled, expected] of calls) {
    t.equal(inWords(dial(snapshot, caller, dialled)), expected, `${caller} dials ${dialled}`)
  }
}
type Tap = { equal(found: unknown, wanted: unknown, message: string): boolean }

t.test('the default codes', async (t) => {
  check(t, companyOf(''), [
    ['anna', '555', 'ownVoicemail'],
    ['anna', '*97', 'ownVoicemailShort'],
    ['anna', '*98', 'anyMailbox'],
    ['anna', '*72 1002', 'forwardAll 1002=ben'],
    ['anna', '*72221001', 'forwardAll 221001=cora'],
    ['anna', '*72 020 7946 0102', 'forwardAll 02079460102=+442079460102'],
    ['anna', '*72 01632 960001', 'forwardAll 01632960001=>+441632960001'],
    ['anna', '*72 9 01632 960001', 'forwardAll 901632960001=>+441632960001'],
    ['anna', '*72', '484'],
    ['anna', '*72 7777', '404'],
    ['anna', '*72 999', '403'],
    ['anna', '*72 9 999', '403'],
    ['anna', '*72 0033123456789', '403'],
    ['ida', '*72 0033123456789', 'forwardAll 0033123456789=>+33123456789'],
    ['ida', '*72 09098790000', '403'],
    ['anna', '*73', 'forwardAllOff'],
    ['anna', '*73 1', '404'],
    ['anna', '*90 1002', 'forwardBusy 1002=ben'],
    ['anna', '*92 1002', 'forwardNoAnswer 1002=ben'],
    ['anna', '*91', 'forwardBusyOff'],
    ['anna', '*93', 'forwardNoAnswerOff'],
    ['anna', '*78', 'doNotDisturbOn'],
    ['anna', '*79', 'doNotDisturbOff'],
    ['anna', '*69', 'callReturn'],
    ['anna', '*60', 'block'],
    ['anna', '*60 0033123456789', 'block 0033123456789=>+33123456789'],
    ['anna', '*80', 'unblock'],
    ['anna', '*80 1002', 'unblock 1002=ben'],
    ['anna', '*8', 'pickupGroup'],
    ['anna', '**1002', 'pickupExtension 1002=ben'],
    ['anna', '**', '484'],
    ['anna', '**01632960001', '404'],
    ['anna', '*68', 'park'],
    ['anna', '*88 71', 'fetchParked 71'],
    ['anna', '*55 80', 'page 80'],
    ['anna', '*1', 'record'],
    ['anna', '*44', 'hotDesk'],
    ['anna', '*43', 'echoTest'],
    ['anna', '*46', 'time'],
    ['anna', '*41', 'milliwatt'],
    ['anna', '*99', '404'],
    ['anna', '*78@q.test', 'doNotDisturbOn'],
  ])
})

t.test('the number that tests emergency calling is a code where the country has it', async (t) => {
  const company = companyOf('')
  check(t, company, [
    ['uma', '933', 'emergencyTest'],
    ['anna', '933', '404'],
  ])
  check(t, companyOf(", featureCodes: { emergencyTest: '*33' }"), [
    ['anna', '*33', 'emergencyTest'],
    ['uma', '933', '404'],
  ])
  check(t, companyOf(', featureCodes: { emergencyTest: off }'), [['uma', '933', '404']])
})

t.test('codes that say something of the call stand before anything', async (t) => {
  check(t, companyOf(''), [
    ['anna', '*67 1002', 'ring ben from anonymous'],
    ['anna', '*70 1002', 'ring ben from 1001'],
    ['anna', '*70*67 1002', 'ring ben from anonymous'],
    ['anna', '*67*82 1002', 'ring ben from 1001'],
    ['anna', '*67*78', 'doNotDisturbOn'],
    ['anna', '*67', '484'],
    ['anna', '*70*67 999', 'trunk 999 emergency'],
    ['anna', '*82 9 112', 'trunk 112 emergency'],
  ])
})

t.test('a PBX changes codes and switches them off', async (t) => {
  const company = companyOf(
    ", featureCodes: { forwardAll: '72', hideCallerId: '#31#', doNotDisturbOn: off, block: '*6', page: '*66' }",
  )
  check(t, company, [
    ['anna', '#31#1002', 'ring ben from anonymous'],
    ['anna', '*67 1002', '404'],
    ['anna', '#31#999', 'trunk 999 emergency'],
    ['anna', '*78', '404'],
    ['anna', '*661', 'page 1'],
    ['anna', '*61002', 'block 1002=ben'],
    // What is complete and exact comes before a longer reading.
    ['anna', '721002', 'ring ida from 1001'],
    ['anna', '721001', 'forwardAll 1001=anna'],
    ['anna', '72', '484'],
  ])
})

t.test('who wants no second call meanwhile says so before the number', async (t) => {
  const anna = companyOf('').users.get('anna')!
  t.ok(asksForNoCallWaiting('*70 1002', anna))
  t.ok(asksForNoCallWaiting('*67*701002', anna))
  t.notOk(asksForNoCallWaiting('1002', anna))
  t.notOk(asksForNoCallWaiting('*671002', anna))
  t.notOk(asksForNoCallWaiting('*70999', anna), 'an emergency number drops it')
})

t.test('an emergency number is known before anybody knows who dials it', async (t) => {
  const company = companyOf(", featureCodes: { hideCallerId: '#31#' }")
  for (const dialled of ['999', '9999', '911', '9112', '#31#999', '*67999', '*70#31#9911']) {
    t.ok(isEmergencyForSomebody(company, dialled), dialled)
  }
  for (const dialled of ['1001', '*68999', '0999', '']) t.notOk(isEmergencyForSomebody(company, dialled), dialled)
})
