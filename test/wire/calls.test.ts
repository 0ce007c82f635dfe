/** Calls between real SIPp phones and a real SIPp trunk. */
import t from 'tap'
import { Company } from './company.ts'
import { freePort, loopback } from './ports.ts'
import { skipWithout } from './programs.ts'
import type { ScenarioDevice } from './scenario.ts'
import {
  acknowledgeFailure,
  calleeRequest,
  callerRequest,
  receive,
  respond,
  respondCancelled,
  respondInDialog,
  sendCancel,
  sendInvite,
  talkFor,
} from './scenario.ts'
import { RingdownServer } from './server.ts'
import { runSipp, Sipp } from './sipp.ts'
import { answered, dial, SippPhones } from './sipp-phones.ts'

t.setTimeout(240_000)

const company = new Company()
const callers = Array.from({ length: 20 }, () => company.person())
const callees = Array.from({ length: 20 }, () => company.person())
const nextCaller = (): ScenarioDevice => callers.pop()!
const nextCallee = (): (typeof callees)[number] => callees.pop()!
const southern = company.person({ pbx: 'south' })
const guarded = company.person({ blockList: { callers: [callers[0]!.extension] } })
const blocked = callers.shift()!
const heir = company.person()
const forwarding = company.person({ forwarding: { all: { to: { user: heir.id } } } })
const outside = '+442079460100'
const reachedFromOutside = company.person({ primaryNumber: outside })
const sipp = { skip: skipWithout('sipp') }
const trunkPort = await freePort()
company.trunk(trunkPort)
const server = await RingdownServer.start({ document: company.document() })
t.teardown(() => server.stopEmpty())
const phones = new SippPhones(server)
const registered = phones.registered.bind(phones)
const run = phones.run.bind(phones)

t.test('a call is answered, and the caller hangs up', sipp, async () => {
  const [caller, callee] = [nextCaller(), nextCallee()]
  await run('caller hangs up', [...answered, receive('BYE'), respondInDialog(200, 'OK')], await registered(callee), [
    ...dial(caller, callee.extension),
    receive(180),
    receive(200, { dialog: true, check: [{ header: '', pattern: 'm=audio 32000' }] }),
    callerRequest('ACK', caller, callee.extension),
    callerRequest('BYE', caller, callee.extension),
    receive(200),
  ])
})

t.test('a call is answered, and the called one hangs up', sipp, async () => {
  const [caller, callee] = [nextCaller(), nextCallee()]
  await run('callee hangs up', [...answered, calleeRequest('BYE'), receive(200)], await registered(callee), [
    ...dial(caller, callee.extension),
    receive(180),
    receive(200, { dialog: true }),
    callerRequest('ACK', caller, callee.extension),
    receive('BYE'),
    respondInDialog(200, 'OK'),
  ])
})

t.test('a busy phone: 486', sipp, async () => {
  const [caller, callee] = [nextCaller(), nextCallee()]
  await run('busy', [receive('INVITE'), respond(486, 'Busy Here'), receive('ACK')], await registered(callee), [
    ...dial(caller, callee.extension),
    receive(486),
    acknowledgeFailure(caller, callee.extension, 'invite'),
  ])
})

t.test('a declining phone: 603 becomes 486, for a 6xx never leaves the user', sipp, async () => {
  const [caller, callee] = [nextCaller(), nextCallee()]
  await run(
    'declined',
    [receive('INVITE'), respond(180, 'Ringing'), respond(603, 'Decline'), receive('ACK')],
    await registered(callee),
    [
      ...dial(caller, callee.extension),
      receive(180, { optional: true }),
      receive(486),
      acknowledgeFailure(caller, callee.extension, 'invite'),
    ],
  )
})

t.test('a caller gives up: the phone gets CANCEL, the caller 487', sipp, async () => {
  const [caller, callee] = [nextCaller(), nextCallee()]
  await run(
    'cancelled',
    [
      receive('INVITE'),
      respond(180, 'Ringing'),
      receive('CANCEL'),
      respond(200, 'OK'),
      respondCancelled(),
      receive('ACK'),
    ],
    await registered(callee),
    [
      ...dial(caller, callee.extension),
      receive(180),
      sendCancel(caller, callee.extension, 'invite'),
      receive(200),
      receive(487),
      acknowledgeFailure(caller, callee.extension, 'invite'),
    ],
  )
})

t.test('nobody answers: CANCEL after the no-answer time, 480 to the caller', sipp, async () => {
  const [caller, callee] = [nextCaller(), nextCallee()]
  await run(
    'no answer',
    [
      receive('INVITE'),
      respond(180, 'Ringing'),
      receive('CANCEL'),
      respond(200, 'OK'),
      respondCancelled(),
      receive('ACK'),
    ],
    await registered(callee),
    [
      ...dial(caller, callee.extension),
      receive(180),
      receive(480),
      acknowledgeFailure(caller, callee.extension, 'invite'),
    ],
  )
})

