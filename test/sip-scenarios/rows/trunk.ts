/** A carrier known by its address, as SIPconnect 1.1 describes one. Carriers that are registered with have tests of their own. */
import { receive } from '../../wire/scenario.ts'
import { CalledSide } from '../called-side.ts'
import { CallingSide } from '../calling-side.ts'
import type { ScenarioRow } from '../scenario-row.ts'
import { outsideNumber } from '../stage.ts'

export const trunk: ScenarioRow = {
  area: 'Trunk (SIPconnect 1.1)',
  file: 'test/sip-scenarios/rows/trunk.ts',
  played: [
    {
      names: ['DID call part A'],
      title: 'the carrier calls a number: its owner rings, sees the caller in E.164, and the carrier hangs up',
      carriers: ['UDP'],
      async play(stage, carrier) {
        const [far, callee] = [stage.trunk(), stage.person()]
        const [calling, phone] = [new CallingSide(far.device, outsideNumber(callee)), new CalledSide()]
        await stage.play('DID call part A', carrier, {
          called: [
            {
              device: callee,
              steps: [
                phone.invite({ check: [{ header: 'From', pattern: `sip:[+]${far.device.userName.slice(1)}@` }] }),
                ...phone.isCalled.slice(1),
              ],
            },
          ],
          calling: [...calling.dial(), receive(180), ...calling.answered()],
          port: far.port,
        })
      },
    },
    {
      names: ['DID call part B'],
      title: 'the same, and the phone hangs up',
      carriers: ['UDP'],
      async play(stage, carrier) {
        const [far, callee] = [stage.trunk(), stage.person()]
        const [calling, phone] = [new CallingSide(far.device, outsideNumber(callee)), new CalledSide()]
        await stage.play('DID call part B', carrier, {
          called: [{ device: callee, steps: [...phone.picksUp, phone.within('BYE'), receive(200)] }],
          calling: [...calling.talks(), receive('BYE'), new CalledSide().reply(200, 'OK')],
          port: far.port,
        })
      },
    },
    {
      names: ['DID call part C'],
      title: 'the carrier gives up while it rings; a number of nobody gets 404',
      carriers: ['UDP'],
      async play(stage, carrier) {
        const [far, callee] = [stage.trunk(), stage.person()]
        const [calling, phone] = [new CallingSide(far.device, outsideNumber(callee)), new CalledSide()]
        await stage.play('DID call part C', carrier, {
          called: [{ device: callee, steps: [...phone.rings, ...phone.cancelled()] }],
          calling: [...calling.dial(), receive(180), ...calling.givesUp()],
          port: far.port,
        })
        const nobody = new CallingSide(far.device, '+442079469999')
        await stage.play('DID of nobody', carrier, {
          calling: [nobody.invite(), receive(404), nobody.acknowledgeFailure()],
          port: far.port,
        })
      },
    },
    {
      names: ['DOD call parameters'],
      title: 'a call out: Request-URI, From and P-Asserted-Identity carry numbers in E.164 (RFC 3325 §9.1)',
      carriers: ['UDP'],
      async play(stage, carrier) {
        const [far, caller] = [stage.trunk(), stage.person()]
        const own = `[+]${outsideNumber(caller).slice(1)}`
        const dialled = `${far.prefix}7`
        const [calling, phone] = [new CallingSide(caller, dialled), new CalledSide()]
        await stage.play('DOD call parameters', carrier, {
          called: [
            {
              port: far.port,
              steps: [
                phone.invite({
                  check: [
                    { header: '', pattern: `^INVITE sip:[+]${dialled.slice(1)}@` },
                    { header: 'From', pattern: `sip:${own}@` },
                    { header: 'P-Asserted-Identity', pattern: `sip:${own}@` },
                  ],
                  absent: ['Privacy'],
                }),
                ...phone.isCalled.slice(1),
              ],
            },
          ],
          calling: [...calling.dial(), receive(180), ...calling.answered()],
        })
      },
    },
    {
      names: ['privacy (out)'],
      title: '*67 hides the caller from the callee; the carrier learns him in P-Asserted-Identity (RFC 3323 §5)',
      carriers: ['UDP'],
      async play(stage, carrier) {
        const [far, caller] = [stage.trunk(), stage.person()]
        const own = `[+]${outsideNumber(caller).slice(1)}`
        const [calling, phone] = [new CallingSide(caller, `*67${far.prefix}7`), new CalledSide()]
        await stage.play('privacy out', carrier, {
          called: [
            {
              port: far.port,
              steps: [
                phone.invite({
                  check: [
                    { header: 'From', pattern: '"Anonymous" <sip:anonymous@anonymous.invalid>' },
                    { header: 'Privacy', pattern: 'id' },
                    { header: 'P-Asserted-Identity', pattern: `sip:${own}@` },
                  ],
                }),
                ...phone.isCalled.slice(1),
              ],
            },
          ],
          calling: [...calling.dial(), receive(180), ...calling.answered()],
        })
      },
    },
    {
      names: ['privacy (in)'],
      title: 'a caller who withholds is anonymous at the phone, whatever the carrier asserts',
      carriers: ['UDP'],
      async play(stage, carrier) {
        const [far, callee] = [stage.trunk(), stage.person()]
        const [calling, phone] = [new CallingSide(far.device, outsideNumber(callee)), new CalledSide()]
        const lines = ['P-Asserted-Identity: <sip:+15557654321@carrier.example>', 'Privacy: id']
        await stage.play('privacy in', carrier, {
          called: [
            {
              device: callee,
              steps: [
                phone.invite({
                  check: [{ header: 'From', pattern: '"Anonymous" <sip:anonymous@anonymous.invalid>' }],
                  absent: ['P-Asserted-Identity'],
                }),
                ...phone.isCalled.slice(1),
              ],
            },
          ],
          calling: [...calling.dial({ extra: lines }), receive(180), ...calling.answered()],
          port: far.port,
        })
      },
    },
  ],
  referred: [
    {
      names: ['registration set-up', 'authentication'],
      file: 'test/wire/trunks.test.ts',
      test: 'it is found by name, registers us, and its challenges are answered',
      why: 'SIPp plays the registrar, with a name server of the test',
    },
    {
      names: ['authentication (inside a call, and after a crash)'],
      file: 'test/wire/trunks.test.ts',
      test: 'a crash ends neither the registration nor the call, whose BYE is challenged',
      why: 'the server itself dies there',
    },
  ],
}
