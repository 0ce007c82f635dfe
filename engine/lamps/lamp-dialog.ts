/** How calls tell what a lamp shows: the one place where calls, parked ones included, and lamps meet. */

/** One call as the lamp of a user, park slot or queue shows it (RFC 4235 §4.1), from the side of what is watched. */
export interface LampDialog {
  /** Names it among those of the same lamp while it lasts; tells nothing about the SIP dialog. */
  readonly id: string
  /** RFC 4235 §3.7.1: nobody rings yet, it rings, it is answered. */
  readonly state: 'trying' | 'early' | 'confirmed'
  /** Whether the watched one called, or is called. */
  readonly direction: 'initiator' | 'recipient'
  /** The SIP dialog with his phone; '' where there is none or it is not known yet. The local tag is the phone's. */
  readonly callId: string
  readonly localTag: string
  readonly remoteTag: string
  /** The other side as a name-addr without tag, as his phone was shown it; '' where there is none. */
  readonly remote: string
  /** The watched one has put the other side on hold. */
  readonly held: boolean
}

/** The key of a park slot's lamp; that of a user's is his id. */
export function keyOfSlot(slotId: string): string {
  return `parkSlot:${slotId}`
}

/** A call, or whatever else lights lamps. */
export interface LampSource {
  /**
   * Adds what the lamp of `key` shows of it at this moment; nothing where it has no part in it any more.
   *
   * @param key id of a user, or `keyOfSlot`
   */
  addLampDialogs(key: string, dialogs: LampDialog[]): void
}

/** Told by calls that something changed. */
export interface Lamps {
  /** Whether any lamp is watched: while none is, nobody needs to be told. */
  readonly anyWatched: boolean
  /**
   * What the lamp of `key` shows may have changed in `source`: it begins, rings, is answered, held, ends or goes over to
   * somebody else. To say it once too often costs little. The state is read later, when this turn is over.
   */
  touched(key: string, source: LampSource): void
}
