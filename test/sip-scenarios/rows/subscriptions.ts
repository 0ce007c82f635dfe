/** Lamps, waiting messages and presence: what phones subscribe to, and what becomes of it (docs/lamps.md). */
import type { ReceiveOptions, ScenarioDevice, Step } from '../../wire/scenario.ts'
import { message, receive, talkFor } from '../../wire/scenario.ts'
import { CalledSide } from '../called-side.ts'
import { CallingSide } from '../calling-side.ts'
import type { ScenarioRow } from '../scenario-row.ts'
import { noBody } from '../session.ts'

/** A phone that watches somebody. */
class WatchingSide {
  readonly #device: ScenarioDevice
  readonly #extension: string
  #number = 0

  constructor(device: ScenarioDevice, extension: string) {
    this.#device = device
    this.#extension = extension
  }

  /** One SUBSCRIBE. `lines`: Event, Expires, Accept; `within`: in the dialog; `signs`: answers the challenge got last. */
  subscribe(lines: readonly string[], how: 'begins' | 'signs' | 'within'): Step {
    const number = ++this.#number
    const { userName, domain, password } = this.#device
    const uri = `sip:${this.#extension}@${domain}`
    return {
      ...(how === 'signs' ? { authorizationUri: `${this.#extension}@${domain}` } : {}),
      xml: () =>
        message(
          [
            `SUBSCRIBE ${how === 'within' ? '[next_url]' : uri} SIP/2.0`,
            'Via: SIP/2.0/[transport] [local_ip]:[local_port];rport;branch=[branch]',
            `From: <sip:${userName}@${domain}>;tag=[pid]w[call_number]`,
            `To: <${uri}>${how === 'within' ? '[peer_tag_param]' : ''}`,
            'Call-ID: [call_id]',
            `CSeq: ${number} SUBSCRIBE`,
            'Max-Forwards: 70',
            `Contact: <sip:${userName}@[local_ip]:[local_port];transport=[transport]>`,
            ...lines,
            ...(how === 'signs' ? [`[authentication username=${userName} password=${password}]`] : []),
            ...noBody,
          ],
          ' retrans="500"',
        ),
    }
  }

  /** Subscribes with its password, and is told the state. */
  begins(lines: readonly string[], told: ReceiveOptions): Step[] {
    return [
      this.subscribe(lines, 'begins'),
      receive(401, { challenge: true }),
      this.subscribe(lines, 'signs'),
      receive(200, { dialog: true, check: [{ header: 'Expires', pattern: '^ *[0-9]' }] }),
      ...this.told(told),
    ]
  }

  told(options: ReceiveOptions, status = '200 OK'): Step[] {
    const answer = [`SIP/2.0 ${status}`, '[last_Via:]', '[last_From:]', '[last_To:]', '[last_Call-ID:]', '[last_CSeq:]']
    return [receive('NOTIFY', options), { xml: () => message([...answer, ...noBody]) }]
  }
}

const lamp = ['Event: dialog', 'Expires: 600']
const dark: ReceiveOptions = {
  check: [
    { header: 'Subscription-State', pattern: '^ *active;expires=' },
    { header: '', pattern: 'state="full"' },
  ],
}
const shows = (state: string): ReceiveOptions => ({
  check: [
    { header: '', pattern: `<state>${state}</state>` },
    { header: '', pattern: 'call-id=' },
  ],
})

