/** Strangers, guessers and garbage. */
import { loopback } from '../../wire/ports.ts'
import { message, receive } from '../../wire/scenario.ts'
import { CallingSide } from '../calling-side.ts'
import type { ScenarioRow } from '../scenario-row.ts'
import { outsideNumber } from '../stage.ts'

export const security: ScenarioRow = {
  area: 'Security',
  file: 'test/sip-scenarios/rows/security.ts',
  played: [
    {
      names: ['auth failure'],
      title: 'a wrong password and a name nobody has get the same answer: challenged again',
      async play(stage, carrier) {
        const known = { ...stage.southern, password: 'a guess' }
        const unknown = { ...known, userName: 'nobody-phone1' }
        const refused = async (device: typeof unknown) => {
          const calling = new CallingSide(device, '1001')
          const challenge = { header: 'WWW-Authenticate', pattern: 'realm="south.test".*algorithm=MD5' }
          await stage.play('auth failure', carrier, {
            calling: [
              ...calling.dial().slice(0, 4),
              receive(401, { check: [challenge] }),
              calling.acknowledgeFailure(),
            ],
          })
        }
        await refused(known)
        await refused(unknown)
      },
    },
    {
      names: ['acl_call'],
      title: 'a carrier is known by address and port: the same call from another port is challenged and goes nowhere',
      carriers: ['UDP'],
      async play(stage, carrier) {
        const [trunk, callee] = [stage.trunk(), stage.person()]
        const calling = new CallingSide(trunk.device, outsideNumber(callee))
        await stage.play('acl_call', carrier, {
          calling: [calling.invite(), receive(401), calling.acknowledgeFailure()],
        })
      },
    },
    {
      names: ['spammer-expect-603'],
      title: 'an INVITE of a scanner gets no answer at all, not even 603; the next request is served',
      // From another address than the carriers', who are not looked at.
      carriers: ['UDP', 'TCP'],
      async play(stage, carrier) {
        const scanning = new CallingSide(stage.person(), '1001')
        await stage.play('spammer', carrier, {
          calling: [
            scanning.invite({ extra: ['User-Agent: friendly-scanner'] }),
            scanning.invite(),
            receive(401, { check: [{ header: 'CSeq', pattern: '^ *2 INVITE' }] }),
            scanning.acknowledgeFailure(),
          ],
          address: '127.0.0.1',
          repeats: false,
        })
      },
    },
    {
      names: ['silent drop'],
      title: 'a response to nothing and an ACK for nothing get no answer, and service goes on',
      async play(stage, carrier) {
        const common = (number: number, method: string) => [
          `Via: SIP/2.0/[transport] [local_ip]:[local_port];rport;branch=z9hG4bK[pid]s${method}`,
          'From: <sip:phone@north.test>;tag=[pid]s',
          `To: <sip:north.test>${method === 'OPTIONS' ? '' : ';tag=nothing'}`,
          'Call-ID: [call_id]',
          `CSeq: ${number} ${method}`,
          'Max-Forwards: 70',
          'Content-Length: 0',
          '',
        ]
        await stage.play('silent drop', carrier, {
          calling: [
            { xml: () => message(['SIP/2.0 200 OK', ...common(1, 'INVITE')]) },
            { xml: () => message([`ACK sip:${loopback} SIP/2.0`, ...common(2, 'ACK')]) },
            { xml: () => message(['OPTIONS sip:north.test SIP/2.0', ...common(3, 'OPTIONS')]) },
            receive(200, { check: [{ header: 'CSeq', pattern: '3 OPTIONS' }] }),
          ],
        })
      },
    },
  ],
  referred: [
    {
      names: ['malformed-packet-injection'],
      file: 'test/wire/bad-input.test.ts',
      test: 'garbage is passed over, and service goes on',
      why: 'SIPp writes no garbage; more of it in test/torture and `npm run fuzz`',
    },
    {
      names: ['banscan'],
      file: 'engine/registrar/sign-in-guard.test.ts',
      test: 'a source that fails with many names is banned, each time for longer, up to a day',
      why: 'loopback is exempt from bans, and they last minutes',
    },
  ],
}
