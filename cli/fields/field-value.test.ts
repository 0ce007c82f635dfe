import t from 'tap'
import { kindDefinitions } from '../../engine/config/entities/kinds.ts'
import { User } from '../../engine/config/entities/user.ts'
import { fieldsOf, placeholderOf } from './field-list.ts'
import { readField } from './field-value.ts'

const userFields = fieldsOf(User)
function field(path: string) {
  const found = userFields.find((one) => one.path === path)
  if (found === undefined) throw new Error(`no field ${path}`)
  return found
}
const read = (path: string, ...texts: string[]) => readField(field(path), texts)

t.test('every field of every kind is an option of its own, with its cure', async (t) => {
  for (const { kind, schema } of kindDefinitions()) {
    const fields = fieldsOf(schema)
    t.ok(fields.length > 2, kind)
    t.equal(new Set(fields.map(({ path }) => path)).size, fields.length, kind)
    for (const one of fields) t.match(one.cure, /^(Write|List) /, `${kind}.${one.path}`)
    // Options that every command has must not be taken by a field.
    for (const { path } of fields) {
      t.notOk(['from', 'unset', 'json', 'data', 'settings', 'help', 'position'].includes(path), `${kind}.${path}`)
    }
  }
})

t.test('values are read by the form of their field', async (t) => {
  t.same(read('extension', '0012'), { ok: true, value: '0012' })
  t.same(read('lines', '3'), { ok: true, value: 3 })
  t.same(read('active', 'no'), { ok: true, value: false })
  t.same(read('active', 'true'), { ok: true, value: true })
  t.same(read('directoryScope', 'site'), { ok: true, value: 'site' })
  t.same(read('forwarding.busy.to.user', 'anna', 'ben'), { ok: true, value: 'ben' })
  t.same(read('forwarding.busy.to', '{user: anna}'), { ok: true, value: { user: 'anna' } })
  t.same(read('forwarding.busy.to', '{"user":"anna"}'), { ok: true, value: { user: 'anna' } })
})

t.test('lists are given entry by entry, or at once', async (t) => {
  t.same(read('pickupGroups', 'Sales', 'Service'), { ok: true, value: ['Sales', 'Service'] })
  t.same(read('pickupGroups', '[Sales, Service]', 'More'), { ok: true, value: ['Sales', 'Service', 'More'] })
  t.same(read('rules', '{name: One, to: {busy: true}}'), { ok: true, value: [{ name: 'One', to: { busy: true } }] })
})

t.test('what cannot be read is told with field and cure', async (t) => {
  t.same(read('lines', 'two'), { ok: false, message: '--lines is "two". Write a whole number, 1 to 4.' })
  t.match(read('lines', ''), { ok: false })
  t.match(read('active', 'maybe'), { ok: false, message: /Write true or false/ })
  t.match(read('forwarding.busy.to', '{user: '), { ok: false, message: /^--forwarding\.busy\.to is .*no YAML/ })
  t.match(read('pickupGroups', '[Sales'), { ok: false, message: /pickupGroups/ })
  const bomb = `{a: &a [x], b: &b [${'*a,'.repeat(50)}], c: &c [${'*b,'.repeat(50)}], d: [${'*c,'.repeat(50)}]}`
  t.match(read('forwarding.busy.to', bomb), { ok: false })
})

t.test('placeholders name the choices', async (t) => {
  t.equal(placeholderOf(field('active')), 'true|false')
  t.equal(placeholderOf(field('directoryScope')), 'company|site|none')
  t.equal(placeholderOf(field('lines')), 'NUMBER')
  t.equal(placeholderOf(field('rules')), 'YAML')
  t.equal(placeholderOf(field('firstName')), 'VALUE')
})
