/** Messages that are lost, late, sent again or wrong. What SIPp would do by itself is written out (`repeats: false`). */
import { receive, talkFor } from '../../wire/scenario.ts'
import { CalledSide } from '../called-side.ts'
import { CallingSide } from '../calling-side.ts'
import type { ScenarioRow } from '../scenario-row.ts'

const toBye = { check: [{ header: 'CSeq', pattern: 'BYE' }] }

export const loss: ScenarioRow = {
  area: 'Loss, retransmit',
  file: 'test/sip-scenarios/rows/loss.ts',
  played: [
    {
      names: ['drop-one-200'],
      title: 'the caller misses the first 200: it comes again, and his ACK ends it (RFC 3261 §13.3.1.4)',
      async play(stage, carrier) {
        const [caller, callee] = [stage.person(), stage.person()]
        const calling = new CallingSide(caller, callee.extension)
        await stage.play('drop-one-200', carrier, {
          called: [{ device: callee, steps: new CalledSide().isCalled }],
          calling: [...calling.dial(), receive(180), receive(200), ...calling.answered()],
          repeats: false,
        })
      },
    },
    {
      names: ['drop-one-200 (to the phone)'],
      title: 'the phone misses our ACK and answers again: it is acknowledged again (RFC 3261 §13.2.2.4)',
      async play(stage, carrier) {
        const [caller, callee] = [stage.person(), stage.person()]
        const [calling, phone] = [new CallingSide(caller, callee.extension), new CalledSide()]
        await stage.play('drop-one-ACK', carrier, {
          called: [
            {
              device: callee,
              steps: [...phone.picksUp, phone.answer(200, 'OK'), ...phone.isCalled.slice(3)],
              repeats: false,
            },
          ],
          calling: [...calling.talks(), talkFor(1000), ...calling.hangUp()],
        })
      },
    },
    {
      names: ['drop-one-503'],
      title:
        'a 503 of the phone comes twice and is acknowledged twice; the caller misses his answer, and gets it again (RFC 3261 §17.1.1.2, §17.2.1)',
      // Over a connection nothing is lost, and failures are not sent again.
      carriers: ['UDP'],
      async play(stage, carrier) {
        const [caller, callee] = [stage.person(), stage.person()]
        const [calling, phone] = [new CallingSide(caller, callee.extension), new CalledSide()]
        const refused = phone.answer(503, 'Service Unavailable')
        await stage.play('drop-one-503', carrier, {
          called: [
            {
              device: callee,
              steps: [phone.invite(), refused, receive('ACK'), refused, receive('ACK')],
              repeats: false,
            },
          ],
          calling: [...calling.dial(), receive(480), receive(480), calling.acknowledgeFailure()],
          repeats: false,
        })
      },
    },
    {
      names: ['drop-200-then-cancel'],
      title: 'the answer is lost and the caller gives up: 487 to him; the answer that comes again gets ACK and BYE',
      async play(stage, carrier) {
        const [caller, callee] = [stage.person(), stage.person()]
        const [calling, phone] = [new CallingSide(caller, callee.extension), new CalledSide()]
        await stage.play('drop-200-then-cancel', carrier, {
          called: [
            {
              device: callee,
              steps: [
                ...phone.rings,
                receive('CANCEL'),
                phone.reply(200, 'OK'),
                phone.answer(200, 'OK'),
                phone.acknowledged(),
                ...phone.isHungUp,
              ],
              repeats: false,
            },
          ],
          calling: [...calling.dial(), receive(180), ...calling.givesUp()],
        })
      },
    },
    {
      names: ['drop-200-then-cancel (to the caller)'],
      title: 'the caller misses the 200 and gives up: too late, CANCEL changes nothing (RFC 3261 §9.2)',
      async play(stage, carrier) {
        const [caller, callee] = [stage.person(), stage.person()]
        const calling = new CallingSide(caller, callee.extension)
        await stage.play('late-cancel', carrier, {
          called: [{ device: callee, steps: new CalledSide().isCalled }],
          calling: [
            ...calling.dial(),
            receive(180),
            receive(200, { dialog: true }),
            calling.cancel(),
            receive(200, { check: [{ header: 'CSeq', pattern: 'CANCEL' }] }),
            receive(200, { check: [{ header: 'CSeq', pattern: 'INVITE' }] }),
            calling.acknowledge(),
            ...calling.hangUp(toBye),
          ],
          repeats: false,
        })
      },
    },
    {
      names: ['delayed-ack'],
      title: 'the ACK comes after a second and a half: the 200 came at 0, 0.5 and 1.5 s, the call stands',
      async play(stage, carrier) {
        const [caller, callee] = [stage.person(), stage.person()]
        const calling = new CallingSide(caller, callee.extension)
        await stage.play('delayed-ack', carrier, {
          called: [{ device: callee, steps: new CalledSide().isCalled }],
          calling: [...calling.dial(), receive(180), receive(200), receive(200), ...calling.answered()],
          repeats: false,
        })
      },
    },
    {
      names: ['inv-retrans-after-ack'],
      title: 'a copy of the INVITE after the ACK is passed over (RFC 6026 §7.1)',
      async play(stage, carrier) {
        const [caller, callee] = [stage.person(), stage.person()]
        const calling = new CallingSide(caller, callee.extension)
        const dial = calling.dial()
        await stage.play('inv-retrans-after-ack', carrier, {
          called: [{ device: callee, steps: new CalledSide().isCalled }],
          calling: [
            ...dial,
            receive(180),
            receive(200, { dialog: true }),
            calling.acknowledge(),
            dial[3]!,
            talkFor(300),
            ...calling.hangUp(toBye),
          ],
          repeats: false,
        })
      },
    },
    {
      names: ['reinvite-bad-via-branch'],
      title: 'a re-INVITE with a branch from before RFC 3261, and an ACK with the branch of its INVITE, are taken',
      async play(stage, carrier) {
        const [caller, callee] = [stage.person(), stage.person()]
        const [calling, phone] = [new CallingSide(caller, callee.extension), new CalledSide()]
        const branch = 'old[call_number]x[pid]'
        await stage.play('reinvite-bad-via-branch', carrier, {
          called: [
            {
              device: callee,
              steps: [
                ...phone.picksUp,
                phone.reinvite(),
                phone.replyToReinvite(200, 'OK'),
                receive('ACK'),
                ...phone.isHungUp,
              ],
            },
          ],
          calling: [
            ...calling.talks(),
            calling.within('INVITE', { branch }),
            receive(100, { optional: true }),
            receive(200),
            calling.acknowledge({ branch }),
            ...calling.hangUp(),
          ],
        })
      },
    },
    {
      names: ['bad-ack'],
      title: 'an ACK with a wrong tag or number acknowledges nothing; the right one does',
      async play(stage, carrier) {
        const [caller, callee] = [stage.person(), stage.person()]
        const calling = new CallingSide(caller, callee.extension)
        await stage.play('bad-ack', carrier, {
          called: [{ device: callee, steps: new CalledSide().isCalled }],
          calling: [
            ...calling.dial(),
            receive(180),
            receive(200, { dialog: true }),
            calling.acknowledge({ toTag: ';tag=nobody' }),
            receive(200),
            calling.acknowledge({ cseq: 77 }),
            receive(200),
            calling.acknowledge(),
            ...calling.hangUp(toBye),
          ],
          repeats: false,
        })
      },
    },
  ],
  referred: [
    {
      names: ['drop-all-200'],
      file: 'test/wire/unacknowledged.test.ts',
      test: 'a caller that never acknowledges: BYE to both after 32 seconds',
      why: 'waits out 64 T1, once; by the thousand in simulated time (`npm run simulate`)',
    },
  ],
}
