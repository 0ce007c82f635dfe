/** Session descriptions of the simulated phones: each names itself, and an answer names the offer it answers. */
export interface Description {
  /** `server`: the server's own, which has nothing to say and is nobody's offer or answer. */
  readonly kind: 'offer' | 'answer' | 'server'
  readonly id: string
  /** Id of the offer that is answered; '' in an offer. */
  readonly offer: string
}

export function describe(kind: 'offer' | 'answer', id: string, offer: string, host: string, direction: string): string {
  return (
    `v=0\r\no=${id} 1 1 IN IP4 ${host}\r\ns=${kind} ${id} ${offer}\r\nc=IN IP4 ${host}\r\nt=0 0\r\n` +
    `m=audio 4000 RTP/AVP 8\r\na=${direction}\r\n`
  )
}

/**
 * Whether a description may stand where the answer to this offer is expected. What two parties offered who were joined by a
 * pickup answers both offers (docs/decisions/0034-two-offers-answer-each-other.md).
 */
export function answers({ kind, offer }: Description, offered: string, joined: boolean): boolean {
  return kind === 'answer' ? offer === offered : kind === 'server' || joined
}

/** `null` where there is no description. */
export function readDescription(body: string): Description | null {
  const found = /^s=(offer|answer) (\S+) (\S*)\r$/m.exec(body)
  if (found !== null) return { kind: found[1] as 'offer' | 'answer', id: found[2]!, offer: found[3]! }
  return body.includes('\r\ns=-\r\n') ? { kind: 'server', id: 'server', offer: '' } : null
}
