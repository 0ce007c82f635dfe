import t from 'tap'
import type { Binding } from './binding.ts'
import { keepsFlow, oneFlowEach, outboundWish } from './outbound.ts'

t.test('what a REGISTER says of outbound', async (t) => {
  t.equal(outboundWish([], []), 'no')
  t.equal(outboundWish(['path, gruu'], ['path']), 'no')
  t.equal(outboundWish(['path', 'gruu ,Outbound'], []), 'supported')
  t.equal(outboundWish(['outbound'], ['outbound']), 'required')
})

t.test('a flow leads back to the phone directly or by a proxy that says so', async (t) => {
  t.ok(keepsFlow('', 1))
  t.notOk(keepsFlow('', 2), 'a proxy without Path')
  t.notOk(keepsFlow('<sip:edge.example;lr>', 2))
  t.ok(keepsFlow('<sip:edge.example;lr;ob>', 2))
  t.ok(keepsFlow('<sip:core.example;lr>, <sip:edge.example;lr;ob>', 3), 'the last one is the first that the phone met')
  t.notOk(keepsFlow('<sip:core.example;lr;ob>, <sip:edge.example;lr>', 3))
})

t.test('of the flows of one phone the one that can be reached is used, and of those the newest', async (t) => {
  const target = {}
  const flow = (serial: number, parts: object) =>
    ({ serial, instanceId: 'a', regId: serial, expiresAt: 100, target, ...parts }) as unknown as Binding
  const used = (...bindings: Binding[]) => oneFlowEach(bindings).map(({ serial }) => serial)
  t.same(used(flow(1, {}), flow(2, {})), [2])
  t.same(used(flow(1, { expiresAt: 200 }), flow(2, {})), [1])
  t.same(used(flow(1, {}), flow(2, { expiresAt: 200, target: null })), [1])
  t.same(used(flow(1, { target: null }), flow(2, { target: null })), [2], 'one is kept, to be waited for')
  t.same(used(flow(1, {}), flow(2, { instanceId: 'b' })), [1, 2], 'two phones')
  t.same(used(flow(1, { regId: 0 }), flow(2, { regId: 0 })), [1, 2], 'two contacts without flows')
  t.same(used(flow(1, { instanceId: '' }), flow(2, { instanceId: '' })), [1, 2])
})
