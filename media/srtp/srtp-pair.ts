import type { SideKeys, SrtpKey } from '../protocol.ts'
import { SrtpContext } from './srtp-context.ts'

/** SRTP of one side, in both directions; each `null` where its packets are plain. */
export class SrtpPair {
  theirs: SrtpContext | null = null
  ours: SrtpContext | null = null

  get isPlain(): boolean {
    return this.theirs === null && this.ours === null
  }

  /**
   * A key that stays keeps what it has counted: the same keystream must never be used twice (RFC 3711 §9.1).
   * @param last the keys before
   * @returns why they cannot be used, or ''
   */
  take(keys: SideKeys | null, last: SideKeys | null): string {
    try {
      if (!isSameKey(keys?.theirs, last?.theirs)) this.theirs = keys === null ? null : new SrtpContext(keys.theirs)
      if (!isSameKey(keys?.ours, last?.ours)) this.ours = keys === null ? null : new SrtpContext(keys.ours)
      return ''
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }
}

function isSameKey(one: SrtpKey | undefined, other: SrtpKey | undefined): boolean {
  return one?.key === other?.key && one?.suite === other?.suite
}
