/**
 * Programs that search the Internet for telephone systems to abuse, known by what they write into User-Agent. Whoever
 * answers them is on their list; so nobody does. Those who want to hide write something else: this only spares us the
 * careless, who are the most.
 */
export const usualScanners: readonly string[] = [
  'friendly-scanner',
  'friendly-request',
  'sipvicious',
  'sipcli',
  'sip-scan',
  'sipscan',
  'siparmyknife',
  'sundayddr',
  'iwar',
  'pplsip',
  'smap ',
]

/** Names remembered with what was found; when there are more, all are forgotten and looked at again. */
const rememberedNames = 1000
/** Longer names are no names. */
const longestName = 200

export class Scanners {
  readonly #parts: readonly string[]
  readonly #known = new Map<string, boolean>()

  /** @param parts of User-Agent values, in any case; none: nobody is a scanner */
  constructor(parts: readonly string[]) {
    this.#parts = parts.map((part) => part.toLowerCase())
  }

  /** Whether this is what a scanner writes into User-Agent. */
  has(userAgent: string): boolean {
    if (userAgent === '' || this.#parts.length === 0) return false
    const known = this.#known.get(userAgent)
    if (known !== undefined) return known
    const name = userAgent.slice(0, longestName).toLowerCase()
    const found = this.#parts.some((part) => `${name} `.includes(part))
    if (this.#known.size >= rememberedNames) this.#known.clear()
    if (userAgent.length <= longestName) this.#known.set(Buffer.from(userAgent, 'latin1').toString('latin1'), found)
    return found
  }
}
