import type { Credentials } from '../wire/digest.ts'
import type { ScenarioDevice, Step } from '../wire/scenario.ts'
import { message, receive } from '../wire/scenario.ts'
import { noBody } from './session.ts'

export interface RegistrationOptions {
  /** CSeq. */
  readonly number: number
  readonly expires?: number
  /** The whole value of Contact. */
  readonly contact?: string
  /** Answers the challenge got last. */
  readonly signIn?: Credentials
  readonly extra?: readonly string[]
}

/** One REGISTER of a device. */
export function registration(device: ScenarioDevice, options: RegistrationOptions): Step {
  const { userName, domain } = device
  const { number, expires = 300, signIn } = options
  const contact = options.contact ?? `<sip:${userName}@[local_ip]:[local_port];transport=[transport]>`
  return {
    xml: () =>
      message(
        [
          `REGISTER sip:${domain} SIP/2.0`,
          'Via: SIP/2.0/[transport] [local_ip]:[local_port];rport;branch=[branch]',
          `From: <sip:${userName}@${domain}>;tag=[pid]r[call_number]`,
          `To: <sip:${userName}@${domain}>`,
          'Call-ID: [call_id]',
          `CSeq: ${number} REGISTER`,
          'Max-Forwards: 70',
          `Contact: ${contact}`,
          `Expires: ${expires}`,
          ...(options.extra ?? []),
          ...(signIn ? [`[authentication username=${signIn.userName} password=${signIn.password}]`] : []),
          ...noBody,
        ],
        ' retrans="500"',
      ),
  }
}

/** A device registers: the challenge and its answer, up to what follows on it. */
export function signsIn(device: ScenarioDevice, options: Omit<RegistrationOptions, 'number' | 'signIn'> = {}): Step[] {
  return [
    registration(device, { ...options, number: 1 }),
    receive(401, { challenge: true }),
    registration(device, { ...options, number: 2, signIn: device }),
  ]
}

/** OPTIONS of nobody in particular, which anybody may send. `via`: what follows host and port in Via. */
export function askOptions(via = ';rport'): Step {
  return {
    xml: () =>
      message([
        'OPTIONS sip:north.test SIP/2.0',
        `Via: SIP/2.0/[transport] [local_ip]:[local_port]${via};branch=[branch]`,
        'From: <sip:phone@north.test>;tag=[pid]o',
        'To: <sip:north.test>',
        'Call-ID: [call_id]',
        'CSeq: 1 OPTIONS',
        'Max-Forwards: 70',
        ...noBody,
      ]),
  }
}
