/** A call that is given up while it is being answered, and calls that must not end by accident. */
import { receive, talkFor } from '../../wire/scenario.ts'
import { CalledSide } from '../called-side.ts'
import { CallingSide } from '../calling-side.ts'
import type { ScenarioRow } from '../scenario-row.ts'
import { session, usual } from '../session.ts'

export const cancelRaces: ScenarioRow = {
  area: 'Cancel races',
  file: 'test/sip-scenarios/rows/cancel-races.ts',
  played: [
    {
      names: ['cancel', 'CANCEL answered 200 before 487'],
      title: 'CANCEL is answered by 200, then the INVITE by 487; the phone is cancelled (RFC 3261 §9.2)',
      async play(stage, carrier) {
        const [caller, callee] = [stage.person(), stage.person()]
        const [calling, phone] = [new CallingSide(caller, callee.extension), new CalledSide()]
        await stage.play('cancel', carrier, {
          called: [{ device: callee, steps: [...phone.rings, ...phone.cancelled()] }],
          calling: [
            ...calling.dial(),
            receive(180),
            calling.cancel(),
            receive(200, { check: [{ header: 'CSeq', pattern: 'CANCEL' }] }),
            receive(487, { check: [{ header: 'CSeq', pattern: 'INVITE' }] }),
            calling.acknowledgeFailure(),
          ],
        })
      },
    },
    {
      names: ['cancel-no-final'],
      title: 'the phone answers CANCEL and takes its time with 487: the caller has his at once',
      async play(stage, carrier) {
        const [caller, callee] = [stage.person(), stage.person()]
        const [calling, phone] = [new CallingSide(caller, callee.extension), new CalledSide()]
        await stage.play('cancel-no-final', carrier, {
          called: [
            {
              device: callee,
              steps: [
                ...phone.rings,
                receive('CANCEL'),
                phone.reply(200, 'OK'),
                talkFor(1500),
                phone.answer(487, 'Request Terminated'),
                receive('ACK'),
              ],
            },
          ],
          calling: [
            ...calling.dial(),
            receive(180),
            calling.cancel(),
            receive(200, { timeout: 1000 }),
            receive(487, { timeout: 1000 }),
            calling.acknowledgeFailure(),
          ],
        })
      },
    },
    {
      names: ['200-ok-no-contact-cancel'],
      title: 'an answer without Contact crosses the CANCEL: it is acknowledged and ended where the phone is',
      async play(stage, carrier) {
        const [caller, callee] = [stage.person(), stage.person()]
        const [calling, phone] = [new CallingSide(caller, callee.extension), new CalledSide()]
        await stage.play('200-ok-no-contact-cancel', carrier, {
          called: [
            {
              device: callee,
              steps: [
                ...phone.rings,
                receive('CANCEL'),
                phone.reply(200, 'OK'),
                phone.answer(200, 'OK', { contact: '' }),
                phone.acknowledged(),
                ...phone.isHungUp,
              ],
            },
          ],
          calling: [...calling.dial(), receive(180), ...calling.givesUp()],
        })
      },
    },
    {
      names: ['early-bye'],
      title: 'BYE before the answer ends the ringing like CANCEL (RFC 3261 §15)',
      async play(stage, carrier) {
        const [caller, callee] = [stage.person(), stage.person()]
        const [calling, phone] = [new CallingSide(caller, callee.extension), new CalledSide()]
        await stage.play('early-bye', carrier, {
          called: [{ device: callee, steps: [...phone.rings, ...phone.cancelled()] }],
          calling: [
            ...calling.dial(),
            receive(180, { dialog: true }),
            calling.within('BYE'),
            receive(200, { check: [{ header: 'CSeq', pattern: 'BYE' }] }),
            receive(487),
            calling.acknowledgeFailure(),
          ],
        })
      },
    },
    {
      names: ['keep-call-on-tsx-fail'],
      title: 'a re-INVITE that the phone answers by 500 leaves the call as it was (RFC 3261 §14.1)',
      async play(stage, carrier) {
        const [caller, callee] = [stage.person(), stage.person()]
        const [calling, phone] = [new CallingSide(caller, callee.extension), new CalledSide()]
        await stage.play('keep-call-on-tsx-fail', carrier, {
          called: [
            {
              device: callee,
              steps: [
                ...phone.picksUp,
                ...phone.isReinvited(500, 'Server Internal Error'),
                receive('INFO'),
                phone.reply(200, 'OK'),
                ...phone.isHungUp,
              ],
            },
          ],
          calling: [
            ...calling.talks(),
            ...calling.reinvites(500, { body: session([...usual, 'a=sendonly']) }),
            calling.within('INFO'),
            receive(200),
            ...calling.hangUp(),
          ],
        })
      },
    },
  ],
  referred: [],
}
