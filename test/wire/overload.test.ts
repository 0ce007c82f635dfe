/** More calls than are taken, scanners, and who is served all the same (docs/overload.md). */
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { ControlClient } from '../../engine/control/client.ts'
import { IncomingCall, OutgoingCall } from './call.ts'
import { Company } from './company.ts'
import { headerValue } from './message.ts'
import { registeredPhone, signedIn, stranger } from './phones.ts'
import { freePort } from './ports.ts'
import { RingdownServer } from './server.ts'

t.setTimeout(60_000)

const company = new Company()
const [called, talker, frightened, deactivated] = [
  company.person({ primaryNumber: '+442079460101' }),
  company.person(),
  company.person(),
  company.person({ active: false }),
]
const [trunkPort, emergencyPort] = [await freePort(), await freePort()]
company.trunk(trunkPort)
company.trunk(emergencyPort, { emergency: 'first', prefixes: [] })
const server = await RingdownServer.start({
  document: company.document(),
  environment: { RINGDOWN_CALL_RATE: '1', RINGDOWN_LOG_LEVEL: 'info' },
})
t.teardown(() => server.stopEmpty())

async function gate() {
  const client = await ControlClient.open(server.dataFolder)
  try {
    return (await client.metrics()).gate
  } finally {
    client.close()
  }
}

t.test(
  'past the rate new calls get 503 with Retry-After; what is in progress, emergency and phones go on',
  async (t) => {
    const carrier = await stranger(t, server, undefined, trunkPort)
    const phone = await registeredPhone(t, server, called)
    const scared = await registeredPhone(t, server, frightened)
    const inactive = await registeredPhone(t, server, deactivated)
    const outgoing = await OutgoingCall.start(carrier, '+442079460101')
    const incoming = await IncomingCall.next(phone)
    incoming.answer()
    await Promise.all([outgoing.answered(), incoming.acknowledged()])

    const refused = await Promise.all(Array.from({ length: 5 }, () => OutgoingCall.start(carrier, '+442079460101')))
    for (const call of refused) {
      const answer = await call.final()
      t.equal(answer.status, 503)
      t.match(headerValue(answer, 'Retry-After'), /^[2-6]$/)
      t.match(headerValue(answer, 'To'), /;tag=/)
    }
    const counted = await gate()
    t.ok(counted.overRate >= 5, `${counted.overRate} turned away`)

    for (const caller of [scared, inactive]) {
      const service = await stranger(t, server, undefined, emergencyPort)
      const call = await OutgoingCall.start(caller, '999')
      const answering = await IncomingCall.next(service)
      t.match(answering.invite.requestUri, /^sip:999@/)
      answering.answer()
      await Promise.all([call.answered(), answering.acknowledged()])
      await Promise.all([call.hangUp(), answering.hungUp()])
      await service.close()
    }
    t.equal((await gate()).emergency - counted.emergency, 4, 'each a call without and one with a password')
    t.equal((await scared.register()).status, 200, 'a known phone registers again')

    const [bye] = await Promise.all([outgoing.hangUp(), incoming.hungUp()])
    t.equal(bye.status, 200)
    await server.printed(/Requests are turned away/)
  },
)

t.test('an emergency call of a trunk or stranger is a call like any other', async (t) => {
  const carrier = await stranger(t, server, undefined, trunkPort)
  const nobody = await signedIn(t, server, talker)
  // The rate gives one a second: the first takes it.
  const calls = await Promise.all(Array.from({ length: 4 }, () => OutgoingCall.start(carrier, '999')))
  const finals = await Promise.all(calls.map((call) => call.final()))
  t.ok(finals.filter(({ status }) => status === 503).length >= 3)
  // Its From names a phone, but none of that name is registered; others are, from the same address.
  const before = await gate()
  const call = nobody.start(nobody.compose('INVITE', 'sip:999@north.test', { from: '<sip:x@north.test>;tag=x' }))
  t.equal((await call.final()).status, 401)
  t.equal((await gate()).emergency, before.emergency + 1)
})

t.test('scanners get no answer', async (t) => {
  const scanner = await stranger(t, server)
  const ask = (userAgent: string) =>
    scanner.request('OPTIONS', 'sip:100@north.test', { headers: [['User-Agent', userAgent]] })
  const before = (await gate()).scanners
  const scan = await ask('friendly-scanner')
  const honest = await ask('Desk Phone 1.0')
  t.equal((await honest.final()).status, 200)
  await sleep(100)
  t.equal(scan.responses.length, 0)
  t.ok((await gate()).scanners > before)
  scan.stop()
})
