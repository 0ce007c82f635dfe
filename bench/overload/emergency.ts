/** One emergency call of a registered phone, as a user would make it. */
import { OutgoingCall } from '../../test/wire/call.ts'
import { Endpoint } from '../../test/wire/endpoint.ts'
import type { BenchUser } from '../population.ts'
import { PHONE_DOMAIN } from '../population.ts'

export interface EmergencyPhone {
  /** Calls 112 and hangs up; milliseconds from the first INVITE to the 200, or what came instead. */
  call(): Promise<
    { readonly answered: true; readonly milliseconds: number } | { readonly answered: false; readonly why: string }
  >
  close(): Promise<void>
}

/** @throws Error where it cannot register */
export async function emergencyPhone(user: BenchUser, serverPort: number): Promise<EmergencyPhone> {
  const opened = await Endpoint.openUdp({ address: '127.0.0.1', port: serverPort }, PHONE_DOMAIN)
  const endpoint = opened.as(user.sipUserName, user.password)
  // Longer than the whole takes: only who is registered may pass the gate.
  const response = await endpoint.register(3600)
  if (response.status !== 200) throw new Error(`The phone for emergency calls cannot register: ${response.status}`)
  return {
    async call() {
      const begin = performance.now()
      try {
        const call = await OutgoingCall.start(endpoint, '112')
        await call.answered()
        const milliseconds = performance.now() - begin
        await call.hangUp()
        return { answered: true, milliseconds }
      } catch (error) {
        return { answered: false, why: error instanceof Error ? error.message : String(error) }
      }
    },
    close: () => endpoint.close(),
  }
}
