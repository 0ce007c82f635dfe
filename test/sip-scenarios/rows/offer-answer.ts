/** Sessions of every kind: what phones can agree on is theirs, what is no session never reaches one. */
import { receive } from '../../wire/scenario.ts'
import { CalledSide } from '../called-side.ts'
import { CallingSide } from '../calling-side.ts'
import type { PlayedScenario, ScenarioRow } from '../scenario-row.ts'
import { body, noBody, session, usual } from '../session.ts'

/** A call whose offer and answer arrive as they were. */
function passes(name: string, title: string, offer: readonly string[], seen: string): PlayedScenario {
  return {
    names: [name],
    title,
    async play(stage, carrier) {
      const [caller, callee] = [stage.person(), stage.person()]
      const [calling, phone] = [new CallingSide(caller, callee.extension), new CalledSide()]
      const arrived = { check: [{ header: '', pattern: seen }] }
      await stage.play(name, carrier, {
        called: [
          {
            device: callee,
            steps: [
              phone.invite(arrived),
              phone.answer(200, 'OK', { body: session(offer) }),
              ...phone.isCalled.slice(3),
            ],
          },
        ],
        calling: [...calling.dial({ body: session(offer) }), ...calling.answered(arrived)],
      })
    },
  }
}

/** A re-INVITE with this direction, answered by that one, and the call resumed. */
function holds(name: string, title: string, direction: string, answer: string): PlayedScenario {
  return {
    names: [name],
    title,
    async play(stage, carrier) {
      const [caller, callee] = [stage.person(), stage.person()]
      const [calling, phone] = [new CallingSide(caller, callee.extension), new CalledSide()]
      const turn = (own: string, other: string) => [
        ...phone.isReinvited(
          200,
          'OK',
          { body: session([...usual, `a=${other}`]) },
          { check: [{ header: '', pattern: `a=${own}` }] },
        ),
      ]
      const ask = (own: string, other: string) => [
        ...calling.reinvites(
          200,
          { body: session([...usual, `a=${own}`]) },
          { check: [{ header: '', pattern: `a=${other}` }] },
        ),
      ]
      await stage.play(name, carrier, {
        called: [
          {
            device: callee,
            steps: [...phone.picksUp, ...turn(direction, answer), ...turn('sendrecv', 'sendrecv'), ...phone.isHungUp],
          },
        ],
        calling: [...calling.talks(), ...ask(direction, answer), ...ask('sendrecv', 'sendrecv'), ...calling.hangUp()],
      })
    },
  }
}

/** An offer that the phone refuses: not reachable by it. */
function refused(name: string, title: string, media: readonly string[], seen: string): PlayedScenario {
  return {
    names: [name],
    title,
    async play(stage, carrier) {
      const [caller, callee] = [stage.person(), stage.person()]
      const [calling, phone] = [new CallingSide(caller, callee.extension), new CalledSide()]
      await stage.play(name, carrier, {
        called: [
          {
            device: callee,
            steps: [
              phone.invite({ check: [{ header: '', pattern: seen }] }),
              phone.answer(488, 'Not Acceptable Here'),
              receive('ACK'),
            ],
          },
        ],
        calling: [...calling.dial({ body: session(media) }), receive(480), calling.acknowledgeFailure()],
      })
    },
  }
}

const many = [
  'm=audio 32000 RTP/AVP 9 0 8 18 111 101',
  'a=rtpmap:9 G722/8000',
  'a=rtpmap:111 opus/48000/2',
  'a=fmtp:111 useinbandfec=1',
  'a=rtpmap:101 telephone-event/8000',
  'm=video 32010 RTP/AVP 96 97',
  'a=rtpmap:96 VP8/90000',
  'a=rtpmap:97 H264/90000',
]

export const offerAnswer: ScenarioRow = {
  area: 'Offer/answer',
  file: 'test/sip-scenarios/rows/offer-answer.ts',
  played: [
    {
      names: ['inv-without-sdp'],
      title: 'a late offer: the 200 offers, the ACK answers (RFC 3261 §13.2.1)',
      async play(stage, carrier) {
        const [caller, callee] = [stage.person(), stage.person()]
        const [calling, phone] = [new CallingSide(caller, callee.extension), new CalledSide()]
        const offered = { check: [{ header: '', pattern: 'm=audio 32000' }] }
        await stage.play('inv-without-sdp', carrier, {
          called: [
            {
              device: callee,
              steps: [
                phone.invite({ check: [{ header: 'Content-Length', pattern: '^ *0' }] }),
                phone.answer(200, 'OK'),
                phone.acknowledged({ check: [{ header: '', pattern: 'm=audio 32006' }] }),
                ...phone.isHungUp,
              ],
            },
          ],
          calling: [
            ...calling.dial({ body: noBody }),
            receive(200, { dialog: true, ...offered }),
            calling.acknowledge({ body: session(['m=audio 32006 RTP/AVP 0']) }),
            ...calling.hangUp(),
          ],
        })
      },
    },
    passes(
      'multiple fmts',
      'many codecs, parameters and a second stream pass as they are',
      many,
      'a=rtpmap:97 H264/90000',
    ),
    passes(
      'static-pt-no-rtpmap',
      'static payload types without rtpmap pass (RFC 3551 §6)',
      ['m=audio 32000 RTP/AVP 0 8'],
      'm=audio 32000 RTP/AVP 0 8',
    ),
    {
      names: ['err_sdp_bad_syntax'],
      title: 'what calls itself a session and is none: 400 that says so, and no phone rings',
      async play(stage, carrier) {
        const [caller, callee] = [stage.person(), stage.person()]
        const calling = new CallingSide(caller, callee.extension)
        await stage.play('err_sdp_bad_syntax', carrier, {
          calling: [
            calling.invite({ body: body('application/sdp', ['this is no session']) }),
            receive(400, { check: [{ header: '', pattern: '^SIP/2.0 400 .*(SDP|[Ss]ession|[Bb]ody)' }] }),
            calling.acknowledgeFailure(),
          ],
        })
      },
    },
    refused(
      'err_sdp_no_media',
      'a session without a stream is the phone’s to refuse: 488, 480 to the caller',
      [],
      't=0 0',
    ),
    refused(
      'err_sdp_unsupported_codec',
      'no codec in common: 488 from the phone, 480 to the caller',
      ['m=audio 32000 RTP/AVP 96', 'a=rtpmap:96 L16/44100/2'],
      'L16/44100',
    ),
    holds('hold', 'hold by sendonly, and resume (RFC 3264 §8.4)', 'sendonly', 'recvonly'),
    holds('hold_inactive', 'hold by inactive, and resume', 'inactive', 'inactive'),
  ],
  referred: [],
}
