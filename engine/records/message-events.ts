/** What is told of messages (RFC 3428), for their history: into the journal beside the entries that survive a crash. */
import type { RecordedParty } from './call-events.ts'

export interface MessageEvents {
  taken(message: MessageTaken): void
  /** @param at milliseconds since the epoch */
  settled(id: string, at: number, state: SettledState): void
}

/** What became of a message: `discarded` where the recipient keeps the sender out, who is not to notice. */
export const messageStates = ['waiting', 'delivered', 'expired', 'discarded'] as const
export type MessageState = (typeof messageStates)[number]
export type SettledState = Exclude<MessageState, 'waiting'>

/** Texts are binary strings. */
export interface MessageTaken {
  readonly id: string
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly from: RecordedParty
  readonly to: RecordedParty
  /** As dialled. */
  readonly dialled: string
  readonly contentType: string
  readonly body: string
}