export const subscriptions: ScenarioRow = {
  area: 'Subscriptions',
  file: 'test/sip-scenarios/rows/subscriptions.ts',
  played: [
    {
      names: ['below_min_expiry', 'no_event_header', 'unknown_event_package'],
      title: 'refused before any challenge: 423 with Min-Expires, 489 with Allow-Events (RFC 6665 §4.2.1.1)',
      carriers: ['UDP'],
      async play(stage, carrier) {
        const [watcher, watched] = [stage.person(), stage.person()]
        const phone = new WatchingSide(watcher, watched.extension)
        const events = { check: [{ header: 'Allow-Events', pattern: 'dialog, message-summary, presence' }] }
        await stage.play('refused subscriptions', carrier, {
          calling: [
            phone.subscribe(['Event: dialog', 'Expires: 59'], 'begins'),
            receive(423, { check: [{ header: 'Min-Expires', pattern: '^ *60' }] }),
            phone.subscribe([], 'begins'),
            receive(489, events),
            phone.subscribe(['Event: conference'], 'begins'),
            receive(489, events),
          ],
        })
      },
    },
    {
      names: ['large Accept list', 'blf'],
      title: 'a lamp shows a call tried, ringing, answered and over, each time the whole state (RFC 4235)',
      async play(stage, carrier) {
        const [watcher, caller, callee] = [stage.person(), stage.person(), stage.person()]
        const phone = new WatchingSide(watcher, callee.extension)
        const accepted = Array.from({ length: 60 }, (_, index) => `application/x-type-${index}`).join(', ')
        const watching = await stage.startCalling('lamp', carrier, {
          calling: [
            ...phone.begins([...lamp, `Accept: ${accepted}, application/dialog-info+xml`], dark),
            ...phone.told(shows('trying')),
            ...phone.told(shows('early')),
            ...phone.told(shows('confirmed')),
            ...phone.told({ ...dark, absent: [] }),
            phone.subscribe(['Event: dialog', 'Expires: 0'], 'within'),
            receive(200),
            ...phone.told({ check: [{ header: 'Subscription-State', pattern: '^ *terminated;reason=timeout' }] }),
          ],
        })
        try {
          const [calling, called] = [new CallingSide(caller, callee.extension), new CalledSide()]
          const [invite, ringing, answer, acknowledged] = called.picksUp
          await stage.play('lamp', carrier, {
            called: [
              {
                device: callee,
                steps: [invite!, talkFor(300), ringing!, talkFor(300), answer!, acknowledged!, ...called.isHungUp],
              },
            ],
            calling: [...calling.talks(), talkFor(300), calling.within('BYE'), receive(200)],
          })
          await watching.succeeded()
        } finally {
          await watching.stop()
        }
      },
    },
    {
      names: ['mwi'],
      title: 'the lamp of the own mailbox says that nothing waits (RFC 3842)',
      carriers: ['UDP'],
      async play(stage, carrier) {
        const watcher = stage.person()
        const phone = new WatchingSide(watcher, watcher.extension)
        await stage.play('mwi', carrier, {
          calling: phone.begins(['Event: message-summary'], {
            check: [
              { header: '', pattern: 'Messages-Waiting: no' },
              { header: 'Content-Type', pattern: 'application/simple-message-summary' },
            ],
          }),
        })
      },
    },
    {
      names: ['subscribe-refresh-481', 'terminated-retry'],
      title:
        'a NOTIFY answered 481 ends the subscription: its refresh gets 481, and a new one is taken (RFC 6665 §4.2.2)',
      async play(stage, carrier) {
        const [watcher, watched] = [stage.person(), stage.person()]
        const phone = new WatchingSide(watcher, watched.extension)
        const [, , , accepted] = phone.begins(lamp, dark)
        await stage.play('subscribe-refresh-481', carrier, {
          calling: [
            phone.subscribe(lamp, 'begins'),
            receive(401, { challenge: true }),
            phone.subscribe(lamp, 'signs'),
            accepted!,
            ...phone.told(dark, '481 Subscription Does Not Exist'),
            phone.subscribe(lamp, 'within'),
            receive(481),
            phone.subscribe(lamp, 'begins'),
            receive(401, { challenge: true }),
            phone.subscribe(lamp, 'signs'),
            receive(200),
            ...phone.told(dark),
          ],
        })
      },
    },
  ],
  referred: [
    {
      names: ['late-notify'],
      file: 'engine/calls/lamps.test.ts',
      test: 'RFC 6665 §4.2.2: one NOTIFY under way; the next has the newest state',
      why: 'what a late answer holds up needs a clock that can be stopped',
    },
    {
      names: ['restart'],
      file: 'test/phones/lamps.test.ts',
      test: 'baresip watches presence and its mailbox, before and after a crash',
      why: 'the server of these scenarios is not killed',
    },
  ],
}
