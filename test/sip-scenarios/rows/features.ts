/** What people do with calls by codes. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { ScenarioDevice, Step } from '../../wire/scenario.ts'
import { message, receive, talkFor } from '../../wire/scenario.ts'
import { CalledSide } from '../called-side.ts'
import { CallingSide } from '../calling-side.ts'
import type { ScenarioRow } from '../scenario-row.ts'
import { noBody } from '../session.ts'
import type { Stage } from '../stage.ts'

const completedElsewhere = {
  check: [{ header: 'Reason', pattern: 'SIP;cause=200;text="Call completed elsewhere"' }],
}

/** Waits until this extension is called. */
async function rings(stage: Stage, extension: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const calls = await stage.server.calls()
    if (calls.some(({ dialled }) => dialled === extension)) return
    await sleep(50)
  }
  throw new Error(`Nobody calls ${extension}`)
}

const answerOk = [
  'SIP/2.0 200 OK',
  '[last_Via:]',
  '[last_From:]',
  '[last_To:];tag=m',
  '[last_Call-ID:]',
  '[last_CSeq:]',
]

/** One MESSAGE; the second answers the challenge of the first. */
function writes({ userName, domain, password }: ScenarioDevice, extension: string, number: 1 | 2): Step {
  const uri = `sip:${extension}@${domain}`
  return {
    ...(number === 2 ? { authorizationUri: `${extension}@${domain}` } : {}),
    xml: () =>
      message(
        [
          `MESSAGE ${uri} SIP/2.0`,
          'Via: SIP/2.0/[transport] [local_ip]:[local_port];rport;branch=[branch]',
          `From: <sip:${userName}@${domain}>;tag=[pid]m[call_number]`,
          `To: <${uri}>`,
          'Call-ID: [call_id]',
          `CSeq: ${number} MESSAGE`,
          'Max-Forwards: 70',
          ...(number === 2 ? [`[authentication username=${userName} password=${password}]`] : []),
          'Content-Type: text/plain',
          'Content-Length: [len]',
          '',
          'lunch at one?',
        ],
        ' retrans="500"',
      ),
  }
}

export const features: ScenarioRow = {
  area: 'Features',
  file: 'test/sip-scenarios/rows/features.ts',
  played: [
    {
      names: ['call_pickup'],
      title: 'a call that rings at a colleague is taken by ** and his extension: his phone gets CANCEL with the reason',
      async play(stage, carrier) {
        const [caller, callee, taker] = [stage.person(), stage.person(), stage.person()]
        const [calling, phone] = [new CallingSide(caller, callee.extension), new CalledSide()]
        const taking = new CallingSide(taker, `**${callee.extension}`)
        const shown = { check: [{ header: 'P-Asserted-Identity', pattern: `sip:${caller.extension}@` }] }
        const called = await stage.startCalled('call_pickup', carrier, {
          device: callee,
          steps: [...phone.rings, ...phone.cancelled(completedElsewhere)],
        })
        const call = await stage.startCalling('call_pickup', carrier, {
          calling: [
            ...calling.dial(),
            receive(180),
            receive(200, { dialog: true }),
            calling.acknowledge(),
            talkFor(500),
            ...calling.hangUp(),
          ],
        })
        await rings(stage, callee.extension)
        const taken = await stage.startCalling('call_pickup: taken', carrier, {
          calling: [
            ...taking.dial(),
            receive(200, { dialog: true, ...shown }),
            taking.acknowledge(),
            ...new CalledSide().isHungUp,
          ],
        })
        for (const side of [taken, call, called]) await side.succeeded()
      },
    },
    {
      names: ['MESSAGE'],
      title: 'somebody writes: 202, and the phone of the recipient gets the text, who wrote it and when (RFC 3428)',
      async play(stage, carrier) {
        const [writer, reader] = [stage.person(), stage.person()]
        const got = await stage.startCalled('MESSAGE', carrier, {
          device: reader,
          steps: [
            receive('MESSAGE', {
              check: [
                { header: 'From', pattern: `sip:${writer.extension}@` },
                { header: 'Date', pattern: ' GMT' },
                { header: 'Content-Type', pattern: 'text/plain' },
                { header: '', pattern: 'lunch at one' },
              ],
            }),
            { xml: () => message([...answerOk, ...noBody]) },
          ],
        })
        const wrote = await stage.startCalling('MESSAGE', carrier, {
          calling: [
            writes(writer, reader.extension, 1),
            receive(401, { challenge: true }),
            writes(writer, reader.extension, 2),
            receive(202),
          ],
        })
        for (const side of [wrote, got]) await side.succeeded()
      },
    },
  ],
  referred: [
    {
      names: ['call_pickup (real phones)'],
      file: 'test/phones/features.test.ts',
      test: 'a call that rings at baresip is picked up by linphone',
      why: 'linphone and baresip, with sound',
    },
    {
      names: ['MESSAGE (real phones)'],
      file: 'test/browser/sip-js.test.ts',
      test: 'linphone and a page write to each other, and to whoever comes later',
      why: 'linphone by TCP, SIP.js in Chromium by WS and WSS',
    },
    {
      names: ['MESSAGE (to a group)'],
      file: 'engine/calls/messages/messages.test.ts',
      test: 'a message to a group goes to each of its members once, and waits for those who are away',
      why: 'a crash in between needs a clock that can be stopped',
    },
    {
      names: ['call waiting'],
      file: 'test/phones/features.test.ts',
      test: 'call waiting: a second call rings at baresip, and is taken while the first waits',
      why: 'linphone and baresip, with sound',
    },
    {
      names: ['do not disturb'],
      file: 'test/phones/features.test.ts',
      test: 'do not disturb, by code: nothing rings; and off again',
      why: 'baresip dials the code, linphone calls',
    },
    {
      names: ['park and fetch'],
      file: 'test/phones/features.test.ts',
      test: 'parked by linphone, fetched by baresip',
      why: 'linphone and baresip, with sound',
    },
    {
      names: ['one_touch_recording', 'automixmon'],
      file: 'engine/calls/sound/call-recording.test.ts',
      test: 'on demand: *1 starts, and stops; other keys and other people do not',
      why: 'keys are told by a media process that the test plays',
    },
  ],
}
