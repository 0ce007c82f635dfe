/**
 * SIP messages as the tests write and read them. On purpose nothing of `engine/sip` is used here: two independent
 * readings of RFC 3261 do not share their mistakes. Text is latin1, one character a byte.
 */

export type HeaderLine = readonly [name: string, value: string]

export interface SipMessage {
  /** As it stands on the wire. */
  readonly text: string
  readonly startLine: string
  /** Of a request, or of the request that a response answers (its CSeq). */
  readonly method: string
  /** '' for responses. */
  readonly requestUri: string
  /** 0 for requests. */
  readonly status: number
  readonly reason: string
  readonly headers: readonly HeaderLine[]
  readonly body: string
}

/** RFC 3261 §7.3.3 and later documents: compact forms. */
const fullNames: Readonly<Record<string, string>> = {
  v: 'via',
  f: 'from',
  t: 'to',
  i: 'call-id',
  m: 'contact',
  l: 'content-length',
  c: 'content-type',
  e: 'content-encoding',
  k: 'supported',
  s: 'subject',
}

function fullName(name: string): string {
  const lower = name.trim().toLowerCase()
  return fullNames[lower] ?? lower
}

/** Reads one whole message. Throws on what no server of ours may send. */
export function readMessage(text: string): SipMessage {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) throw new Error(`No empty line ends the headers: ${JSON.stringify(text)}`)
  const lines = text.slice(0, end).split('\r\n')
  const startLine = lines.shift() ?? ''
  const headers: HeaderLine[] = lines.map((line) => {
    const colon = line.indexOf(':')
    if (colon < 1) throw new Error(`Not a header: ${JSON.stringify(line)} in ${JSON.stringify(text)}`)
    return [line.slice(0, colon), line.slice(colon + 1).trim()]
  })
  const body = text.slice(end + 4)
  const length = headers.find(([name]) => fullName(name) === 'content-length')?.[1]
  if (length !== undefined && Number(length) !== body.length) {
    throw new Error(`Content-Length ${length} for a body of ${body.length} bytes: ${JSON.stringify(text)}`)
  }
  const response = /^SIP\/2\.0 (\d{3}) (.*)$/.exec(startLine)
  if (response) {
    const cseq = headers.find(([name]) => fullName(name) === 'cseq')?.[1] ?? ''
    const method = cseq.split(/\s+/)[1] ?? ''
    return {
      text,
      startLine,
      method,
      requestUri: '',
      status: Number(response[1]),
      reason: response[2] ?? '',
      headers,
      body,
    }
  }
  const request = /^([A-Z]+) ([^ \t]+) SIP\/2\.0$/.exec(startLine)
  if (!request) throw new Error(`Neither a request nor a response: ${JSON.stringify(text)}`)
  return {
    text,
    startLine,
    method: request[1] ?? '',
    requestUri: request[2] ?? '',
    status: 0,
    reason: '',
    headers,
    body,
  }
}

/** All values of a header, in order, each line as it stands. */
export function headerValues(message: SipMessage, name: string): string[] {
  const wanted = fullName(name)
  return message.headers.filter(([own]) => fullName(own) === wanted).map(([, value]) => value)
}

/** The first value of a header, or '' where there is none. */
export function headerValue(message: SipMessage, name: string): string {
  return headerValues(message, name)[0] ?? ''
}

/** The tag of a From or To value, or ''. */
export function tagOf(value: string): string {
  const afterAddress = value.slice(value.lastIndexOf('>') + 1)
  return /;\s*tag=([^;\s]+)/.exec(afterAddress)?.[1] ?? ''
}

/** The URI of a name-addr or addr-spec (Contact, From, To, Record-Route). */
export function uriOf(value: string): string {
  return /<([^>]*)>/.exec(value)?.[1] ?? value.split(';')[0]?.trim() ?? ''
}

/** The branch of the topmost Via, or ''. */
export function branchOf(message: SipMessage): string {
  return /;\s*branch=([^;,\s]+)/.exec(headerValue(message, 'Via'))?.[1] ?? ''
}

/** Puts a message together; Content-Length is added unless it is among the headers. */
export function writeMessage(startLine: string, headers: readonly HeaderLine[], body = ''): string {
  const lines = headers.map(([name, value]) => `${name}: ${value}`)
  if (!headers.some(([name]) => fullName(name) === 'content-length')) lines.push(`Content-Length: ${body.length}`)
  return `${startLine}\r\n${lines.join('\r\n')}\r\n\r\n${body}`
}

/** A response to a request as RFC 3261 §8.2.6 wants it; `toTag` is left out where it is ''. */
export function writeResponse(
  request: SipMessage,
  status: number,
  reason: string,
  toTag: string,
  headers: readonly HeaderLine[] = [],
  body = '',
): string {
  const to = headerValue(request, 'To')
  return writeMessage(
    `SIP/2.0 ${status} ${reason}`,
    [
      ...headerValues(request, 'Via').map((via): HeaderLine => ['Via', via]),
      ...headerValues(request, 'Record-Route').map((route): HeaderLine => ['Record-Route', route]),
      ['From', headerValue(request, 'From')],
      ['To', toTag === '' || tagOf(to) !== '' ? to : `${to};tag=${toTag}`],
      ['Call-ID', headerValue(request, 'Call-ID')],
      ['CSeq', headerValue(request, 'CSeq')],
      ...headers,
    ],
    body,
  )
}

/** A session of one audio stream (RFC 8866). `session` tells two descriptions of one phone apart. */
export function audioSession(address: string, port: number, session = 1, direction = 'sendrecv'): string {
  return [
    'v=0',
    `o=phone ${session} ${session} IN IP4 ${address}`,
    's=-',
    `c=IN IP4 ${address}`,
    't=0 0',
    `m=audio ${port} RTP/AVP 0 8 101`,
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:8 PCMA/8000',
    'a=rtpmap:101 telephone-event/8000',
    `a=${direction}`,
    '',
  ].join('\r\n')
}
