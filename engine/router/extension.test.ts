import t from 'tap'
import { compile } from '../config/compile/compile-document.ts'
import { readDocument } from '../config/read-document.ts'
import { sampleDocument } from '../config/sample.ts'
import { extensionFromOtherPbxs, holderOfDialCode, holderOfUniqueExtension, isMeantBy } from './extension.ts'

function snapshotOf(text: string) {
  const reading = readDocument(text, 'a.yaml')
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
  return compile(reading.document, 1)
}

t.test('the sample company tells everybody how he is dialled from the other PBX', async (t) => {
  const sample = sampleDocument({ token: (length) => 'k'.repeat(length) })
  const snapshot = snapshotOf(sample.text)
  for (const row of sample.rows) {
    const user = snapshot.users.get(snapshot.devicesBySipUserName.get(row.userName)?.userId ?? '')!
    t.equal(extensionFromOtherPbxs(snapshot, user), row.fromOtherPbx)
    t.equal(holderOfDialCode(snapshot, user.pbx.account, row.fromOtherPbx), user)
  }
})

const company = snapshotOf(`
account: { name: Acme }
pbxs:
  - { id: north, name: North, domain: north.test, dialCode: '21', country: GB }
  - { id: west, name: West, domain: west.test, country: GB }
  - { id: east, name: East, domain: east.test, country: GB }
sites:
  - { id: n, name: N, pbx: north, timeZone: Europe/London }
  - { id: w, name: W, pbx: west, timeZone: Europe/London }
  - { id: e, name: E, pbx: east, timeZone: Europe/London }
users:
  - { userName: anna, firstName: Anna, lastName: A, email: a@b.c, site: n, extension: '1001' }
  - { userName: ben, firstName: Ben, lastName: B, email: a@b.c, site: w, extension: '1001' }
  - { userName: cora, firstName: Cora, lastName: C, email: a@b.c, site: e, extension: '3001' }
  - { userName: dora, firstName: Dora, lastName: D, email: a@b.c, site: n, extension: '4001' }
  - { userName: emil, firstName: Emil, lastName: E, email: a@b.c, site: n }
`)
const user = (id: string) => company.users.get(id)!

t.test('an extension alone reaches another PBX only where it exists once and that PBX has no dial code', async (t) => {
  const { account } = user('anna').pbx
  t.equal(holderOfUniqueExtension(company, account, '1001'), undefined, 'two have it')
  t.equal(holderOfUniqueExtension(company, account, '3001')?.id, 'cora')
  t.equal(holderOfUniqueExtension(company, account, '4001'), undefined, 'it is dialled with the dial code')
  t.equal(extensionFromOtherPbxs(company, user('anna')), '211001')
  t.equal(extensionFromOtherPbxs(company, user('ben')), '')
  t.equal(extensionFromOtherPbxs(company, user('cora')), '3001')
  t.equal(extensionFromOtherPbxs(company, user('emil')), '')
})

t.test('whom an extension in a list of callers means depends on where it is dialled', async (t) => {
  t.ok(isMeantBy(company, '1001', 'north', user('anna')))
  t.notOk(isMeantBy(company, '1001', 'north', user('ben')), 'it is that of somebody there')
  t.ok(isMeantBy(company, '211001', 'west', user('anna')))
  t.notOk(isMeantBy(company, '211001', 'west', user('ben')))
  t.ok(isMeantBy(company, '1001', '', user('anna')), 'for the account both are meant')
  t.ok(isMeantBy(company, '1001', '', user('ben')))
  t.ok(isMeantBy(company, '3001', 'north', user('cora')), 'nobody there has it')
  t.notOk(isMeantBy(company, '3001', 'north', user('anna')))
})