t.test('a user without a registered phone: 480', sipp, async () => {
  const [caller, callee] = [nextCaller(), nextCallee()]
  await runSipp(
    'not registered',
    server.address,
    [...dial(caller, callee.extension), receive(480), acknowledgeFailure(caller, callee.extension, 'invite')],
    { port: await freePort() },
  )
})

t.test('an extension nobody has: 404', sipp, async () => {
  const caller = nextCaller()
  await runSipp(
    'unknown extension',
    server.address,
    [...dial(caller, '7999'), receive(404), acknowledgeFailure(caller, '7999', 'invite')],
    { port: await freePort() },
  )
})

t.test('dial code and extension reach the other PBX', sipp, async () => {
  const caller = callers.pop()!
  const dialled = `22${southern.extension}`
  await run(
    'dial code',
    [
      receive('INVITE', { dialog: true, check: [{ header: 'From', pattern: `sip:21${caller.extension}@` }] }),
      ...answered.slice(1),
      receive('BYE'),
      respondInDialog(200, 'OK'),
    ],
    await registered(southern),
    [
      ...dial(caller, dialled),
      receive(180),
      receive(200, { dialog: true }),
      callerRequest('ACK', caller, dialled),
      callerRequest('BYE', caller, dialled),
      receive(200),
    ],
  )
})

t.test('a blocked caller: 486, and no phone rings', sipp, async () => {
  const port = await registered(guarded)
  const phone = await Sipp.start('blocked: must not ring', server.address, [receive('INVITE')], {
    port,
    receiveTimeout: 60_000,
  })
  await runSipp(
    'blocked',
    server.address,
    [...dial(blocked, guarded.extension), receive(486), acknowledgeFailure(blocked, guarded.extension, 'invite')],
    { port: await freePort() },
  )
  const rang = !phone.running
  const seen = await phone.stop()
  if (rang || seen.includes('INVITE sip:')) throw new Error(`The phone rang\n${seen}`)
})

t.test('forward all: the other user rings, and is told by whom it was forwarded', sipp, async () => {
  const caller = nextCaller()
  await run(
    'forward all',
    [
      receive('INVITE', {
        dialog: true,
        check: [{ header: 'Diversion', pattern: `sip:${forwarding.extension}@.*reason=unconditional` }],
      }),
      ...answered.slice(1),
      receive('BYE'),
      respondInDialog(200, 'OK'),
    ],
    await registered(heir),
    [
      ...dial(caller, forwarding.extension),
      receive(180),
      receive(200, { dialog: true }),
      callerRequest('ACK', caller, forwarding.extension),
      callerRequest('BYE', caller, forwarding.extension),
      receive(200),
    ],
  )
})

t.test('re-INVITE of the caller', sipp, async () => {
  const [caller, callee] = [nextCaller(), nextCallee()]
  await run(
    're-INVITE of the caller',
    [
      ...answered,
      receive('INVITE'),
      respondInDialog(200, 'OK', { withSession: true }),
      receive('ACK'),
      receive('BYE'),
      respondInDialog(200, 'OK'),
    ],
    await registered(callee),
    [
      ...dial(caller, callee.extension),
      receive(180),
      receive(200, { dialog: true }),
      callerRequest('ACK', caller, callee.extension),
      callerRequest('INVITE', caller, callee.extension, { withSession: true }),
      receive(100, { optional: true }),
      receive(200),
      callerRequest('ACK', caller, callee.extension),
      callerRequest('BYE', caller, callee.extension),
      receive(200),
    ],
  )
})

t.test('re-INVITE of the called one', sipp, async () => {
  const [caller, callee] = [nextCaller(), nextCallee()]
  await run(
    're-INVITE of the called one',
    [
      ...answered,
      // Before the caller's own ACK has arrived it would be 491, rightly (RFC 3261 §14.2).
      talkFor(500),
      calleeRequest('INVITE', { withSession: true }),
      receive(100, { optional: true }),
      receive(200),
      calleeRequest('ACK'),
      receive('BYE'),
      respondInDialog(200, 'OK'),
    ],
    await registered(callee),
    [
      ...dial(caller, callee.extension),
      receive(180),
      receive(200, { dialog: true }),
      callerRequest('ACK', caller, callee.extension),
      receive('INVITE'),
      respondInDialog(200, 'OK', { withSession: true }),
      receive('ACK'),
      callerRequest('BYE', caller, callee.extension),
      receive(200),
    ],
  )
})

