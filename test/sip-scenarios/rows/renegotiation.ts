/** New offers inside a call: one after the other, both at once, and at the wrong moment. */
import { receive, talkFor } from '../../wire/scenario.ts'
import { CalledSide } from '../called-side.ts'
import { CallingSide } from '../calling-side.ts'
import type { ScenarioRow } from '../scenario-row.ts'
import { noBody, session, usual } from '../session.ts'

const video = ['m=video 32010 RTP/AVP 96', 'a=rtpmap:96 VP8/90000']
const withVideo = session([...usual, ...video])

export const renegotiation: ScenarioRow = {
  area: 'Re-INVITE / UPDATE',
  file: 'test/sip-scenarios/rows/renegotiation.ts',
  played: [
    {
      names: ['reinvite-overlap'],
      title: 'a second re-INVITE while the first is open: 500 with Retry-After; the first is answered (RFC 3261 §14.2)',
      async play(stage, carrier) {
        const [caller, callee] = [stage.person(), stage.person()]
        const [calling, phone] = [new CallingSide(caller, callee.extension), new CalledSide()]
        const dial = [...calling.dial(), receive(180), receive(200, { dialog: true }), calling.acknowledge()]
        const first = calling.within('INVITE')
        const { inviteNumber } = calling
        const second = calling.within('INVITE')
        await stage.play('reinvite-overlap', carrier, {
          called: [
            {
              device: callee,
              steps: [
                ...phone.picksUp,
                phone.reinvite(),
                talkFor(400),
                phone.replyToReinvite(200, 'OK'),
                receive('ACK'),
                ...phone.isHungUp,
              ],
            },
          ],
          calling: [
            ...dial,
            first,
            receive(100),
            second,
            receive(100, { optional: true }),
            receive(500, { check: [{ header: 'Retry-After', pattern: '[0-9]' }] }),
            calling.acknowledgeRefusal(),
            receive(200, { check: [{ header: 'CSeq', pattern: `${inviteNumber} INVITE` }] }),
            calling.acknowledge({ cseq: inviteNumber }),
            ...calling.hangUp(),
          ],
        })
      },
    },
    {
      names: ['reinv-glare'],
      title: 'both offer at once: 491 to the phone while the caller’s offer is open (RFC 3261 §14.2)',
      async play(stage, carrier) {
        const [caller, callee] = [stage.person(), stage.person()]
        const [calling, phone] = [new CallingSide(caller, callee.extension), new CalledSide()]
        await stage.play('reinv-glare', carrier, {
          called: [
            {
              device: callee,
              steps: [
                ...phone.picksUp,
                phone.reinvite(),
                phone.within('INVITE'),
                receive(100, { optional: true }),
                receive(491),
                phone.acknowledgeRefusal(),
                phone.replyToReinvite(200, 'OK'),
                receive('ACK'),
                ...phone.isHungUp,
              ],
            },
          ],
          calling: [...calling.talks(), ...calling.reinvites(200), ...calling.hangUp()],
        })
      },
    },
    {
      names: ['reinvite_pending'],
      title: 'the phone answers 491 of its own: the caller gets it, and his next try is taken (RFC 3261 §14.1)',
      async play(stage, carrier) {
        const [caller, callee] = [stage.person(), stage.person()]
        const [calling, phone] = [new CallingSide(caller, callee.extension), new CalledSide()]
        await stage.play('reinvite_pending', carrier, {
          called: [
            {
              device: callee,
              steps: [
                ...phone.picksUp,
                ...phone.isReinvited(491, 'Request Pending'),
                ...phone.isReinvited(200, 'OK'),
                ...phone.isHungUp,
              ],
            },
          ],
          calling: [...calling.talks(), ...calling.reinvites(491), ...calling.reinvites(200), ...calling.hangUp()],
        })
      },
    },
    {
      names: ['reinvite_after_bye'],
      title: 'a re-INVITE after BYE: 481',
      async play(stage, carrier) {
        const [caller, callee] = [stage.person(), stage.person()]
        const calling = new CallingSide(caller, callee.extension)
        await stage.play('reinvite_after_bye', carrier, {
          called: [{ device: callee, steps: new CalledSide().isCalled }],
          calling: [
            ...calling.dial(),
            receive(180),
            ...calling.answered(),
            calling.within('INVITE'),
            receive(481),
            calling.acknowledgeRefusal(),
          ],
        })
      },
    },
    {
      names: ['reinvite_early'],
      title: 'a re-INVITE before the first is answered: 500 with Retry-After; the phone rings on (RFC 3261 §14.2)',
      async play(stage, carrier) {
        const [caller, callee] = [stage.person(), stage.person()]
        const [calling, phone] = [new CallingSide(caller, callee.extension), new CalledSide()]
        const dial = calling.dial()
        const { inviteNumber } = calling
        await stage.play('reinvite_early', carrier, {
          called: [
            {
              device: callee,
              steps: [...phone.rings, talkFor(500), ...phone.isCalled.slice(2)],
            },
          ],
          calling: [
            ...dial,
            receive(180, { dialog: true }),
            calling.within('INVITE'),
            receive(500, { check: [{ header: 'Retry-After', pattern: '[0-9]' }] }),
            calling.acknowledgeRefusal(),
            receive(200),
            calling.acknowledge({ cseq: inviteNumber }),
            ...calling.hangUp(),
          ],
        })
      },
    },
    {
      names: ['reinv-after-failed-nego'],
      title: 'after a 488 the next offer is negotiated afresh (RFC 3261 §14.1)',
      async play(stage, carrier) {
        const [caller, callee] = [stage.person(), stage.person()]
        const [calling, phone] = [new CallingSide(caller, callee.extension), new CalledSide()]
        await stage.play('reinv-after-failed-nego', carrier, {
          called: [
            {
              device: callee,
              steps: [
                ...phone.picksUp,
                ...phone.isReinvited(488, 'Not Acceptable Here'),
                ...phone.isReinvited(200, 'OK', {}, { check: [{ header: '', pattern: 'm=audio 32000' }] }),
                ...phone.isHungUp,
              ],
            },
          ],
          calling: [
            ...calling.talks(),
            ...calling.reinvites(488, { body: session(['m=audio 32000 RTP/AVP 18']) }),
            ...calling.reinvites(200),
            ...calling.hangUp(),
          ],
        })
      },
    },
    {
      names: ['reinv-with-less-media', 'reinvite-port-0'],
      title: 'video is switched off, by port 0 as RFC 3264 §8.2 wants it and by leaving it out: both pass as they are',
      async play(stage, carrier) {
        const [caller, callee] = [stage.person(), stage.person()]
        const [calling, phone] = [new CallingSide(caller, callee.extension), new CalledSide()]
        const off = session([...usual, 'm=video 0 RTP/AVP 96'])
        await stage.play('reinvite-port-0', carrier, {
          called: [
            {
              device: callee,
              steps: [
                phone.invite({ check: [{ header: '', pattern: 'm=video 32010' }] }),
                phone.answer(200, 'OK', { body: withVideo }),
                phone.acknowledged(),
                ...phone.isReinvited(200, 'OK', { body: off }, { check: [{ header: '', pattern: 'm=video 0 ' }] }),
                ...phone.isReinvited(
                  200,
                  'OK',
                  {},
                  { check: [{ header: 'Content-Length', pattern: '^ *1[0-9][0-9]$' }] },
                ),
                ...phone.isHungUp,
              ],
            },
          ],
          calling: [
            ...calling.dial({ body: withVideo }),
            receive(200, { dialog: true }),
            calling.acknowledge(),
            ...calling.reinvites(200, { body: off }, { check: [{ header: '', pattern: 'm=video 0 ' }] }),
            ...calling.reinvites(200, { body: session() }),
            ...calling.hangUp(),
          ],
        })
      },
    },
    {
      names: ['all_codecs_on_empty_reinvite', 'send-reinvite-no-sdp'],
      title:
        'a re-INVITE without a session: the phone offers all it has in 200, the answer travels in ACK (RFC 3261 §14.2)',
      async play(stage, carrier) {
        const [caller, callee] = [stage.person(), stage.person()]
        const [calling, phone] = [new CallingSide(caller, callee.extension), new CalledSide()]
        const all = session(['m=audio 32000 RTP/AVP 0 8 9 18'])
        await stage.play('send-reinvite-no-sdp', carrier, {
          called: [
            {
              device: callee,
              steps: [
                ...phone.picksUp,
                receive('INVITE', { check: [{ header: 'Content-Length', pattern: '^ *0' }] }),
                phone.reply(200, 'OK', { body: all }),
                receive('ACK', { check: [{ header: '', pattern: 'm=audio 32000 RTP/AVP 9' }] }),
                ...phone.isHungUp,
              ],
            },
          ],
          calling: [
            ...calling.talks(),
            ...calling.reinvites(
              200,
              { body: noBody },
              { check: [{ header: '', pattern: 'm=audio 32000 RTP/AVP 0 8 9 18' }] },
              { body: session(['m=audio 32000 RTP/AVP 9']) },
            ),
            ...calling.hangUp(),
          ],
        })
      },
    },
  ],
  referred: [],
}
