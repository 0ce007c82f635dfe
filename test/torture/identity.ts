/**
 * What an answer must have from its request (RFC 3261 §8.2.6.2), read without `engine/sip`: two readings of the RFC do not
 * share their mistakes.
 */

interface Identity {
  /** Of the first value: sent-by and branch. */
  readonly via: string
  readonly callId: string
  readonly cseq: string
  /** Where an answer by UDP goes: the port of the Via, else 5060; 0 for the port that the message came from (RFC 3581). */
  readonly port: number
}

const compact: Readonly<Record<string, string>> = { v: 'via', i: 'call-id' }

/** Reads what identifies a message; '' for what it does not have. */
export function identityOf(text: string): Identity {
  const head = text.split('\r\n\r\n', 1)[0] ?? ''
  const values = new Map<string, string>()
  for (const line of head
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
    .slice(1)) {
    const colon = line.indexOf(':')
    const name = line.slice(0, Math.max(colon, 0)).trim().toLowerCase()
    const full = compact[name] ?? name
    if (!values.has(full)) values.set(full, line.slice(colon + 1).trim())
  }
  const via = (values.get('via') ?? '').split(',', 1)[0] ?? ''
  const sentBy = (/^SIP\s*\/[\s\d.]+\/\s*\S+\s+([^;]*)/.exec(via)?.[1] ?? '').trim()
  const branch = /;\s*branch\s*=\s*([^;\s]*)/.exec(via)?.[1] ?? ''
  const port = Number(/:(\d+)$/.exec(sentBy.replace(/\[[^\]]*\]/, ''))?.[1] ?? 5060)
  return {
    via: `${sentBy} ${branch}`,
    callId: values.get('call-id') ?? '',
    cseq: (values.get('cseq') ?? '').replace(/[ \t]+/g, ' '),
    port: /;\s*rport/.test(via) ? 0 : port,
  }
}

/** How an answer differs from its request in what they must have in common; '' where it does not. */
export function faultOfAnswer(request: string, answer: string): string {
  const asked = identityOf(request)
  const given = identityOf(answer)
  for (const part of ['via', 'callId', 'cseq'] as const) {
    if (asked[part] !== given[part]) return `${part} is ${given[part]} and should be ${asked[part]}`
  }
  return ''
}
