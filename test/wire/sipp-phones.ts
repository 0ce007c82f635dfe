/** Phones that SIPp plays: registering them, dialling with them, and a call between two of them. */
import { freePort } from './ports.ts'
import type { InviteOptions, ScenarioDevice, Step } from './scenario.ts'
import { acknowledgeFailure, receive, receiveAcknowledgement, respond, sendInvite, sendRegister } from './scenario.ts'
import type { RingdownServer } from './server.ts'
import type { SippOptions } from './sipp.ts'
import { runSipp, Sipp } from './sipp.ts'

/** The first steps of a device's call: INVITE, 401, ACK, and the INVITE (named `invite`) that counts. */
export function dial(caller: ScenarioDevice, dialled: string, options: InviteOptions = {}): Step[] {
  return [
    sendInvite(caller, dialled, { ...options, name: 'first' }),
    receive(401, { challenge: true }),
    acknowledgeFailure(caller, dialled, 'first'),
    sendInvite(caller, dialled, { ...options, name: 'invite', signIn: caller }),
    receive(100, { optional: true }),
  ]
}

/** A phone that rings and answers. */
export const answered: readonly Step[] = [
  receive('INVITE', { dialog: true }),
  respond(180, 'Ringing'),
  respond(200, 'OK', { withSession: true }),
  receiveAcknowledgement(),
]

/** Phones at one server. */
export class SippPhones {
  readonly #server: RingdownServer

  constructor(server: RingdownServer) {
    this.#server = server
  }

  /** Registers a device; its port. */
  async registered(device: ScenarioDevice, transport: SippOptions['transport'] = 'UDP'): Promise<number> {
    const port = await freePort()
    await runSipp(
      `register ${device.userName}`,
      this.#server.address,
      [sendRegister(device), receive(401, { challenge: true }), sendRegister(device, { signIn: device }), receive(200)],
      { port, transport },
    )
    return port
  }

  /** Runs the called side on its port and the calling side on a new one; both must go as written. */
  async run(
    title: string,
    callee: readonly Step[],
    port: number,
    caller: readonly Step[],
    options: Partial<SippOptions> = {},
  ): Promise<void> {
    const phone = await Sipp.start(`${title}: called`, this.#server.address, callee, { port })
    try {
      await runSipp(`${title}: calling`, this.#server.address, caller, { port: await freePort(), ...options })
    } catch (error) {
      throw new Error(`${String(error)}\nThe called side:\n${await phone.stop()}`)
    }
    await phone.succeeded()
  }
}
