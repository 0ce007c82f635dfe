/** A user with two phones. */
import { receive, talkFor } from '../../wire/scenario.ts'
import { CalledSide } from '../called-side.ts'
import { CallingSide } from '../calling-side.ts'
import type { ScenarioRow } from '../scenario-row.ts'
import { noBody, session } from '../session.ts'

const completedElsewhere = {
  check: [{ header: 'Reason', pattern: 'SIP;cause=200;text="Call completed elsewhere"' }],
}

export const forking: ScenarioRow = {
  area: 'Forking',
  file: 'test/sip-scenarios/rows/forking.ts',
  played: [
    {
      names: ['dial_parallel', 'cause_answered_elsewhere'],
      title: 'both phones ring, one answers: the other gets CANCEL with the reason (RFC 3326 §2)',
      async play(stage, carrier) {
        const [caller, callee] = [stage.person(), stage.person()]
        const [calling, phone, other] = [new CallingSide(caller, callee.extension), new CalledSide(), new CalledSide()]
        await stage.play('dial_parallel', carrier, {
          called: [
            {
              device: callee,
              steps: [...phone.rings, talkFor(300), ...phone.isCalled.slice(2)],
            },
            {
              device: deviceOf(callee, 1),
              steps: [...other.rings, ...other.cancelled(completedElsewhere)],
            },
          ],
          calling: [...calling.dial(), receive(180), receive(180), ...calling.answered()],
        })
      },
    },
    {
      names: ['forked-200'],
      title: 'both phones answer: the first has the call, the late one gets ACK and BYE',
      async play(stage, carrier) {
        const [caller, callee] = [stage.person(), stage.person()]
        const [calling, phone, late] = [new CallingSide(caller, callee.extension), new CalledSide(), new CalledSide()]
        await stage.play('forked-200', carrier, {
          called: [
            {
              device: callee,
              steps: [...phone.rings, talkFor(300), ...phone.isCalled.slice(2)],
            },
            {
              device: deviceOf(callee, 1),
              steps: [...late.rings, receive('CANCEL'), late.answer(200, 'OK'), late.acknowledged(), ...late.isHungUp],
            },
          ],
          // Long enough for the late answer to be a stray one.
          calling: [
            ...calling.dial(),
            receive(180),
            receive(180),
            receive(200, { dialog: true }),
            calling.acknowledge(),
            talkFor(300),
            ...calling.hangUp(),
          ],
        })
      },
    },
    {
      names: ['forked-100rel', 'prack_fork'],
      title: 'both phones send reliable responses: each PRACK goes to its own phone (RFC 3262 §4)',
      async play(stage, carrier) {
        const [caller, callee] = [stage.person(), stage.person()]
        const calling = new CallingSide(caller, callee.extension)
        const [phone, other] = [new CalledSide(), new CalledSide()]
        const reliable = (number: number) => ({ extra: ['Require: 100rel', `RSeq: ${number}`], body: session() })
        const prack = (number: number) =>
          receive('PRACK', { check: [{ header: 'RAck', pattern: `^ *${number} 1 INVITE` }] })
        const progress = (name: string) =>
          receive(183, {
            dialog: true,
            check: [{ header: 'Require', pattern: '100rel' }],
            keep: { [`${name}To`]: 'To', [`${name}Number`]: 'RSeq' },
          })
        const acknowledges = (name: string) => [
          calling.within('PRACK', {
            extra: [`RAck:[$${name}Number] 2 INVITE`],
            to: `[$${name}To]`,
          }),
          receive(200, { check: [{ header: 'CSeq', pattern: 'PRACK' }] }),
        ]
        const dial = calling.dial({ extra: ['Supported: 100rel'] })
        const steps = [progress('one'), ...acknowledges('one'), progress('two'), ...acknowledges('two')]
        await stage.play('forked-100rel', carrier, {
          called: [
            {
              device: callee,
              steps: [
                phone.invite(),
                phone.answer(183, 'Session Progress', reliable(1001)),
                prack(1001),
                phone.reply(200, 'OK'),
                talkFor(700),
                phone.answer(200, 'OK', { body: noBody }),
                phone.acknowledged(),
                ...phone.isHungUp,
              ],
            },
            {
              device: deviceOf(callee, 1),
              steps: [
                other.invite(),
                talkFor(350),
                other.answer(183, 'Session Progress', reliable(5)),
                prack(5),
                other.reply(200, 'OK'),
                ...other.cancelled(completedElsewhere),
              ],
            },
          ],
          calling: [...dial, ...steps, ...calling.answered()],
        })
      },
    },
    {
      names: ['b2bua_bob_contact'],
      title: 'Contact on the one leg names the server, never the other phone (RFC 3261 §12.1.1)',
      async play(stage, carrier) {
        const [caller, callee] = [stage.person(), stage.person()]
        const [calling, phone] = [new CallingSide(caller, callee.extension), new CalledSide()]
        const ours = { check: [{ header: 'Contact', pattern: `<sip:${stage.contactOf(carrier)}[;>]` }] }
        await stage.play('b2bua_bob_contact', carrier, {
          called: [{ device: callee, steps: [phone.invite(ours), ...phone.isCalled.slice(1)] }],
          calling: [...calling.dial(), receive(180, ours), ...calling.answered(ours)],
        })
      },
    },
  ],
  referred: [
    {
      names: ['cause_answered_elsewhere (real phones)'],
      file: 'test/phones/features.test.ts',
      test: 'both phones of a user ring, and one answers: the other is told to stop',
      why: 'two of baresip',
    },
  ],
}

/** Another device of the same user. */
function deviceOf<D extends { readonly devices: readonly { userName: string; password: string }[] }>(
  person: D,
  index: number,
): D {
  return { ...person, ...person.devices[index] }
}
