/** Phones that come, stay, move and go. */
import { Endpoint } from '../../wire/endpoint.ts'
import { freePort } from '../../wire/ports.ts'
import type { ScenarioDevice, Step } from '../../wire/scenario.ts'
import { receive } from '../../wire/scenario.ts'
import { CalledSide } from '../called-side.ts'
import { CallingSide } from '../calling-side.ts'
import { askOptions, registration, signsIn } from '../phone-requests.ts'
import type { ScenarioRow } from '../scenario-row.ts'
import type { Carrier, Stage } from '../stage.ts'

/** A usual call to somebody, who is reached as the scenario has made it. */
async function isReached(
  title: string,
  stage: Stage,
  carrier: Carrier,
  callee: ScenarioDevice & { readonly extension: string },
  called: { contact?: string; registerLines?: readonly (readonly [string, string])[]; steps?: readonly Step[] } = {},
): Promise<void> {
  const calling = new CallingSide(stage.person(), callee.extension)
  await stage.play(title, carrier, {
    called: [{ device: callee, steps: new CalledSide().isCalled, ...called }],
    calling: [...calling.dial(), receive(180), ...calling.answered()],
  })
}

/** A Contact of one phone, wherever it is (RFC 5626 §4.1). */
function contactOfInstance(device: ScenarioDevice, hostPort: string, carrier: Carrier): string {
  const uri = `<sip:${device.userName}@${hostPort};transport=${carrier.toLowerCase()}>`
  return `${uri};+sip.instance="<urn:uuid:00000000-0000-4000-8000-${device.userName.length}>";reg-id=1`
}

async function registersElsewhere(stage: Stage, device: ScenarioDevice, carrier: Carrier, address?: string) {
  const port = await freePort()
  const at = address ?? stage.server.address.address
  const contact = contactOfInstance(device, `${at}:${port}`, carrier)
  if (address === undefined) return stage.register(device, carrier, port, { contact })
  const endpoint = await Endpoint.openUdp(stage.server.address, device.domain, port, address)
  endpoint.as(device.userName, device.password)
  await endpoint.register(300, { contact })
  return endpoint
}

export const registrar: ScenarioRow = {
  area: 'Registrar',
  file: 'test/sip-scenarios/rows/registrar.ts',
  played: [
    {
      names: ['maintaining registration 30/60/120 s'],
      title: 'for 30 s: 423 with Min-Expires; for 60 s and again for 120 s: granted as asked (RFC 3261 §10.3)',
      async play(stage, carrier) {
        const device = stage.person()
        const granted = (seconds: number) =>
          receive(200, { check: [{ header: 'Contact', pattern: `;expires=${seconds}` }] })
        await stage.play('maintaining registration', carrier, {
          calling: [
            ...signsIn(device, { expires: 30 }),
            receive(423, { check: [{ header: 'Min-Expires', pattern: '^ *60' }] }),
            registration(device, { number: 3, expires: 60, signIn: device }),
            granted(60),
            registration(device, { number: 4, expires: 120, signIn: device }),
            granted(120),
            registration(device, { number: 5, expires: 120, signIn: device }),
            granted(120),
          ],
        })
      },
    },
    {
      names: ['register-ip-change'],
      title: 'a phone comes back from another address: it is called there, and only there',
      carriers: ['UDP'],
      async play(stage, carrier) {
        const device = stage.person()
        const before = await registersElsewhere(stage, device, carrier, '127.0.0.1')
        try {
          await isReached('register-ip-change', stage, carrier, device, {
            contact: contactOfInstance(device, 'phone.invalid', carrier),
          })
          if (before.unread() !== '') throw new Error(`The old address was called: ${before.unread()}`)
        } finally {
          await before.close()
        }
      },
    },
    {
      names: ['ip-change-port-only'],
      title: 'a phone comes back from another port or connection: it is called there, and only there',
      async play(stage, carrier) {
        const device = stage.person()
        const before = await registersElsewhere(stage, device, carrier)
        try {
          await isReached('ip-change-port-only', stage, carrier, device, {
            contact: contactOfInstance(device, 'phone.invalid', carrier),
          })
          if (before.unread() !== '') throw new Error(`The old place was called: ${before.unread()}`)
        } finally {
          await before.close()
        }
      },
    },
    {
      names: ['rewrite_contact (NAT)'],
      title: 'a Contact with a private address: the call goes to where the REGISTER came from, the URI stays as it was',
      async play(stage, carrier) {
        const device = stage.person()
        const phone = new CalledSide()
        await isReached('rewrite_contact', stage, carrier, device, {
          contact: `<sip:${device.userName}@10.99.0.1:5060;transport=${carrier.toLowerCase()}>`,
          steps: [
            phone.invite({ check: [{ header: '', pattern: '^INVITE sip:[^ ]*@10.99.0.1:5060' }] }),
            ...phone.isCalled.slice(1),
          ],
        })
      },
    },
    {
      names: ['deregister'],
      title: 'a phone takes its registration back: no Contact in the 200, and nobody is there to be called',
      async play(stage, carrier) {
        const device = stage.person()
        await stage.play('deregister', carrier, {
          calling: [
            ...signsIn(device),
            receive(200, { check: [{ header: 'Contact', pattern: ';expires=' }] }),
            registration(device, { number: 3, expires: 0, signIn: device }),
            receive(200, { absent: ['Contact'] }),
          ],
        })
        const calling = new CallingSide(stage.person(), device.extension)
        await stage.play('deregistered', carrier, {
          calling: [...calling.dial(), receive(480), calling.acknowledgeFailure()],
        })
      },
    },
    {
      names: ['qualify'],
      title: 'a phone asks whether the server is there: OPTIONS gets 200 and what it can do (RFC 3261 §11.2)',
      async play(stage, carrier) {
        await stage.play('qualify', carrier, {
          calling: [
            askOptions(),
            receive(200, {
              check: [
                { header: 'Allow', pattern: 'INVITE' },
                { header: 'Supported', pattern: 'outbound' },
              ],
            }),
          ],
        })
      },
    },
    {
      names: ['path'],
      title: 'the Path of a REGISTER is the Route of every call to that phone (RFC 3327 §5.2)',
      async play(stage, carrier) {
        const device = stage.person()
        const phone = new CalledSide()
        await isReached('path', stage, carrier, device, {
          registerLines: [
            ['Path', '<sip:edge@127.0.0.1:5999;lr>'],
            ['Supported', 'path'],
          ],
          steps: [
            phone.invite({ check: [{ header: 'Route', pattern: '<sip:edge@127.0.0.1:5999;lr>' }] }),
            ...phone.isCalled.slice(1),
          ],
        })
      },
    },
  ],
  referred: [
    {
      names: ['rewrite_contact (ports, rport)'],
      file: 'engine/registrar/register.test.ts',
      test: 'requests go to where the REGISTER came from',
      why: 'every combination, in simulated time',
    },
  ],
}
