import t from 'tap'
import Type from 'typebox'
import { withoutField } from './field-removal.ts'

const To = Type.Object({ user: Type.Optional(Type.String()), number: Type.Optional(Type.String()) })
const Entity = Type.Object({
  id: Type.String(),
  site: Type.String(),
  policy: Type.Optional(Type.String()),
  forwarding: Type.Optional(
    Type.Object({ busy: Type.Optional(Type.Object({ name: Type.Optional(Type.String()), to: To })) }),
  ),
  members: Type.Optional(
    Type.Array(Type.Object({ user: Type.Optional(Type.String()), ringSeconds: Type.Optional(Type.Integer()) }), {
      minItems: 1,
    }),
  ),
})

t.test('a field goes with what makes no sense without it', (t) => {
  const base = { id: 'a', site: 's' }
  t.same(withoutField({ ...base, policy: 'p' }, 'policy', Entity), base)
  t.equal(withoutField(base, 'site', Entity), null, 'a field that must be there')
  t.same(
    withoutField(
      { ...base, forwarding: { busy: { name: 'x', to: { user: 'b' } } } },
      'forwarding.busy.to.user',
      Entity,
    ),
    base,
  )
  const members = [{ user: 'b', ringSeconds: 5 }, { user: 'c' }]
  t.same(withoutField({ ...base, members }, 'members[0].user', Entity), { ...base, members: [{ user: 'c' }] })
  t.same(
    withoutField({ ...base, members: [{ user: 'c' }] }, 'members[0].user', Entity),
    base,
    'a list that may not be empty',
  )
  t.same(members.length, 2, 'nothing is changed in place')
  t.end()
})
