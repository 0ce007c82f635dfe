/** Who may call which outside number: plans, zones, special numbers and outbound block lists. */
import t from 'tap'
import { compile } from '../config/compile/compile-document.ts'
import { readDocument } from '../config/read-document.ts'
import type { Snapshot } from '../config/snapshot.ts'
import { attemptFromText } from './attempt-from-text.ts'
import type { Live, Ring } from './decision.ts'
import type { RouteStep } from './listener.ts'
import { proceed, route } from './route.ts'

const live: Live = {
  registered: () => true,
  linesInUse: () => 0,
  channelsInUse: () => 0,
  trunkState: () => 'up' as const,
  outsideForwards: () => 0,
  tollUse: () => 0,
  lastAnswered: () => 0,
  idleSince: () => 0,
}

/** @param change replaces parts of the document: text to text */
function companyWith(...change: readonly [string, string][]): Snapshot {
  let text = `
account: { name: Acme, outboundBlockList: ['+7'] }
pbxs:
  - { id: p, name: P, domain: p.test, country: GB, outboundBlockList: ['+881'] }
  - { id: q, name: Q, domain: q.test, country: GB, callingPlan: international }
sites:
  - { id: london, name: London, pbx: p, timeZone: Europe/London, outboundBlockList: ['+4487'] }
  - { id: york, name: York, pbx: p, timeZone: Europe/London, callingPlan: emergency-only }
  - { id: paris, name: Paris, pbx: p, timeZone: Europe/Paris, country: FR }
  - { id: us, name: US, pbx: q, timeZone: America/New_York, country: US, callingPlan: domestic }
  - { id: leeds, name: Leeds, pbx: q, timeZone: Europe/London }
callingPlans:
  - { id: europe, name: Europe, allow: [GB, FR, '+49'], deny: ['+336', '+4930'] }
  - { id: names, name: Names, allow: [GB, '+449', '+87012', CA, '+7'], deny: ['+4498'] }
  - { id: zone, name: Zone, allow: [zone-14, FR] }
users:
${Object.entries({
  anna: 'london',
  york: 'york',
  yorkAll: 'york, callingPlan: international',
  paris: 'paris',
  abroad: 'london, callingCountry: FR',
  usa: 'us',
  leeds: 'leeds',
  europe: 'london, callingPlan: europe',
  names: 'london, callingPlan: names',
  zone: 'london, callingPlan: zone',
  blocked: "london, outboundBlockList: ['+4416']",
  gate: 'london, extension: 2000, forwarding: { all: { to: { number: +33123456789 } } }, internationalForwarding: true, callingPlan: international',
})
  .map(([name, rest]) => `  - { userName: ${name}, firstName: ${name}, lastName: X, email: a@b.c, site: ${rest} }`)
  .join('\n')}
devices:
${['anna', 'york', 'yorkAll', 'paris', 'abroad', 'usa', 'leeds', 'europe', 'names', 'zone', 'blocked', 'gate'].map((name) => `  - { user: ${name}, sipUserName: ${name}, password: 12345678 }`).join('\n')}
phoneNumbers: [{ number: +33140000000, user: gate }]
trunks:
  - { id: one, name: One, address: 192.0.2.1, trusted: [], prefixes: [+], priority: 1 }
  - { id: two, name: Two, address: 192.0.2.2, trusted: [], prefixes: [+], priority: 2 }
`
  for (const [from, to] of change) {
    if (!text.includes(from)) throw new Error(`nothing to replace: ${from}`)
    text = text.replace(from, to)
  }
  const reading = readDocument(text, 'a.yaml')
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
  return compile(reading.document, 1)
}

const company = companyWith()

function call(snapshot: Snapshot, caller: string, dialled: string) {
  const reading = attemptFromText(snapshot, caller, dialled)
  if (!reading.ok) throw new Error(reading.message)
  const steps: RouteStep[] = []
  const decision = route(snapshot, live, reading.attempt, 0, { step: (step) => steps.push(step) })
  return { decision, steps, attempt: reading.attempt }
}

