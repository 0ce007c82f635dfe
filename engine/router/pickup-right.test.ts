import t from 'tap'
import { compile } from '../config/compile/compile-document.ts'
import { readDocument } from '../config/read-document.ts'
import { mayPickUp } from './pickup-right.ts'

/** Whether anna may take calls of the others, in this order: ben (her site), cora (another site), dora (another PBX). */
function rights(pickup: string): boolean[] {
  const reading = readDocument(
    `
account: { name: Acme }
pbxs:
  - { id: north, name: North, domain: north.test, country: GB${pickup === '' ? '' : `, pickup: ${pickup}`} }
  - { id: south, name: South, domain: south.test, country: GB }
sites:
  - { id: n, name: N, pbx: north, timeZone: Europe/London }
  - { id: m, name: M, pbx: north, timeZone: Europe/London }
  - { id: s, name: S, pbx: south, timeZone: Europe/London }
users:
  - { userName: anna, firstName: A, lastName: A, email: a@b.c, site: n, pickupGroups: [Sales, Support] }
  - { userName: ben, firstName: B, lastName: B, email: a@b.c, site: n, pickupGroups: [Office] }
  - { userName: cora, firstName: C, lastName: C, email: a@b.c, site: m, pickupGroups: [Support] }
  - { userName: dora, firstName: D, lastName: D, email: a@b.c, site: s, pickupGroups: [Sales] }
`,
    'a.yaml',
  )
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
  const snapshot = compile(reading.document, 1)
  const anna = snapshot.users.get('anna')!
  return ['ben', 'cora', 'dora'].map((id) => mayPickUp(anna, snapshot.users.get(id)!))
}

t.test('a PBX says who may take the calls of whom; never those of another PBX', async (t) => {
  t.same(rights(''), [true, true, false], 'everyone, where nothing is said')
  t.same(rights('everyone'), [true, true, false])
  t.same(rights('same-site'), [true, false, false])
  t.same(rights('same-group'), [false, true, false])
  t.same(rights('nobody'), [false, false, false])
})
