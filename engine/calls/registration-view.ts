import type { Binding } from '../registrar/binding.ts'
import { bracketed } from '../sip/uri.ts'

/** What is shown of a registered contact. */
export interface RegistrationView {
  /** Number of the registration: later ones have higher numbers. */
  readonly id: string
  readonly sipUserName: string
  readonly deviceId: string
  readonly contact: string
  readonly transport: string
  /** Where the REGISTER came from, host:port. */
  readonly source: string
  readonly behindNat: boolean
  readonly userAgent: string
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
}

/** What is shown of a binding. */
export function registrationView(binding: Binding): RegistrationView {
  const { address, port, transport } = binding.received
  return {
    id: String(binding.serial),
    sipUserName: binding.device.sipUserName,
    deviceId: binding.device.deviceId,
    behindNat: binding.behindNat,
    contact: binding.contact,
    transport,
    source: `${bracketed(address)}:${port}`,
    userAgent: binding.userAgent,
    expiresAt: binding.expiresAt,
  }
}
