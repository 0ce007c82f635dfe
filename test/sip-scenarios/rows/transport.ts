/** What depends on how messages travel. */
import { freePort, loopback } from '../../wire/ports.ts'
import { receive, respond } from '../../wire/scenario.ts'
import { CalledSide } from '../called-side.ts'
import { CallingSide } from '../calling-side.ts'
import { askOptions } from '../phone-requests.ts'
import type { ScenarioRow } from '../scenario-row.ts'
import { body, description, session, usual } from '../session.ts'
import { outsideNumber } from '../stage.ts'

/** About 3000 bytes of attributes. */
const long = session([...usual, ...Array.from({ length: 60 }, (_, index) => `a=x-note:${index} ${'n'.repeat(36)}`)])

export const transport: ScenarioRow = {
  area: 'Transport',
  file: 'test/sip-scenarios/rows/transport.ts',
  played: [
    {
      names: ['mtu_message_oversized'],
      title: 'an INVITE of more than 3000 bytes arrives whole, by UDP in compact form and in fragments',
      async play(stage, carrier) {
        const [caller, callee] = [stage.person(), stage.person()]
        const [calling, phone] = [new CallingSide(caller, callee.extension), new CalledSide()]
        await stage.play('mtu_message_oversized', carrier, {
          called: [
            {
              device: callee,
              // SIPp finds compact headers by `[last_Via:]` only.
              steps: [
                receive('INVITE', { check: [{ header: '', pattern: 'a=x-note:59 n{36}' }] }),
                respond(180, 'Ringing'),
                respond(200, 'OK', { withSession: true }),
                receive('ACK'),
                ...phone.isHungUp,
              ],
            },
          ],
          calling: [...calling.dial({ body: long }), receive(180), ...calling.answered()],
        })
      },
    },
    {
      names: ['path_decoy_tcp'],
      title: 'a Path that names TCP does not lead calls away from the phone’s UDP (docs/sip.md)',
      carriers: ['UDP'],
      async play(stage, carrier) {
        const [caller, callee] = [stage.person(), stage.person()]
        const [calling, phone] = [new CallingSide(caller, callee.extension), new CalledSide()]
        const decoy = `<sip:edge@${loopback}:${await freePort()};transport=tcp;lr>`
        await stage.play('path_decoy_tcp', carrier, {
          called: [
            {
              device: callee,
              registerLines: [
                ['Path', decoy],
                ['Supported', 'path'],
              ],
              steps: phone.isCalled,
            },
          ],
          calling: [...calling.dial(), receive(180), ...calling.answered()],
        })
      },
    },
    {
      names: ['strict-route'],
      title:
        'the phone’s proxy is a strict router: the Request-URI names it, the last Route the phone (RFC 3261 §12.2.1.1)',
      async play(stage, carrier) {
        const [caller, callee] = [stage.person(), stage.person()]
        const [calling, phone] = [new CallingSide(caller, callee.extension), new CalledSide()]
        const proxy = 'sip:strict@[local_ip]:[local_port];transport=[transport]'
        const rewritten = (method: string) =>
          receive(method, {
            check: [
              { header: '', pattern: `^${method} sip:strict@[0-9.]*:[0-9]*;transport=[A-Za-z]* SIP/2.0` },
              { header: 'Route', pattern: '<sip:sipp@[0-9.]*:[0-9]*;transport=' },
            ],
          })
        await stage.play('strict-route', carrier, {
          called: [
            {
              device: callee,
              steps: [
                phone.invite(),
                phone.answer(200, 'OK', { extra: [`Record-Route: <${proxy}>`] }),
                rewritten('ACK'),
                rewritten('BYE'),
                phone.reply(200, 'OK'),
              ],
            },
          ],
          calling: [...calling.dial(), ...calling.answered()],
        })
      },
    },
    {
      names: ['no_rport'],
      title: 'a Via without rport: answers go to its own port and say nothing of one (RFC 3581 §4)',
      carriers: ['UDP'],
      async play(stage, carrier) {
        await stage.play('no_rport', carrier, {
          calling: [
            askOptions(''),
            receive(200, {
              check: [{ header: 'Via', pattern: '^ *SIP/2.0/UDP [^;]*;branch=[^;]*(;received=[^;]*)?$' }],
            }),
          ],
        })
      },
    },
    {
      names: ['tel_uri'],
      title: 'a carrier calls a tel URI (RFC 3966): its owner rings',
      carriers: ['UDP'],
      async play(stage, carrier) {
        const [trunk, callee] = [stage.trunk(), stage.person()]
        const number = outsideNumber(callee)
        const calling = new CallingSide(trunk.device, number)
        await stage.play('tel_uri', carrier, {
          called: [{ device: callee, steps: new CalledSide().isCalled }],
          calling: [...calling.dial({ uri: `tel:${number}` }), receive(180), ...calling.answered()],
          port: trunk.port,
        })
      },
    },
    {
      names: ['multipart'],
      title: 'a body of several parts, one of them the session, passes as it is (RFC 5621 §3)',
      async play(stage, carrier) {
        const [caller, callee] = [stage.person(), stage.person()]
        const [calling, phone] = [new CallingSide(caller, callee.extension), new CalledSide()]
        const parts = body('multipart/mixed;boundary=part', [
          '--part',
          'Content-Type: application/sdp',
          '',
          ...description(usual),
          '--part',
          'Content-Type: text/plain',
          '',
          'a note',
          '--part--',
        ])
        await stage.play('multipart', carrier, {
          called: [
            {
              device: callee,
              steps: [
                phone.invite({
                  check: [
                    { header: 'Content-Type', pattern: 'multipart/mixed;boundary=part' },
                    { header: '', pattern: 'm=audio 32000.*a note' },
                  ],
                }),
                ...phone.isCalled.slice(1),
              ],
            },
          ],
          calling: [...calling.dial({ body: parts }), receive(180), ...calling.answered()],
        })
      },
    },
    {
      names: ['transport_error'],
      title: 'the phone’s connection is gone: the call waits four seconds for it to come back, then 480',
      carriers: ['TCP', 'TLS'],
      async play(stage, carrier) {
        const [caller, callee] = [stage.person(), stage.person()]
        const gone = await stage.register(callee, carrier, await freePort())
        await gone.close()
        const calling = new CallingSide(caller, callee.extension)
        await stage.play('transport_error', carrier, {
          calling: [...calling.dial(), receive(480, { timeout: 6000 }), calling.acknowledgeFailure()],
        })
      },
    },
    {
      names: ['failover_reject'],
      title: 'a carrier refuses with 503: the next one gets the call (RFC 3263 §4.3)',
      carriers: ['UDP'],
      async play(stage, carrier) {
        const [caller, [first, second]] = [stage.person(), stage.trunkPair]
        const calling = new CallingSide(caller, `${first.prefix}1`)
        const [refusing, far] = [new CalledSide(), new CalledSide()]
        await stage.play('failover_reject', carrier, {
          called: [
            {
              port: first.port,
              steps: [refusing.invite(), refusing.answer(503, 'Service Unavailable'), receive('ACK')],
            },
            { port: second.port, steps: far.isCalled },
          ],
          calling: [...calling.dial(), receive(180), ...calling.answered()],
        })
      },
    },
  ],
  referred: [
    {
      names: ['transport_error (UDP)'],
      file: 'test/wire/forking.test.ts',
      test: 'a contact that says nothing at all is not reachable after 4 seconds',
      why: 'UDP has no lost connection; the endpoint watches the time',
    },
    {
      names: ['transport_error (lost and back)'],
      file: 'test/wire/transports.test.ts',
      test: 'after a crash phones connect again, and are called',
      why: 'the server itself dies there',
    },
  ],
}