t.test('a late offer: the 200 offers, the ACK answers', sipp, async () => {
  const [caller, callee] = [nextCaller(), nextCallee()]
  await run(
    'late offer',
    [
      receive('INVITE', { dialog: true, check: [{ header: 'Content-Length', pattern: '^ *0' }] }),
      respond(180, 'Ringing'),
      respond(200, 'OK', { withSession: true }),
      receive('ACK', { check: [{ header: '', pattern: 'm=audio 32000' }] }),
      receive('BYE'),
      respondInDialog(200, 'OK'),
    ],
    await registered(callee),
    [
      ...dial(caller, callee.extension, { late: true }),
      receive(180),
      receive(200, { dialog: true, check: [{ header: '', pattern: 'm=audio 32000' }] }),
      callerRequest('ACK', caller, callee.extension, { withSession: true }),
      callerRequest('BYE', caller, callee.extension),
      receive(200),
    ],
  )
})

const carrier: ScenarioDevice = { userName: '+15550100', password: '', domain: loopback }

t.test('from the trunk to a number, and out by the trunk', sipp, async (t) => {
  await t.test('a call from the trunk reaches the owner of the number', async () => {
    await run(
      'from outside',
      [
        receive('INVITE', { dialog: true, check: [{ header: 'From', pattern: 'sip:[+]15550100@' }] }),
        ...answered.slice(1),
        receive('BYE'),
        respondInDialog(200, 'OK'),
      ],
      await registered(reachedFromOutside),
      [
        sendInvite(carrier, outside, { name: 'invite' }),
        receive(100, { optional: true }),
        receive(180),
        receive(200, { dialog: true }),
        callerRequest('ACK', carrier, outside),
        callerRequest('BYE', carrier, outside),
        receive(200),
      ],
      { port: trunkPort },
    )
  })

  await t.test('a number of ours that nobody has, and one that is not ours: 404', async () => {
    await runSipp(
      'no such number',
      server.address,
      [
        sendInvite(carrier, '+442079460199', { name: 'invite' }),
        receive(404),
        acknowledgeFailure(carrier, '+442079460199', 'invite'),
      ],
      { port: trunkPort },
    )
  })

  await t.test('a call to an outside number leaves by the trunk', async () => {
    const caller = nextCaller()
    await run(
      'out by the trunk',
      [
        receive('INVITE', { dialog: true, check: [{ header: '', pattern: '^INVITE sip:[+]442079460200@' }] }),
        ...answered.slice(1),
        receive('BYE'),
        respondInDialog(200, 'OK'),
      ],
      trunkPort,
      [
        ...dial(caller, '02079460200'),
        receive(180),
        receive(200, { dialog: true }),
        callerRequest('ACK', caller, '02079460200'),
        callerRequest('BYE', caller, '02079460200'),
        receive(200),
      ],
    )
  })

  await t.test("the trunk's own failure is passed on", async () => {
    const caller = nextCaller()
    await run('trunk failure', [receive('INVITE'), respond(404, 'Not Found'), receive('ACK')], trunkPort, [
      ...dial(caller, '02079460201'),
      receive(404),
      acknowledgeFailure(caller, '02079460201', 'invite'),
    ])
  })
})

t.test('an INVITE from a stranger is challenged and goes nowhere', sipp, async () => {
  const stranger: ScenarioDevice = { userName: 'stranger', password: '', domain: 'north.test' }
  await runSipp(
    'stranger',
    server.address,
    [
      sendInvite(stranger, outside, { name: 'invite' }),
      receive(401, { check: [{ header: 'WWW-Authenticate', pattern: 'realm="north.test"' }] }),
      acknowledgeFailure(stranger, outside, 'invite'),
    ],
    { port: await freePort() },
  )
})

t.test('a caller with a wrong password is refused', sipp, async () => {
  const caller = { ...nextCaller(), password: 'a guess' }
  await runSipp(
    'wrong password',
    server.address,
    [...dial(caller, heir.extension).slice(0, 4), receive(401), acknowledgeFailure(caller, heir.extension, 'invite')],
    { port: await freePort() },
  )
})

t.test('a call over TCP to a phone on UDP', sipp, async () => {
  const [caller, callee] = [nextCaller(), nextCallee()]
  await run(
    'TCP',
    [...answered, receive('BYE'), respondInDialog(200, 'OK')],
    await registered(callee),
    [
      ...dial(caller, callee.extension),
      receive(180),
      receive(200, { dialog: true }),
      callerRequest('ACK', caller, callee.extension),
      callerRequest('BYE', caller, callee.extension),
      receive(200),
    ],
    { transport: 'TCP' },
  )
})
