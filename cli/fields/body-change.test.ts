import t from 'tap'
import { mergePatchBetween, valueAt, withoutValue, withValue } from './body-change.ts'

const body = { id: 'anna', forwarding: { busy: { to: { user: 'ben' } } }, pickupGroups: ['a'] }

t.test('values are set, found and taken away by path, and the body given stays', async (t) => {
  const before = structuredClone(body)
  t.same(withValue(body, 'forwarding.all.to.number', '+441'), {
    ...body,
    forwarding: { busy: { to: { user: 'ben' } }, all: { to: { number: '+441' } } },
  })
  t.same(withValue(body, 'id.inner', 1), { ...body, id: { inner: 1 } })
  t.equal(valueAt(body, 'forwarding.busy.to.user'), 'ben')
  t.equal(valueAt(body, 'forwarding.toString'), undefined)
  t.same(withoutValue(body, 'forwarding.busy.to.user'), { id: 'anna', pickupGroups: ['a'] })
  t.same(withoutValue(body, 'nothing.here'), body)
  t.same(body, before)
})

t.test('a merge patch leads from one body to another', async (t) => {
  t.same(mergePatchBetween(body, body), {})
  const after = {
    id: 'anna',
    forwarding: { busy: { to: { number: '+441' } } },
    pickupGroups: ['a', 'b'],
    active: false,
  }
  t.same(mergePatchBetween(body, after), {
    forwarding: { busy: { to: { user: null, number: '+441' } } },
    pickupGroups: ['a', 'b'],
    active: false,
  })
  t.same(mergePatchBetween(body, { id: 'anna' }), { forwarding: null, pickupGroups: null })
})
