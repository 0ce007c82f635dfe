/** Calls that are led on by rules or by the phone, and how that is told. */
import { receive } from '../../wire/scenario.ts'
import { CalledSide } from '../called-side.ts'
import { CallingSide } from '../calling-side.ts'
import type { ScenarioRow } from '../scenario-row.ts'

const forged = 'Diversion: <sip:911@elsewhere.example>;reason=user-busy'
const identity = 'engine/calls/identity.test.ts'
const why = 'every form of it, header by header'

export const forwarding: ScenarioRow = {
  area: 'Forwarding',
  file: 'test/sip-scenarios/rows/forwarding.ts',
  played: [
    {
      names: ['diversion_response'],
      title: 'a phone answers 302 with a Diversion of its own: whom it names rings, and is told ours (docs/trust.md)',
      async play(stage, carrier) {
        const [caller, callee, last] = [stage.person(), stage.person(), stage.person()]
        const [calling, phone, other] = [new CallingSide(caller, callee.extension), new CalledSide(), new CalledSide()]
        await stage.play('diversion_response', carrier, {
          called: [
            {
              device: callee,
              steps: [
                phone.invite(),
                phone.answer(302, 'Moved Temporarily', {
                  contact: `Contact: <sip:${last.extension}@elsewhere.example>`,
                  extra: [forged],
                }),
                receive('ACK'),
              ],
            },
            {
              device: last,
              steps: [
                other.invite({
                  check: [
                    { header: 'Diversion', pattern: `sip:${callee.extension}@.*reason=deflection` },
                    { header: 'History-Info', pattern: `sip:${callee.extension}@` },
                  ],
                }),
                ...other.picksUp.slice(1),
                ...other.isHungUp,
              ],
            },
          ],
          calling: [...calling.dial(), receive(180), ...calling.answered()],
        })
      },
    },
    {
      names: ['diversion_181'],
      title:
        'a phone says 181 with a Diversion before it answers: the caller hears of the 181, and not what the phone claims',
      async play(stage, carrier) {
        const [caller, callee] = [stage.person(), stage.person()]
        const [calling, phone] = [new CallingSide(caller, callee.extension), new CalledSide()]
        await stage.play('diversion_181', carrier, {
          called: [
            {
              device: callee,
              steps: [
                phone.invite(),
                phone.answer(181, 'Call Is Being Forwarded', { extra: [forged] }),
                phone.answer(180, 'Ringing'),
                phone.answer(200, 'OK'),
                phone.acknowledged(),
                ...phone.isHungUp,
              ],
            },
          ],
          calling: [...calling.dial(), receive(181, { absent: ['Diversion'] }), receive(180), ...calling.answered()],
        })
      },
    },
  ],
  referred: [
    {
      names: ['forward_loop'],
      file: 'test/scenarios/destinations.yaml',
      test: 'a circle of forwards when busy ends where it would close',
      why: 'the router alone decides it (docs/router-scenarios.md)',
    },
    {
      names: ['diversion_request'],
      file: 'test/wire/forwarding.test.ts',
      test: 'to an outside number',
      why: 'SIPp, by UDP: the carrier looks for Diversion',
    },
    {
      names: ['predial'],
      file: 'test/wire/forwarding.test.ts',
      test: 'a rule for certain callers takes them',
      why: 'SIPp, by UDP: rules are asked before a phone is dialled, and this one is not dialled then',
    },
    {
      names: ['redirecting'],
      file: 'test/wire/forwarding.test.ts',
      test: 'nobody answers: the no-answer rule',
      why: 'SIPp, by UDP',
    },
    {
      names: ['history_info_*'],
      file: identity,
      test: 'RFC 5806 newest first, RFC 7044 oldest first, with the causes of RFC 4458',
      why,
    },
    {
      names: ['uas-302'],
      file: 'engine/calls/redirect.test.ts',
      test: 'the user part of the first usable Contact is dialled, whatever its host',
      why: 'every form of Contact',
    },
  ],
}
