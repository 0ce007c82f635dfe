/** Session timers (RFC 4028). Refreshes that the server makes come after 45 s at the earliest: those are tested in simulated time. */
import { receive } from '../../wire/scenario.ts'
import { CalledSide } from '../called-side.ts'
import { CallingSide } from '../calling-side.ts'
import type { PlayedScenario, ScenarioRow } from '../scenario-row.ts'

/** A caller who wants a timer gets it, refreshed by whom he wants. */
function agreed(names: readonly string[], title: string, lines: readonly string[], granted: string): PlayedScenario {
  return {
    names,
    title,
    async play(stage, carrier) {
      const [caller, callee] = [stage.person(), stage.person()]
      const calling = new CallingSide(caller, callee.extension)
      await stage.play(names[0] ?? '', carrier, {
        called: [{ device: callee, steps: new CalledSide().isCalled }],
        calling: [
          ...calling.dial({ extra: lines }),
          receive(180),
          ...calling.answered({ check: [{ header: 'Session-Expires', pattern: granted }] }),
        ],
      })
    },
  }
}

/** The caller refreshes his side by this method; nothing of it reaches the phone but what it has to answer. */
function refreshes(method: 'INVITE' | 'UPDATE'): PlayedScenario {
  const passes = method === 'INVITE'
  return {
    names: [passes ? 'timer-reinvite' : 'timer-update'],
    title: `the caller refreshes by ${method}: the timer begins anew (RFC 4028 §7.4)`,
    async play(stage, carrier) {
      const [caller, callee] = [stage.person(), stage.person()]
      const [calling, phone] = [new CallingSide(caller, callee.extension), new CalledSide()]
      const lines = ['Supported: timer', 'Session-Expires: 300;refresher=uac']
      await stage.play(`timer-${method}`, carrier, {
        called: [
          {
            device: callee,
            steps: [...phone.picksUp, ...(passes ? [...phone.isReinvited(200, 'OK')] : []), ...phone.isHungUp],
          },
        ],
        calling: [
          ...calling.dial({ extra: lines }),
          receive(180),
          receive(200, { dialog: true }),
          calling.acknowledge(),
          calling.within(method, { extra: lines }),
          receive(100, { optional: true }),
          receive(200, { check: [{ header: 'Session-Expires', pattern: '300;refresher=uac' }] }),
          ...(passes ? [calling.acknowledge()] : []),
          ...calling.hangUp(),
        ],
      })
    },
  }
}

export const sessionTimer: ScenarioRow = {
  area: 'Session timer',
  file: 'test/sip-scenarios/rows/session-timer.ts',
  played: [
    {
      names: ['se_too_small'],
      title: 'less than 90 s: 422 with Min-SE (RFC 4028 §5)',
      async play(stage, carrier) {
        const [caller, callee] = [stage.person(), stage.person()]
        const calling = new CallingSide(caller, callee.extension)
        await stage.play('se_too_small', carrier, {
          calling: [
            calling.invite({ extra: ['Supported: timer', 'Session-Expires: 30'] }),
            receive(422, { check: [{ header: 'Min-SE', pattern: '^ *90' }] }),
            calling.acknowledgeFailure(),
          ],
        })
      },
    },
    agreed(
      ['timer_required'],
      'Require: timer is understood and the interval granted',
      ['Require: timer', 'Supported: timer', 'Session-Expires: 1800'],
      '^ *1800;refresher=',
    ),
    agreed(
      ['offer_refresher_uac'],
      'the caller wants to refresh himself, and does (RFC 4028 §9)',
      ['Supported: timer', 'Session-Expires: 600;refresher=uac'],
      '^ *600;refresher=uac',
    ),
    agreed(
      ['offer_refresher_uas'],
      'the caller wants us to refresh, and we do (RFC 4028 §9)',
      ['Supported: timer', 'Session-Expires: 600;refresher=uas'],
      '^ *600;refresher=uas',
    ),
    agreed(
      ['session-timer-minse'],
      'an interval longer than ours is granted where Min-SE asks for it',
      ['Supported: timer', 'Session-Expires: 4000;refresher=uac', 'Min-SE: 4000'],
      '^ *4000;refresher=uac',
    ),
    {
      names: ['422-then-200-bad-se'],
      title: 'a phone answers 422, is called again as it wants, and grants nonsense: the call stands (RFC 4028 §7.3)',
      async play(stage, carrier) {
        const [caller, callee] = [stage.person(), stage.person()]
        const [calling, phone] = [new CallingSide(caller, callee.extension), new CalledSide()]
        await stage.play('422-then-200-bad-se', carrier, {
          called: [
            {
              device: callee,
              steps: [
                phone.invite({ check: [{ header: 'Session-Expires', pattern: '^ *1800' }] }),
                phone.answer(422, 'Session Interval Too Small', { extra: ['Min-SE: 3600'] }),
                receive('ACK'),
                phone.invite({ check: [{ header: 'Session-Expires', pattern: '^ *3600' }] }),
                phone.answer(200, 'OK', { extra: ['Session-Expires: 10;refresher=nobody', 'Require: timer'] }),
                ...phone.isCalled.slice(3),
              ],
            },
          ],
          calling: [...calling.dial(), ...calling.answered()],
        })
      },
    },
    refreshes('INVITE'),
    refreshes('UPDATE'),
  ],
  referred: [
    {
      names: ['timer-update (by the server)'],
      file: 'engine/calls/session-timer.test.ts',
      test: 'where we refresh, it is by UPDATE, and a side that does not know the call ends it (RFC 4028 §10)',
      why: 'half an interval is 45 s at least: simulated time',
    },
    {
      names: ['timer-reinvite (by the server)'],
      file: 'engine/calls/session-timer.test.ts',
      test: 'a side without UPDATE is refreshed by an INVITE that repeats its session (RFC 4028 §7.4)',
      why: 'half an interval is 45 s at least: simulated time',
    },
  ],
}
