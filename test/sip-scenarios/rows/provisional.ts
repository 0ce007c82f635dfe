/** What comes before the answer. */
import { receive, talkFor } from '../../wire/scenario.ts'
import { CalledSide } from '../called-side.ts'
import { CallingSide } from '../calling-side.ts'
import type { ScenarioRow } from '../scenario-row.ts'
import { noBody, session } from '../session.ts'

const unknownCodec = session(['m=audio 32000 RTP/AVP 18', 'a=rtpmap:18 G729/8000'])
const reliable = ['Require: 100rel', 'RSeq: 7']

export const provisional: ScenarioRow = {
  area: 'Provisional',
  file: 'test/sip-scenarios/rows/provisional.ts',
  played: [
    {
      names: ['183-wrong-codec'],
      title: 'a 183 with a codec that nobody offered passes as it is, and does not end the call',
      async play(stage, carrier) {
        const [caller, callee] = [stage.person(), stage.person()]
        const [calling, phone] = [new CallingSide(caller, callee.extension), new CalledSide()]
        await stage.play('183-wrong-codec', carrier, {
          called: [
            {
              device: callee,
              steps: [
                phone.invite(),
                phone.answer(183, 'Session Progress', { body: unknownCodec }),
                phone.answer(200, 'OK', { body: unknownCodec }),
                ...phone.isCalled.slice(3),
              ],
            },
          ],
          calling: [
            ...calling.dial(),
            receive(183, { check: [{ header: '', pattern: 'G729/8000' }] }),
            ...calling.answered(),
          ],
        })
      },
    },
    {
      names: ['answer-183-without-to-tag'],
      title: 'a 183 without To-tag makes no dialog and harms nothing; the answer brings one (RFC 3261 §12.1)',
      async play(stage, carrier) {
        const [caller, callee] = [stage.person(), stage.person()]
        const [calling, phone] = [new CallingSide(caller, callee.extension), new CalledSide()]
        await stage.play('answer-183-without-to-tag', carrier, {
          called: [
            {
              device: callee,
              steps: [
                phone.invite(),
                phone.answer(183, 'Session Progress', { untagged: true }),
                phone.answer(200, 'OK'),
                ...phone.isCalled.slice(3),
              ],
            },
          ],
          calling: [
            ...calling.dial(),
            receive(183, { optional: true }),
            ...calling.answered({ check: [{ header: 'To', pattern: ';tag=' }] }),
          ],
        })
      },
    },
    {
      names: ['allow_sending_180_after_183'],
      title: 'a 180 after a 183 with a session is passed on, in the same early dialog',
      async play(stage, carrier) {
        const [caller, callee] = [stage.person(), stage.person()]
        const [calling, phone] = [new CallingSide(caller, callee.extension), new CalledSide()]
        await stage.play('allow_sending_180_after_183', carrier, {
          called: [
            {
              device: callee,
              steps: [
                phone.invite(),
                phone.answer(183, 'Session Progress', { body: session() }),
                phone.answer(180, 'Ringing'),
                phone.answer(200, 'OK'),
                ...phone.isCalled.slice(3),
              ],
            },
          ],
          calling: [
            ...calling.dial(),
            receive(183, { check: [{ header: '', pattern: 'm=audio 32000' }] }),
            receive(180),
            ...calling.answered(),
          ],
        })
      },
    },
    {
      names: ['ignore_183_wo_sdp'],
      title: 'a 183 without a session passes and is no early media',
      async play(stage, carrier) {
        const [caller, callee] = [stage.person(), stage.person()]
        const [calling, phone] = [new CallingSide(caller, callee.extension), new CalledSide()]
        await stage.play('ignore_183_wo_sdp', carrier, {
          called: [
            {
              device: callee,
              steps: [
                phone.invite(),
                phone.answer(183, 'Session Progress'),
                phone.answer(200, 'OK'),
                ...phone.isCalled.slice(3),
              ],
            },
          ],
          calling: [
            ...calling.dial(),
            receive(183, { check: [{ header: 'Content-Length', pattern: '^ *0' }] }),
            ...calling.answered({ check: [{ header: '', pattern: 'm=audio 32000' }] }),
          ],
        })
      },
    },
    {
      names: ['prack-sdp-offer'],
      title: 'PRACK carries a new offer, its 200 the answer (RFC 3262 §5)',
      async play(stage, carrier) {
        const [caller, callee] = [stage.person(), stage.person()]
        const [calling, phone] = [new CallingSide(caller, callee.extension), new CalledSide()]
        const again = session(['m=audio 32002 RTP/AVP 0'])
        await stage.play('prack-sdp-offer', carrier, {
          called: [
            {
              device: callee,
              steps: [
                phone.invite(),
                phone.answer(183, 'Session Progress', { extra: reliable, body: session() }),
                receive('PRACK', { check: [{ header: '', pattern: 'm=audio 32002' }] }),
                phone.reply(200, 'OK', { body: session(['m=audio 32004 RTP/AVP 0']) }),
                phone.answer(200, 'OK', { body: noBody }),
                ...phone.isCalled.slice(3),
              ],
            },
          ],
          calling: [
            ...calling.dial({ extra: ['Supported: 100rel'] }),
            receive(183, { dialog: true, keep: { progressNumber: 'RSeq' } }),
            calling.within('PRACK', { extra: ['RAck:[$progressNumber] 2 INVITE'], body: again }),
            receive(200, { check: [{ header: '', pattern: 'm=audio 32004' }] }),
            ...calling.answered(),
          ],
        })
      },
    },
    {
      names: ['prack-sdp-decline'],
      title: 'a PRACK whose offer the phone declines gets its 488; it acknowledges all the same, and the call goes on',
      async play(stage, carrier) {
        const [caller, callee] = [stage.person(), stage.person()]
        const [calling, phone] = [new CallingSide(caller, callee.extension), new CalledSide()]
        await stage.play('prack-sdp-decline', carrier, {
          called: [
            {
              device: callee,
              steps: [
                phone.invite(),
                phone.answer(183, 'Session Progress', { extra: reliable, body: session() }),
                receive('PRACK'),
                phone.reply(488, 'Not Acceptable Here'),
                phone.answer(200, 'OK', { body: noBody }),
                ...phone.isCalled.slice(3),
              ],
            },
          ],
          calling: [
            ...calling.dial({ extra: ['Supported: 100rel'] }),
            receive(183, { dialog: true, keep: { progressNumber: 'RSeq' } }),
            calling.within('PRACK', { extra: ['RAck:[$progressNumber] 2 INVITE'], body: unknownCodec }),
            receive(488),
            ...calling.answered(),
          ],
        })
      },
    },
    {
      names: ['early-recv-update-481'],
      title: 'UPDATE in an early dialog that does not exist: 481; the ringing call is not touched (RFC 3311 §5.2)',
      async play(stage, carrier) {
        const [caller, callee] = [stage.person(), stage.person()]
        const [calling, phone] = [new CallingSide(caller, callee.extension), new CalledSide()]
        await stage.play('early-recv-update-481', carrier, {
          called: [
            {
              device: callee,
              steps: [...phone.rings, talkFor(300), ...phone.isCalled.slice(2)],
            },
          ],
          calling: [
            ...calling.dial(),
            receive(180, { dialog: true }),
            calling.within('UPDATE', { toTag: ';tag=nobody', body: session() }),
            receive(481),
            ...calling.answered(),
          ],
        })
      },
    },
  ],
  referred: [],
}
