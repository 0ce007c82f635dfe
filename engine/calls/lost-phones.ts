import type { Device } from '../config/snapshot.ts'
import type { Binding } from '../registrar/binding.ts'
import type { Flow } from '../sip/transport.ts'
import { isSameFlow } from '../sip/transport.ts'
import { parseUri } from '../sip/uri.ts'
import type { CallServices } from './services.ts'

/** A connection by which a phone was reached, and what tells the phone from others of the same device. */
interface LostConnection {
  readonly binding: Binding
  readonly flow: Flow
  /** Of its Contact. */
  readonly port: number
  readonly instanceId: string
  readonly user: string
}

const none: readonly LostConnection[] = []

/**
 * Phones on TCP, TLS and WebSocket lose their connection when the engine dies or a network changes, and register by a new
 * one (RFC 5626 §4.5). Their calls go on by it: what is sent in them goes there, as if they had never been away.
 */
export class LostPhones {
  /** Bindings that stay behind because the new Contact is another, with the connection whose calls have followed. */
  readonly #followed = new WeakMap<Binding, Flow>()

  /** The connections that phones of this device have lost, before a REGISTER that came by `flow` changes anything. */
  before(services: CallServices, device: Device, flow: Flow): readonly LostConnection[] {
    if (flow.transport === 'UDP') return none
    const bindings = services.bindings.lostOf(device)
    if (bindings.length === 0) return none
    return bindings
      .filter((binding) => binding.received.transport === flow.transport)
      .filter((binding) => this.#followed.get(binding) !== binding.received)
      .map(connectionOf)
  }

  /** That REGISTER was granted: the calls of the phone that sent it follow. */
  after(services: CallServices, device: Device, lost: readonly LostConnection[], flow: Flow): void {
    if (lost.length === 0) return
    const now = services.bindings.ofDevice(device).filter((binding) => isSameFlow(binding.received, flow))
    const back = lost.filter((one) => now.some((binding) => isSamePhone(one, connectionOf(binding))))
    if (back.length === 0) return
    for (const one of back) this.#followed.set(one.binding, one.flow)
    // A Contact that names a port of its own is reached there, where it is reached at all.
    const flows = back.flatMap(({ flow: gone, port }) => (port === gone.port ? [gone] : [gone, { ...gone, port }]))
    services.obligations.phoneCameBack(flows, flow)
    for (const call of services.calls.all()) call.phoneCameBack(device.userId, flows, flow)
  }
}

function connectionOf(binding: Binding): LostConnection {
  const { received, port, instanceId, contact } = binding
  return { binding, flow: received, port, instanceId, user: parseUri(contact)?.user ?? '' }
}

/** Two phones may sign in as one device: the one that is back must not get the calls of the other. */
function isSamePhone(lost: LostConnection, back: LostConnection): boolean {
  return lost.instanceId === back.instanceId && lost.user === back.user
}
