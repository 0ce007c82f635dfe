/** One message that tries a server's patience, and what may become of it. */
export interface TortureCase {
  /** Of the RFC that describes the fault. */
  readonly section: string
  /** What that RFC calls its own message. */
  readonly name: string
  /** What is unusual or wrong. */
  readonly fault: string
  /**
   * What is acceptable, any of:
   * - `accept`: well formed; a request is handled by its method, whatever that leads to, and a response is looked at;
   * - a status code: refused so;
   * - `discard`: no answer.
   */
  readonly acceptable: readonly string[]
  /**
   * What is acceptable on a stream where it differs: `discard`, because the rest is waited for; or, where nobody can know
   * where the next message begins, `closed` with or without an answer.
   */
  readonly stream?: 'discard' | 'closed'
  /** The octets, one character each. */
  readonly text: string
}

/**
 * A message as it goes out: each line of `head` (the first, empty one is dropped) ends with CRLF, `{length}` stands for
 * the length of the body, and an empty line comes between.
 */
export function octets(head: string, body = ''): string {
  const lines = head.replace(/^\n/, '').replaceAll('{length}', String(body.length))
  return `${lines.replaceAll('\n', '\r\n')}\r\n${body}`
}

/** Text in UTF-8, one character an octet. */
export function utf8(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}

/** A session description with one audio stream. */
export const session = [
  'v=0',
  'o=- 4711 1 IN IP4 192.0.2.77',
  's=torture',
  'c=IN IP4 192.0.2.77',
  't=0 0',
  'm=audio 40000 RTP/AVP 8',
  '',
].join('\r\n')
