import t from 'tap'
import type { CallOrder, CallOrderResult } from '../../../engine/control/protocol.ts'
import { startTestApplication } from '../../application-under-test.ts'

t.test('each address gives the engine its order, and what it answers is told', async (t) => {
  const application = await startTestApplication()
  t.teardown(() => application.close())
  const orders: CallOrder[] = []
  let result: CallOrderResult = { done: true, calls: ['one'] }
  const engine = application.services.engine as { callOrder: (order: CallOrder) => Promise<CallOrderResult> }
  engine.callOrder = async (order) => {
    orders.push(order)
    return result
  }
  const statuses: number[] = []
  for (const [method, url, body] of [
    ['POST', '/v1/calls', { user: 'anna', to: '1002' }],
    ['DELETE', '/v1/calls/one', undefined],
    ['POST', '/v1/calls/one/hold', { user: 'anna' }],
    ['POST', '/v1/calls/one/resume', { user: 'anna' }],
    ['POST', '/v1/calls/one/transfer', { user: 'anna', to: '+442079460101' }],
    ['POST', '/v1/calls/end-all', { user: 'anna' }],
  ] as const) {
    const answer = await application.ask(method, url, body)
    statuses.push(answer.statusCode)
    t.same(answer.json(), { calls: ['one'] }, url)
  }
  t.same(statuses, [202, 202, 202, 202, 202, 202])
  t.same(orders, [
    { order: 'dial', user: 'anna', to: '1002' },
    { order: 'hangUp', call: 'one' },
    { order: 'hold', call: 'one', user: 'anna' },
    { order: 'resume', call: 'one', user: 'anna' },
    { order: 'transfer', call: 'one', user: 'anna', to: '+442079460101' },
    { order: 'endAll', user: 'anna' },
  ])
  result = { done: false, problem: 'conflict', why: 'It is being transferred' }
  const refused = await application.ask('DELETE', '/v1/calls/one')
  t.equal(refused.statusCode, 409)
  t.match(refused.json(), { detail: 'It is being transferred' })
  result = { done: false, problem: 'not-found', why: 'There is no call one' }
  t.equal((await application.ask('DELETE', '/v1/calls/one')).statusCode, 404)
})

t.test('what is refused before the engine is asked', async (t) => {
  const application = await startTestApplication()
  t.teardown(() => application.close())
  t.equal((await application.ask('DELETE', '/v1/calls/one')).statusCode, 503, 'no engine answers')
  t.equal((await application.ask('POST', '/v1/calls', { user: 'anna' })).statusCode, 422)
  t.equal((await application.ask('POST', '/v1/calls', { user: 'anna', to: 'a b' })).statusCode, 422)
  t.equal((await application.ask('DELETE', '/v1/calls/one', undefined, { authorization: '' })).statusCode, 401)
})
