/**
 * What the messages of a call say of its sessions that nobody sees at a glance: a description that was refused, parties that
 * have no codec in common, packets of different lengths. With what each side said.
 */
import { sessionDescriptionIn } from '../sdp/body-part.ts'
import { codecNames, packetTimeOf, shareCodec } from '../sdp/codecs-compared.ts'
import type { SessionDescription } from '../sdp/session-description.ts'
import { parseSessionDescription } from '../sdp/session-description.ts'
import type { KeptMessage } from './ring-reader.ts'
import { headerIn } from './text-headers.ts'

type NotedMessage = Pick<KeptMessage, 'kind' | 'address' | 'port' | 'text'>

/** Of one call, at most: who offers again and again says the same again and again. */
const mostNotes = 20

/** An offer that waits for its answer. */
interface OpenOffer {
  readonly description: SessionDescription
  /** Who made it. */
  readonly by: string
}

/** Statuses by which a session is refused (RFC 3261 §21.4.13, §21.4.26, §21.6.4). */
const refusals: ReadonlySet<string> = new Set(['415', '488', '606'])

/** @param messages of one call, oldest first. @returns sentences, each once */
export function sessionNotes(messages: readonly NotedMessage[]): string[] {
  const notes = new Set<string>()
  /** By Call-ID and CSeq. */
  const offers = new Map<string, OpenOffer>()
  let first: OpenOffer | null = null
  for (const message of messages) {
    const { text } = message
    const [sequence = '', method = ''] = headerIn(text, 'cseq').split(/[ \t]+/)
    if (method !== 'INVITE' && method !== 'UPDATE' && method !== 'ACK') continue
    const key = `${headerIn(text, 'call-id', 'i')} ${sequence}`
    const description = descriptionIn(text)
    const by = message.kind === 'sent' ? 'Ringdown' : endpoint(message)
    const offer = offers.get(key) ?? null
    if (!text.startsWith('SIP/2.0 ')) {
      if (description === null) continue
      if (method === 'ACK') {
        if (offer !== null) compare(notes, offer, description, by)
      } else {
        const made = { description, by }
        first ??= made
        offers.set(key, made)
      }
      continue
    }
    const status = text.slice(8, 11)
    if (refusals.has(status)) {
      // Our own refusal of what a caller offers is told with what the phone behind said.
      if (offer !== null && message.kind === 'received') notes.add(refusalNote(text, offer, first, description, by))
    } else if (status < '300' && description !== null) {
      if (offer === null) offers.set(key, { description, by })
      else compare(notes, offer, description, by)
    }
    if (notes.size >= mostNotes) break
  }
  return [...notes]
}

function refusalNote(
  text: string,
  offer: OpenOffer,
  first: OpenOffer | null,
  takes: SessionDescription | null,
  by: string,
): string {
  const [line = ''] = text.split('\r\n', 1)
  const offered = codecNames(offer.description) || 'no sound'
  let note = `${by} refuses the session (${line.slice(8)}): it was offered ${offered}`
  const taken = codecNames(takes)
  if (taken !== '') note += `, and takes ${taken}`
  const warning = /^\d{3} \S+ "([^"]*)"/.exec(headerIn(text, 'warning'))?.[1] ?? ''
  if (warning !== '') note += ` ("${warning}")`
  // What the caller said where that was another offer.
  const caller = first === null ? '' : codecNames(first.description)
  return first === null || caller === offered || caller === '' ? note : `${note}; ${first.by} had offered ${caller}`
}

function compare(notes: Set<string>, offer: OpenOffer, answer: SessionDescription, by: string): void {
  const [offered, answered] = [codecNames(offer.description), codecNames(answer)]
  if (offered === '') return
  if (answered === '') notes.add(`${by} declines the sound that ${offer.by} offers: ${offered}`)
  else if (!shareCodec(offer.description, answer)) {
    notes.add(`${offer.by} and ${by} have no codec in common: offered ${offered}, answered ${answered}`)
  }
  const [wished, other] = [packetTimeOf(offer.description), packetTimeOf(answer)]
  if (wished !== 0 && other !== 0 && wished !== other) {
    notes.add(`${offer.by} wants packets of ${wished} ms, ${by} of ${other} ms`)
  }
}

function descriptionIn(text: string): SessionDescription | null {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return null
  const body = text.slice(end + 4)
  const part = sessionDescriptionIn(headerIn(text, 'content-type', 'c'), body)
  return part === null ? null : parseSessionDescription(body.slice(part.start, part.end))
}

function endpoint({ address, port }: NotedMessage): string {
  return `${address.includes(':') ? `[${address}]` : address}:${port}`
}
