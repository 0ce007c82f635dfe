import type { Snapshot, Trunk } from '../config/snapshot.ts'
import type { Flow } from '../sip/transport.ts'

/** Trunks by the addresses at which their hosts are found. */
export interface NamedTrunks {
  at(flow: Flow, requestUri: string): { readonly trunk: Trunk } | null
}

/** Finds the trunk that a source address belongs to: an address names a trunk, never a phone (docs/trust.md). */
export class TrunkSources {
  /** By `address` and by `address:port`. */
  readonly #trunks = new Map<string, Trunk>()
  /** Addresses of which anything is trusted, so that others cost one look. */
  readonly #addresses = new Set<string>()

  readonly #named: NamedTrunks

  /** @param named those whose addresses the DNS names */
  constructor(snapshot: Snapshot, named: NamedTrunks) {
    this.#named = named
    for (const trunk of snapshot.trunks) {
      for (const { address, port } of trunk.trusted) {
        this.#addresses.add(address)
        const key = port === 0 ? address : `${address}:${port}`
        if (!this.#trunks.has(key)) this.#trunks.set(key, trunk)
      }
    }
  }

  /** @param requestUri tells trunks of one address apart */
  find(flow: Flow, requestUri: string): Trunk | null {
    const { transport, address, port } = flow
    // What comes by WebSocket was sent by a web page, which anybody may have written, on whatever machine shows it.
    if (transport === 'WS' || transport === 'WSS') return null
    if (this.#addresses.has(address)) {
      const trunk = this.#trunks.get(`${address}:${port}`) ?? this.#trunks.get(address)
      if (trunk !== undefined) return trunk
    }
    return this.#named.at(flow, requestUri)?.trunk ?? null
  }
}
