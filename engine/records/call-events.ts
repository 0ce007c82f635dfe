/**
 * What is told of each call as it goes, for its record. Events go into the journal beside the entries that survive a
 * crash, and the journal's other thread makes rows of them (`call-record-writer.ts`).
 */

/** Told by the calls as things happen; costs them one append to the journal. */
export interface CallEvents {
  began(event: CallBegan): void
  /** The router was asked again: somebody was busy, did not answer, could not be reached. */
  wentOn(event: CallWentOn): void
  answered(id: string, at: number, callee: RecordedParty): void
  /**
   * A call goes on as another one, because one of its sides was transferred.
   * @param by who has left it
   * @param into id of the other call
   */
  transferred(id: string, at: number, by: RecordedParty, into: string): void
  /** A recording of it has begun. @param recording its id */
  recorded(id: string, at: number, recording: string): void
  /** Sound of it that passed through us is over, mostly a moment after the call itself. */
  heard(id: string, at: number, quality: readonly HeardQuality[]): void
  /**
   * @param status final status towards the caller, or 200 where the call was answered before it ended
   * @param phrase its reason phrase; binary string
   */
  ended(id: string, at: number, by: EndedBy, status: number, phrase: string): void
}

/** Who ended a call; `server` also for refusals and crashes. */
export type EndedBy = 'caller' | 'callee' | 'server'

export interface RecordedParty {
  /** `service`: the server itself, which did what a code asks for. */
  readonly kind: 'user' | 'trunk' | 'service'
  /** Id of the user or trunk; of a service the name of the feature. */
  readonly id: string
  /** For people: extension or number, and name. */
  readonly title: string
}

/** How one party's sound came to us, and ours to it. */
export interface HeardQuality {
  readonly side: 'caller' | 'callee'
  /** Preferred of those that both sides agreed on: PCMA, OPUS; '' where they never agreed. */
  readonly codec: string
  /** From the party: packets taken, and packets lost on the way (RFC 3550 §6.4.1). */
  readonly packets: number
  readonly lost: number
  /** Milliseconds: the last, and the largest. */
  readonly jitter: number
  readonly largestJitter: number
  /** To the party and back, milliseconds; `null` where it sends no reports. */
  readonly roundTrip: number | null
  /** Estimated mean opinion score of what it sends, 1 to 4.5 (ITU-T G.107); `null` without sound. */
  readonly mos: number | null
  /** To the party: packets sent, and what its reports say became of them; `null` where it sends none. */
  readonly sent: number
  readonly reportedLost: number | null
  readonly reportedJitter: number | null
  /** Packets of others that came to its ports, and were dropped. */
  readonly strangers: number
}

/** One answer of the router, with what it was made of. */
export interface RouteTaken {
  /** The facts it asked for: `registered:anna=1 lines:anna=0`. */
  readonly facts: string
  /** Rules and lists that decided, one line each: `USER ID\tSTEP\tRULE NAME`. */
  readonly rules: string
  /** Whom it rings, for people; '' where it refuses. */
  readonly rings: string
  /** The same for programs: `user:anna user:ben`, or the trunk and the number as it wants it: `trunk:carrier:+44...`. */
  readonly targets: string
}

/**
 * Who calls, as the router was told of him: with what was dialled, at which domain, when and the revision it is the whole
 * question, so that it can be put again.
 */
export type AskedCaller =
  | {
      readonly kind: 'device'
      /** SIP user name of the phone. */
      readonly device: string
    }
  | {
      readonly kind: 'trunk'
      /** As presented, or ''; binary strings. */
      readonly number: string
      readonly name: string
      readonly anonymous: boolean
      readonly ownDiversions: number
    }

/** The router was asked again. */
export interface CallWentOn {
  readonly id: string
  /** Milliseconds since the epoch. */
  readonly at: number
  /** How the step before ended. */
  readonly outcome: string
  /** What else the outcome says: see `outcomeDetail` in engine/calls/route-notes.ts; binary string. */
  readonly detail: string
  /** Of the configuration that decided. */
  readonly revision: number
  readonly step: RouteTaken
}

export interface CallBegan {
  readonly id: string
  /** Milliseconds since the epoch. */
  readonly at: number
  /** SIP Call-ID of the caller's leg; binary string. */
  readonly callId: string
  /** From-tag and CSeq number of its INVITE: with the Call-ID they tell copies of it (RFC 3261 §8.2.2.2). */
  readonly fromTag: string
  readonly sequence: number
  /** Transport, address and port the INVITE came from, for people. */
  readonly source: string
  readonly caller: RecordedParty
  /** The call in which somebody asked for this one: a transfer, or its return; left out for one that stands alone. */
  readonly parent?: string
  /** `null` where the router was not asked. */
  readonly asked: AskedCaller | null
  /** As dialled; binary string. */
  readonly dialled: string
  readonly domain: string
  /** Of the configuration that decided. */
  readonly revision: number
  readonly step: RouteTaken
  /** Where it ended at once: the refusal. */
  readonly refusal: { readonly status: number; readonly phrase: string } | null
}
