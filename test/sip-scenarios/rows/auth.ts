/** Signing in by digest, and peers that answer a challenge to us, or one of nothing. */
import { receive } from '../../wire/scenario.ts'
import { CalledSide } from '../called-side.ts'
import { CallingSide } from '../calling-side.ts'
import { registration } from '../phone-requests.ts'
import type { PlayedScenario, ScenarioRow } from '../scenario-row.ts'
import { session } from '../session.ts'

/** A phone that sends its credentials along inside the call, as many do unasked. */
function signsInside(method: 'BYE' | 'INVITE'): PlayedScenario {
  const again = method === 'INVITE'
  return {
    names: [again ? 'reinvite-with-auth' : 'bye-with-auth'],
    title: `${again ? 're-INVITE' : 'BYE'} with credentials is taken, and they do not reach the other side`,
    async play(stage, carrier) {
      const [caller, callee] = [stage.person(), stage.person()]
      const [calling, phone] = [new CallingSide(caller, callee.extension), new CalledSide()]
      const bare = { absent: ['Authorization'] }
      await stage.play(`${method}-with-auth`, carrier, {
        called: [
          {
            device: callee,
            steps: [
              phone.invite(bare),
              ...phone.isCalled.slice(1, 4),
              ...(again ? [receive('INVITE', bare), phone.reply(200, 'OK', { body: session() }), receive('ACK')] : []),
              receive('BYE', bare),
              phone.reply(200, 'OK'),
            ],
          },
        ],
        calling: [
          ...calling.talks(),
          ...(again ? calling.reinvites(200, { extra: [calling.authorization] }) : []),
          calling.within('BYE', { extra: [calling.authorization] }),
          receive(200),
        ],
      })
    },
  }
}

export const auth: ScenarioRow = {
  area: 'Auth',
  file: 'test/sip-scenarios/rows/auth.ts',
  played: [
    {
      names: ['auth'],
      title: 'an INVITE is challenged for the PBX’s domain, and its right answer is taken (RFC 3261 §22.2)',
      async play(stage, carrier) {
        const [caller, callee] = [stage.person(), stage.person()]
        const calling = new CallingSide(caller, callee.extension)
        const [first, , ...rest] = calling.dial()
        const challenge = { header: 'WWW-Authenticate', pattern: '^ *Digest realm="north.test", nonce=".*qop="auth"' }
        await stage.play('auth', carrier, {
          called: [{ device: callee, steps: new CalledSide().isCalled }],
          calling: [
            first!,
            receive(401, { challenge: true, check: [challenge] }),
            ...rest,
            receive(180),
            ...calling.answered(),
          ],
        })
      },
    },
    {
      names: ['auth-two-algo'],
      title: 'a device of both algorithms is offered SHA-256 and then MD5 (RFC 8760 §2.3)',
      async play(stage, carrier) {
        const calling = new CallingSide(stage.bothAlgorithms, '1')
        await stage.play('auth-two-algo', carrier, {
          calling: [
            calling.invite(),
            receive(401, { check: [{ header: '', pattern: 'algorithm=SHA-256.*algorithm=MD5' }] }),
            calling.acknowledgeFailure(),
          ],
        })
      },
    },
    signsInside('BYE'),
    signsInside('INVITE'),
    {
      names: ['407-no-auth-header'],
      title: 'a carrier answers 407 without a challenge: the call fails, the phone is not asked for a password',
      carriers: ['UDP'],
      async play(stage, carrier) {
        const [caller, trunk] = [stage.person(), stage.trunk()]
        const dialled = `${trunk.prefix}1`
        const [calling, far] = [new CallingSide(caller, dialled), new CalledSide()]
        await stage.play('407-no-auth-header', carrier, {
          called: [
            {
              port: trunk.port,
              steps: [far.invite(), far.answer(407, 'Proxy Authentication Required'), receive('ACK')],
            },
          ],
          calling: [...calling.dial(), receive(503, { absent: ['Proxy-Authenticate'] }), calling.acknowledgeFailure()],
        })
      },
    },
    {
      names: ['register-no-realm'],
      title: 'credentials without a realm: 400 that says what is malformed',
      async play(stage, carrier) {
        const device = stage.person()
        const credentials = `Digest username="${device.userName}", nonce="x", uri="sip:${device.domain}", response="0123456789abcdef0123456789abcdef", qop=auth, nc=00000001, cnonce="c"`
        await stage.play('register-no-realm', carrier, {
          calling: [
            registration(device, { number: 1, extra: [`Authorization: ${credentials}`] }),
            receive(400, { check: [{ header: '', pattern: '^SIP/2.0 400 Malformed Authorization' }] }),
          ],
        })
      },
    },
    {
      names: ['inv_401_retry_after_100'],
      title: 'a phone answers 100 and then 401: not reachable, and the caller never sees the challenge',
      async play(stage, carrier) {
        const [caller, callee] = [stage.person(), stage.person()]
        const [calling, phone] = [new CallingSide(caller, callee.extension), new CalledSide()]
        const challenge = 'WWW-Authenticate: Digest realm="phone.example", nonce="n", algorithm=MD5, qop="auth"'
        await stage.play('inv_401_retry_after_100', carrier, {
          called: [
            {
              device: callee,
              steps: [
                phone.invite(),
                phone.answer(100, 'Trying', { untagged: true }),
                phone.answer(401, 'Unauthorized', { extra: [challenge] }),
                receive('ACK'),
              ],
            },
          ],
          calling: [...calling.dial(), receive(480, { absent: ['WWW-Authenticate'] }), calling.acknowledgeFailure()],
        })
      },
    },
    {
      names: ['simultaneous calls same Call-ID'],
      title: 'two phones use the same Call-ID at once: two calls (RFC 3261 §12)',
      async play(stage, carrier) {
        const callId = `same-for-${carrier}@phones.example`
        const one = async () => {
          const [caller, callee] = [stage.person(), stage.person()]
          const [calling, phone] = [new CallingSide(caller, callee.extension), new CalledSide()]
          await stage.play('same Call-ID', carrier, {
            called: [{ device: callee, steps: phone.isCalled }],
            calling: [...calling.dial(), receive(180), ...calling.answered()],
            callId,
          })
        }
        await Promise.all([one(), one()])
      },
    },
  ],
  referred: [
    {
      names: ['auth-two-algo (answered by SHA-256)'],
      file: 'test/wire/register.test.ts',
      test: 'SHA-256 is offered before MD5, and both are taken',
      why: 'SIPp 3.6 knows MD5 only',
    },
  ],
}
