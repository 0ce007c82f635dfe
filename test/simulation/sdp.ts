/** Session descriptions of the simulated phones: each names itself, and an answer names the offer it answers. */
export interface Description {
  readonly kind: 'offer' | 'answer'
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

/** `null` where there is no description. */
export function readDescription(body: string): Description | null {
  const found = /^s=(offer|answer) (\S+) (\S*)\r$/m.exec(body)
  return found === null ? null : { kind: found[1] as 'offer' | 'answer', id: found[2]!, offer: found[3]! }
}