const calls: readonly [caller: string, dialled: string, allowed: boolean | string, why: RegExp][] = [
  // Inheritance: user, site, PBX, Domestic.
  ['anna', '01632960001', true, /calling plan is Domestic, and \+441632960001 is in GB/],
  ['anna', '+33123456789', 'plan', /calling plan is Domestic, and \+33123456789 is not in GB/],
  ['york', '01632960001', 'plan', /Emergency only: no outside number/],
  ['york', '999', true, /999 is an emergency number/],
  ['yorkAll', '+33123456789', true, /International: every country/],
  ['leeds', '+33123456789', true, /International/],
  ['usa', '+14155550100', true, /Domestic, and \+14155550100 is in US/],
  ['usa', '+14165550100', 'plan', /is not in US/],
  ['usa', '+18005550100', true, /is in US/],
  // The country he calls from, not the one his number is from.
  ['paris', '+33123456789', true, /is in FR/],
  ['abroad', '+33123456789', true, /is in FR/],
  ['abroad', '+441632960001', 'plan', /is not in FR/],
  // A list: the longest that fits decides.
  ['europe', '+441632960001', true, /Europe, which allows numbers that begin with \+44$/],
  ['europe', '+33123456789', true, /allows numbers that begin with \+33/],
  ['europe', '+33623456789', 'plan', /denies numbers that begin with \+336/],
  ['europe', '+498912345678', true, /\+49/],
  ['europe', '+493012345678', 'plan', /denies numbers that begin with \+4930/],
  ['europe', '+390612345678', 'plan', /does not list \+390612345678/],
  // Countries that share a calling code.
  ['names', '+14165550100', true, /\+1416/],
  ['names', '+14155550100', 'plan', /does not list/],
  // Special numbers are allowed by name only.
  ['anna', '09098790000', 'plan', /\+449098790000 is special \(premium rate\), and .* Domestic does not name \+449/],
  ['yorkAll', '+449098790000', 'plan', /International does not name \+449/],
  ['europe', '+449098790000', 'plan', /does not name/],
  ['names', '+449098790000', true, /allows numbers that begin with \+449/],
  ['names', '+449898790000', 'plan', /does not name \+449/],
  ['names', '+8701234567890', true, /allows numbers that begin with \+87012/],
  ['names', '+8701334567890', 'plan', /does not name \+870/],
  // Zones leave mobiles out, but where the country is named as well.
  ['zone', '+498912345678', true, /allows numbers that begin with \+49$/],
  ['zone', '+4915112345678', 'plan', /denies numbers that begin with \+4915/],
  ['zone', '+33612345678', true, /allows numbers that begin with \+33$/],
  ['zone', '+48221234567', 'plan', /does not list/],
  // Block lists come first.
  ['leeds', '+74951234567', 'list', /\+74951234567 is on the outbound block list of account Acme/],
  ['names', '+74951234567', 'list', /account Acme/],
  ['anna', '+8811234567', 'list', /PBX P/],
  ['leeds', '+8811234567', 'plan', /special \(satellite\)/],
  ['names', '+448712345678', 'list', /site London/],
  ['blocked', '01632960001', 'list', /block list of blocked X/],
  // Numbers of the own account need no permission.
  ['york', '+33140000000', true, /assigned to gate X/],
]

t.test('who may call which number', async (t) => {
  for (const [caller, dialled, allowed, why] of calls) {
    const { decision, steps } = call(company, caller, dialled)
    const status = decision.kind === 'refuse' ? `${decision.status} ${decision.reason}` : 'ring'
    const phrase =
      allowed === true
        ? 'ring'
        : `403 ${allowed === 'plan' ? 'Calling Plan Does Not Allow This Number' : 'Number Blocked For Outgoing Calls'}`
    t.equal(status, phrase, `${caller} dials ${dialled}`)
    t.match(steps.map(({ because }) => because).join('\n'), new RegExp(why.source, 'm'), `${caller} dials ${dialled}`)
  }
})

t.test('a forward needs the plan of whoever forwards, and is passed over where it was lost', async (t) => {
  const { decision } = call(company, 'york', '+33140000000')
  t.equal(decision.kind === 'ring' && decision.targets[0]?.kind === 'trunk', true, 'his own plan does not matter')
  const domestic = companyWith([
    'internationalForwarding: true, callingPlan: international',
    'internationalForwarding: true',
  ])
  const { decision: later, steps } = call(domestic, 'york', '+33140000000')
  t.equal(later.kind === 'ring' && later.targets[0]?.kind === 'user', true, 'his phone rings instead')
  t.match(steps.map(({ because }) => because).join('\n'), /gate X may not call \+33123456789 himself/)
})

t.test('permission is asked anew, of the newest configuration, before the next trunk', async (t) => {
  const { decision, attempt } = call(company, 'leeds', '+33123456789')
  const failed = { kind: 'trunkFailed', status: 503, reason: 'Down', rang: false } as const
  t.match(proceed(company, live, attempt, decision as Ring, failed, 0, null), { targets: [{ trunk: { id: 'two' } }] })
  const lost = companyWith(["outboundBlockList: ['+7'] }", "outboundBlockList: ['+7', '+33'] }"])
  t.match(proceed(lost, live, attempt, decision as Ring, failed, 0, null), {
    status: 403,
    reason: 'Number Blocked For Outgoing Calls',
  })
  const gone = companyWith(['site: leeds }', 'site: leeds, active: false }'])
  t.match(proceed(gone, live, attempt, decision as Ring, failed, 0, null), { status: 403, reason: 'Forbidden' })
})
