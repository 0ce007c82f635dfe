import t from 'tap'
import { problemsWith } from './acme.test.ts'

const slot = { id: 'one', name: 'Slot 1', site: 'london', extension: '701', ringBackSeconds: 60 }

t.test('a park slot has an extension of its PBX that nobody else has', async (t) => {
  t.same(problemsWith({ parkSlots: [slot] }), [])
  t.same(problemsWith({ parkSlots: [{ id: 'one', name: 'Slot 1', site: 'london' }] }), [
    'parkSlots[0].extension: this field is missing',
  ])
  const second = { ...slot, id: 'two', name: 'Slot 2', site: 'york' }
  t.match(problemsWith({ parkSlots: [slot, second] }), [/^parkSlots\[1\]\.extension: this extension is already taken/])
  t.match(problemsWith({ parkSlots: [{ ...slot, site: 'leeds' }] }), [/^parkSlots\[0\]\.site: there is no site/])
})
