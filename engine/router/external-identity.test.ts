/** Who is seen: internal and external caller ID in the order of docs/identity.md. */
import t from 'tap'
import { compile } from '../config/compile/compile-document.ts'
import { readDocument } from '../config/read-document.ts'
import { attemptFromText } from './attempt-from-text.ts'
import type { Live } from './decision.ts'
import { assumedLive } from './explain.ts'
import { route } from './route.ts'

const live: Live = { ...assumedLive, registered: () => true }

/** What a carrier is told, and what a colleague's phone shows, as `number name`. */
function seen(users: string, more: { pbx?: string; site?: string; dials?: string } = {}) {
  const reading = readDocument(
    `
account: { name: Acme }
pbxs:
  - { id: p, name: P, domain: p.test, dialCode: 21, country: GB${more.pbx ?? ''} }
  - { id: q, name: Q, domain: q.test, country: GB }
sites:
  - { id: s, name: S, pbx: p, timeZone: Europe/London, mainNumber: +442079460100${more.site ?? ''} }
  - { id: t, name: T, pbx: q, timeZone: Europe/London }
users:
  - { userName: anna, firstName: Anna, lastName: A, email: a@b.c, site: s, extension: 1001${users} }
  - { userName: ben, firstName: Ben, lastName: B, email: a@b.c, site: s, extension: 1002 }
  - { userName: cora, firstName: Cora, lastName: C, email: a@b.c, site: t, extension: 3001 }
devices: [{ user: anna, sipUserName: anna, password: 12345678 }]
phoneNumbers:
  - number: +442079460100
  - { number: +442079460101, user: anna }
  - { number: +442079460102, user: anna }
  - { number: +442079460109, sharedCallerId: { displayName: Acme Sales } }
  - number: +442079460199
trunks: [{ id: t, name: T, address: 192.0.2.1, trusted: [], prefixes: [+] }]
`,
    'a.yaml',
  )
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
  const snapshot = compile(reading.document, 1)
  const attempt = attemptFromText(snapshot, 'anna', more.dials ?? '01632960001')
  if (!attempt.ok) throw new Error(attempt.message)
  const decision = route(snapshot, live, attempt.attempt, 0, null)
  const target = decision.kind === 'ring' ? decision.targets[0] : undefined
  if (target?.kind === 'trunk') return `${target.hidden ? 'hidden ' : ''}${target.callerNumber} ${target.callerName}`
  return `${target?.shown.user} ${target?.shown.name}`
}

t.test('outside: the first that applies', async (t) => {
  const all = ', mainNumberForAll: true'
  const chosen = ', externalCallerId: { name: Support, number: +442079460102 }'
  t.equal(seen(''), '+442079460101 Anna A', 'his first number')
  t.equal(seen(', primaryNumber: +442079460102'), '+442079460102 Anna A', 'his primary number')
  t.equal(seen(chosen), '+442079460102 Support', 'his external caller ID')
  t.equal(seen(', externalCallerId: { name: Support }'), '+442079460101 Support', 'a name alone')
  t.equal(seen(', externalCallerId: { number: +442079460102 }'), '+442079460102 Anna A', 'a number alone')
  t.equal(seen(', externalCallerId: { number: +442079460100 }'), '+442079460100 Anna A', "his site's number")
  const shared = ', externalCallerId: { name: Support, number: +442079460109 }'
  t.equal(seen(shared), '+442079460109 Acme Sales', 'a shared number brings its own name')
  t.equal(seen(chosen, { site: all }), '+442079460100 Acme', "the site's main number for all")
  t.equal(
    seen(shared, { dials: '999' }),
    '+442079460101 Support',
    'emergency: his own number and name, whatever he shares',
  )
  t.equal(seen('', { site: all, dials: '999' }), '+442079460101 Anna A', "emergency: not the site's number for all")
  t.equal(seen(`, blockCallerId: true${chosen}`), 'hidden +442079460102 Support', 'blocked')
  t.equal(seen(chosen, { dials: '*6701632960001' }), 'hidden +442079460102 Support', '*67')
  t.equal(seen(`, blockCallerId: true${chosen}`, { dials: '*8201632960001' }), '+442079460102 Support', '*82')
})

t.test('inside: display name and extension, with the dial code towards another PBX', async (t) => {
  const named = ', internalCallerId: { name: Anna (reception) }'
  t.equal(seen('', { dials: '1002' }), '1001 Anna A')
  t.equal(seen(named, { dials: '1002' }), '1001 Anna (reception)')
  t.equal(seen(named, { dials: '3001' }), '211001 Anna (reception)')
  t.equal(seen(named), '+442079460101 Anna A', 'the internal name stays inside')
})

t.test('who has no number shows that of the PBX, else nothing', async (t) => {
  const asCora = (pbx: string) => {
    const reading = readDocument(
      `
account: { name: Acme }
pbxs: [{ id: p, name: P, domain: p.test, country: GB${pbx} }]
sites: [{ id: s, name: S, pbx: p, timeZone: Europe/London, mainNumber: +442079460100 }]
users: [{ userName: cora, firstName: Cora, lastName: C, email: a@b.c, site: s }]
devices: [{ user: cora, sipUserName: cora, password: 12345678 }]
phoneNumbers: [{ number: +442079460100 }, { number: +442079460199 }]
trunks: [{ id: t, name: T, address: 192.0.2.1, trusted: [], prefixes: [+] }]
`,
      'a.yaml',
    )
    if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
    const snapshot = compile(reading.document, 1)
    const attempt = attemptFromText(snapshot, 'cora', '01632960001')
    if (!attempt.ok) throw new Error(attempt.message)
    const decision = route(snapshot, live, attempt.attempt, 0, null)
    return decision.kind === 'ring' && decision.targets[0]?.kind === 'trunk' ? decision.targets[0].callerNumber : ''
  }
  t.equal(asCora(', mainNumber: +442079460199'), '+442079460199')
  t.equal(asCora(''), '', "the site's is shown only where the site says so for all")
})
