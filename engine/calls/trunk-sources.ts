import type { Snapshot, Trunk } from '../config/snapshot.ts'
import type { Flow } from '../sip/transport.ts'

/** Trunks by the addresses at which their hosts are found. */
export interface NamedTrunks {
  at(flow: Flow, requestUri: string): { readonly trunk: Trunk } | null
}

/** Finds the trunk that a source address belongs to: an address names a trunk, never a phone (docs/trust.md). */
export class TrunkSources {
  /** By address, then by port; 0: any. Two looks make no key, and each message is asked for. */
  readonly #trunks = new Map<string, Map<number, Trunk>>()
  readonly #named: NamedTrunks

  /** @param named those whose addresses the DNS names */
  constructor(snapshot: Snapshot, named: NamedTrunks) {
    this.#named = named
    for (const trunk of snapshot.trunks) {
      for (const { address, port } of trunk.trusted) {
        let ports = this.#trunks.get(address)
        if (ports === undefined) {
          ports = new Map()
          this.#trunks.set(address, ports)
        }
        if (!ports.has(port)) ports.set(port, trunk)
      }
    }
  }

  /** @param requestUri tells trunks of one address apart */
  find(flow: Flow, requestUri: string): Trunk | null {
    const { transport, address, port } = flow
    // What comes by WebSocket was sent by a web page, which anybody may have written, on whatever machine shows it.
    if (transport === 'WS' || transport === 'WSS') return null
    const ports = this.#trunks.get(address)
    const trunk = ports?.get(port) ?? ports?.get(0)
    if (trunk !== undefined) return trunk
    return this.#named.at(flow, requestUri)?.trunk ?? null
  }
}
