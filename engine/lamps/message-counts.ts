/** What mailboxes hold: the source of message-waiting lamps. */

/** Messages of one mailbox (RFC 3842 §3.5). */
export interface MessageCounts {
  /** Not heard yet, and heard; urgent ones included. */
  readonly fresh: number
  readonly heard: number
  readonly freshUrgent: number
  readonly heardUrgent: number
}

/** Where messages are counted. `Subscriptions.messagesChanged` tells when a count changes. */
export interface Mailboxes {
  countsOf(userId: string): MessageCounts
}

const none: MessageCounts = { fresh: 0, heard: 0, freshUrgent: 0, heardUrgent: 0 }

/** Of a server that takes no messages. */
export const emptyMailboxes: Mailboxes = { countsOf: () => none }
