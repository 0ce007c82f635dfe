import type { KeptMessage, RingReader } from './ring-reader.ts'
import { ringStart } from './ring-reader.ts'

/** Messages of one call, at most; what a call has beyond that is told. */
const mostMessages = 1000
/** Characters of all of them together. */
const mostCharacters = 2 * 1024 * 1024

const callIdHeader = /\r\n(?:call-id|i)[ \t]*:[ \t]*([^\r\n]*)/i

export interface FoundMessages {
  /** Oldest first. */
  readonly messages: readonly KeptMessage[]
  /** How many more there are. */
  readonly more: number
}

/**
 * The messages of a call, of both its sides: those with the Call-ID with which it began, and those whose Call-ID begins
 * with the call's own id, as all do that we begin for it.
 *
 * @param id of the call
 * @returns nothing where none is kept
 */
export function messagesOf(reader: RingReader, id: string): FoundMessages {
  const callIds = new Set<string>()
  for (const entry of reader.entries(ringStart)) {
    if (entry.kind === 'began' && entry.id === id) callIds.add(entry.callId)
  }
  const messages: KeptMessage[] = []
  let characters = 0
  let more = 0
  for (const entry of reader.entries(ringStart)) {
    if (entry.kind === 'began') continue
    const callId = callIdOf(entry)
    if (!callId.startsWith(id) && !callIds.has(callId)) continue
    characters += entry.text.length
    if (messages.length < mostMessages && characters <= mostCharacters) messages.push(entry)
    else more++
  }
  return { messages, more }
}

/** The Call-ID of a message, or ''. */
export function callIdOf(message: KeptMessage): string {
  return callIdHeader.exec(message.text)?.[1]?.trim() ?? ''
}
