/** The building blocks without a server between: when this fails, the fault is in the test programs. */
import t from 'tap'
import { IncomingCall, OutgoingCall } from './call.ts'
import { Endpoint } from './endpoint.ts'
import { freePort, loopback } from './ports.ts'
import { skipWithout } from './programs.ts'
import * as step from './scenario.ts'
import { runSipp, Sipp } from './sipp.ts'

t.setTimeout(240_000)

const stranger = { userName: 'sipp', password: '', domain: 'north.test' }

t.test('SIPp calls SIPp, and the called one hangs up', { skip: skipWithout('sipp') }, async () => {
  const [callerPort, calleePort] = [await freePort(), await freePort()]
  const callee = await Sipp.start(
    'callee',
    { address: loopback, port: callerPort },
    [
      step.receive('INVITE', { dialog: true }),
      step.respond(180, 'Ringing'),
      step.respond(200, 'OK', { withSession: true }),
      step.receiveAcknowledgement(),
      step.calleeRequest('INVITE', { withSession: true }),
      step.receive(200),
      step.calleeRequest('ACK'),
      step.calleeRequest('BYE'),
      step.receive(200),
    ],
    { port: calleePort },
  )
  await runSipp(
    'caller',
    { address: loopback, port: calleePort },
    [
      step.sendInvite(stranger, '1002', { name: 'invite' }),
      step.receive(180),
      step.receive(200, { dialog: true }),
      step.callerRequest('ACK', stranger, '1002'),
      step.receive('INVITE'),
      step.respondInDialog(200, 'OK', { withSession: true }),
      step.receive('ACK'),
      step.receive('BYE'),
      step.respondInDialog(200, 'OK'),
    ],
    { port: callerPort },
  ).finally(() => callee.succeeded())
})

t.test('an endpoint calls an endpoint', async (t) => {
  const first = await freePort()
  const second = await freePort()
  const one = await Endpoint.openUdp({ address: loopback, port: second }, 'north.test', first)
  const two = await Endpoint.openUdp({ address: loopback, port: first }, 'north.test', second)
  t.teardown(() => Promise.all([one.close(), two.close()]))
  const outgoing = await OutgoingCall.start(one, '1002')
  const incoming = await IncomingCall.next(two)
  incoming.ring()
  await outgoing.status(180)
  incoming.answer()
  await outgoing.answered()
  await incoming.acknowledged()
  const [bye] = await Promise.all([outgoing.hangUp(), incoming.hungUp()])
  t.equal(bye.status, 200)
  t.same(one.faults, [])
})
