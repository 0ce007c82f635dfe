/** Who may call out, and whom a carrier and a colleague see, on the wire. SIPp plays phones and carrier. */
import t from 'tap'
import { Company } from './company.ts'
import { freePort } from './ports.ts'
import { skipWithout } from './programs.ts'
import { acknowledgeFailure, receive, respond } from './scenario.ts'
import { RingdownServer } from './server.ts'
import { runSipp } from './sipp.ts'
import { dial, SippPhones } from './sipp-phones.ts'

t.setTimeout(120_000)
const sipp = { skip: skipWithout('sipp') }

const company = new Company()
const domestic = company.person()
const confined = company.person({ callingPlan: 'emergency-only' })
const expensive = company.person({ callingPlan: 'premium' })
const listed = company.person({ callingPlan: 'international', outboundBlockList: ['+33'] })
const support = company.person({
  primaryNumber: '+442079460131',
  externalCallerId: { name: 'Support', number: '+442079460131' },
})
const shy = company.person({ primaryNumber: '+442079460132', blockCallerId: true })
const trunkPort = await freePort()
company.trunk(trunkPort)
const document = company.document()
const server = await RingdownServer.start({
  document: {
    ...document,
    account: { name: 'Acme', tollFraud: { minutesADay: { high: { each: 0 } } } },
    callingPlans: [{ id: 'premium', name: 'Premium', allow: ['GB', '+4490'] }],
  },
})
t.teardown(() => server.stopEmpty())
const phones = new SippPhones(server)

t.test('a calling plan, a list or a limit against toll fraud refuses with 403 and says which', sipp, async () => {
  for (const [caller, dialled, phrase] of [
    [domestic, '0033123456789', 'Calling Plan Does Not Allow This Number'],
    [confined, '02079460999', 'Calling Plan Does Not Allow This Number'],
    [domestic, '09098790000', 'Calling Plan Does Not Allow This Number'],
    [listed, '0033123456789', 'Number Blocked For Outgoing Calls'],
    [expensive, '09098790000', 'Minutes Of The Day Used Up'],
  ] as const) {
    await runSipp(
      `refused ${dialled}`,
      server.address,
      [
        ...dial(caller, dialled),
        receive(403, { check: [{ header: '', pattern: phrase }] }),
        acknowledgeFailure(caller, dialled, 'invite'),
      ],
      { port: await freePort() },
    )
  }
})

t.test('a code that nothing carries out is refused with its name', sipp, async () => {
  await runSipp(
    'feature code',
    server.address,
    [
      ...dial(domestic, '*44'),
      receive(501, { check: [{ header: '', pattern: 'Not Available By Code Yet: hot desk' }] }),
      acknowledgeFailure(domestic, '*44', 'invite'),
    ],
    { port: await freePort() },
  )
})

t.test('the carrier sees who calls, and whether it must hide him', sipp, async () => {
  for (const [caller, dialled, from, asserted, privacy] of [
    [support, '02079460999', 'Support.*sip:.442079460131@', 'Support.*sip:.442079460131@', ''],
    [support, '*6702079460999', 'anonymous@anonymous.invalid', 'sip:.442079460131@', 'id'],
    [shy, '02079460999', 'anonymous@anonymous.invalid', 'sip:.442079460132@', 'id'],
    [shy, '*8202079460999', 'sip:.442079460132@', 'sip:.442079460132@', ''],
  ] as const) {
    const check = [
      { header: 'From', pattern: from },
      { header: 'P-Asserted-Identity', pattern: asserted },
      ...(privacy === '' ? [] : [{ header: 'Privacy', pattern: privacy }]),
    ]
    await phones.run(
      `seen ${caller.id} ${dialled}`,
      [receive('INVITE', { check }), respond(404, 'Not Found'), receive('ACK')],
      trunkPort,
      [...dial(caller, dialled), receive(404), acknowledgeFailure(caller, dialled, 'invite')],
    )
  }
})
