import t from 'tap'
import { readSingleChange } from './single-change.ts'

t.test('a change in one word', async (t) => {
  const cases: readonly [text: string, patch: object | null][] = [
    ['user/ben/forwarding.busy.to.user=cora', { forwarding: { busy: { to: { user: 'cora' } } } }],
    ['user/ben/extension=1042', { extension: '1042' }],
    ['user/ben/ringSeconds=30', { ringSeconds: 30 }],
    ['user/ben/active=no', { active: false }],
    ['user/ben/forwarding.all=null', { forwarding: { all: null } }],
    ['user/ben/forwarding.all.to.number=+441632960000', { forwarding: { all: { to: { number: '+441632960000' } } } }],
    ['user/ben=null', null],
  ]
  for (const [text, patch] of cases) t.same(readSingleChange(text), { kind: 'user', id: 'ben', patch }, text)
  for (const file of ['company.yaml', 'old/company.yaml', 'user/ben']) t.equal(readSingleChange(file), null, file)
  for (const [text, message] of [
    ['person/ben/extension=1', /no kind person: write one of account/],
    ['user/ben/colour=red', /no field colour/],
    ['user/ben/ringSeconds=long', /ringSeconds/],
    ['user/ben=gone', /FIELD=VALUE/],
  ] as const) {
    t.throws(() => readSingleChange(text), { message }, text)
  }
})
