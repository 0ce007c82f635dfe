/**
 * Reads session descriptions (RFC 8866) as far as whoever stands between two parties has to understand them: where each
 * stream goes, by which protocol, in which direction, and what is in it. Every line is kept as it came.
 */

export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive'

/** What a payload type stands for (a=rtpmap, a=fmtp; the static ones of RFC 3551 §6 need neither). */
export interface Codec {
  readonly payloadType: number
  /** As registered, in upper case: PCMU, TELEPHONE-EVENT. */
  readonly name: string
  /** Hertz, as RTP counts it: 8000 for G.722 as well (RFC 3551 §4.5.2). */
  readonly clockRate: number
  readonly channels: number
  /** Parameters as they were written, or ''. */
  readonly parameters: string
}

/** A line `a=crypto` (RFC 4568 §4). */
export interface CryptoLine {
  readonly tag: number
  readonly suite: string
  /** `inline:` and what follows up to the session parameters. */
  readonly keys: string
  /** Session parameters, or ''. */
  readonly parameters: string
}

/** One stream: its m= line and what belongs to it. */
export interface MediaDescription {
  /** audio, video, image ... in lower case. */
  readonly kind: string
  /** 0: declined, or not wanted any more (RFC 3264 §6, §8.2). */
  readonly port: number
  /** RTP/AVP, udptl ... as it was written. */
  readonly protocol: string
  /** Payload types, or what stands for them elsewhere. */
  readonly formats: readonly string[]
  /** Where its packets are to go: that of the stream, else of the session; '' where neither names one. */
  readonly address: string
  /** Where its RTCP packets are to go: the next port, unless a=rtcp says otherwise (RFC 3605). */
  readonly rtcpAddress: string
  readonly rtcpPort: number
  readonly direction: Direction
  /** RTP and RTCP share a port (RFC 5761). */
  readonly rtcpMux: boolean
  /** Milliseconds of sound in a packet, as wished; 0 where nothing is said. */
  readonly packetTime: number
  /** What its payload types stand for, in the order of preference; of RTP only. */
  readonly codecs: readonly Codec[]
  readonly cryptos: readonly CryptoLine[]
  /** Its keys are agreed by DTLS (RFC 5763), which is how browsers do it. */
  readonly hasFingerprint: boolean
  /** Its lines without their ends, the m= line first. */
  readonly lines: readonly string[]
}

export interface SessionDescription {
  /** Lines before the first m= line, without their ends. */
  readonly lines: readonly string[]
  readonly media: readonly MediaDescription[]
}

/** What is longer, or has more lines or streams, is nobody's call. */
const longest = 32_768
const mostLines = 1000
const mostStreams = 16
const mostCodecs = 64
const mostCryptos = 8

/** @param text binary string. @returns `null` for what is no session description, or a monstrous one */
export function parseSessionDescription(text: string): SessionDescription | null {
  if (text.length > longest || !text.startsWith('v=0')) return null
  const lines = text.split('\n', mostLines + 1)
  if (lines.length > mostLines) return null
  const session: string[] = []
  const streams: string[][] = []
  let into = session
  for (const ended of lines) {
    const line = ended.endsWith('\r') ? ended.slice(0, -1) : ended
    // Some senders leave empty lines at the end.
    if (line === '') continue
    if (line.charCodeAt(1) !== 0x3d) return null
    if (line.charCodeAt(0) === 0x6d) {
      if (streams.length === mostStreams) return null
      into = []
      streams.push(into)
    }
    into.push(line)
  }
  const address = connectionAddress(session)
  const direction = directionOf(session) ?? 'sendrecv'
  const hasFingerprint = session.some(isFingerprint)
  const media: MediaDescription[] = []
  for (const stream of streams) {
    const read = readStream(stream, address, direction, hasFingerprint)
    if (read === null) return null
    media.push(read)
  }
  return { lines: session, media }
}

/** Whether its packets are RTP (RFC 3551, 3711, 4585, 5124). */
export function isRtp(stream: MediaDescription): boolean {
  return stream.protocol.includes('RTP/')
}

/** Whether its keys are, or ought to be, in a=crypto lines. */
export function isSecure(stream: MediaDescription): boolean {
  return stream.protocol.includes('RTP/SAVP')
}

/**
 * Whether its sender wants no sound for now: by direction, or by the address 0.0.0.0 of RFC 2543, which phones still
 * send.
 */
export function isHeld(stream: MediaDescription): boolean {
  return stream.direction === 'sendonly' || stream.direction === 'inactive' || isNowhere(stream.address)
}

/** Whether nothing can be sent there. */
export function isNowhere(address: string): boolean {
  return address === '0.0.0.0' || address === '::' || address === ''
}

function readStream(
  lines: readonly string[],
  sessionAddress: string,
  sessionDirection: Direction,
  sessionFingerprint: boolean,
): MediaDescription | null {
  // m=<kind> <port>[/<count>] <protocol> <format> ... (RFC 8866 §5.14)
  const [kind = '', ports = '', protocol = '', ...formats] = (lines[0] ?? '').slice(2).split(' ').filter(isWord)
  const slash = ports.indexOf('/')
  const port = portOf(slash < 0 ? ports : ports.slice(0, slash))
  if (kind === '' || port < 0 || protocol === '') return null
  const address = connectionAddress(lines) || sessionAddress
  const named = attributeOf(lines, 'rtcp').split(' ')
  const rtcpPort = portOf(named[0] ?? '')
  const packetTime = Number(attributeOf(lines, 'ptime'))
  const isOfRtp = protocol.includes('RTP/')
  return {
    kind: kind.toLowerCase(),
    port,
    protocol,
    formats,
    address,
    rtcpAddress: rtcpPort > 0 ? (named[3] ?? address) : address,
    rtcpPort: rtcpPort > 0 ? rtcpPort : port === 0 ? 0 : port + 1,
    direction: directionOf(lines) ?? sessionDirection,
    rtcpMux: lines.includes('a=rtcp-mux'),
    packetTime: packetTime > 0 && packetTime <= 1000 ? packetTime : 0,
    codecs: isOfRtp ? codecsOf(formats, lines) : [],
    cryptos: isOfRtp ? cryptosOf(lines) : [],
    hasFingerprint: sessionFingerprint || lines.some(isFingerprint),
    lines,
  }
}

function isWord(text: string): boolean {
  return text !== ''
}

function isFingerprint(line: string): boolean {
  return line.startsWith('a=fingerprint:')
}

/** -1 for what is no port. */
function portOf(text: string): number {
  if (text === '' || text.length > 5) return -1
  const port = Number(text)
  return Number.isInteger(port) && port >= 0 && port <= 65_535 ? port : -1
}

/** c=IN IP4 192.0.2.1 with a lifetime and a count behind it in multicast (RFC 8866 §5.7); '' where there is none. */
function connectionAddress(lines: readonly string[]): string {
  for (const line of lines) {
    if (!line.startsWith('c=')) continue
    const [network, , address = ''] = line.slice(2).split(' ')
    if (network !== 'IN') return ''
    const slash = address.indexOf('/')
    return slash < 0 ? address : address.slice(0, slash)
  }
  return ''
}

function directionOf(lines: readonly string[]): Direction | null {
  for (const line of lines) {
    switch (line) {
      case 'a=sendrecv':
        return 'sendrecv'
      case 'a=sendonly':
        return 'sendonly'
      case 'a=recvonly':
        return 'recvonly'
      case 'a=inactive':
        return 'inactive'
      default:
    }
  }
  return null
}

/** Value of the first attribute of that name, or ''. */
function attributeOf(lines: readonly string[], name: string): string {
  const start = `a=${name}:`
  for (const line of lines) if (line.startsWith(start)) return line.slice(start.length)
  return ''
}

/** RFC 3551 §6, those that telephones still send. */
const staticCodecs: Readonly<Record<string, readonly [name: string, clockRate: number]>> = {
  0: ['PCMU', 8000],
  3: ['GSM', 8000],
  4: ['G723', 8000],
  8: ['PCMA', 8000],
  9: ['G722', 8000],
  13: ['CN', 8000],
  15: ['G728', 8000],
  18: ['G729', 8000],
  26: ['JPEG', 90_000],
  31: ['H261', 90_000],
  34: ['H263', 90_000],
}

function codecsOf(formats: readonly string[], lines: readonly string[]): Codec[] {
  const codecs: Codec[] = []
  for (const format of formats.slice(0, mostCodecs)) {
    const payloadType = portOf(format)
    if (payloadType < 0 || payloadType > 127) continue
    const parameters = byFormat(lines, 'a=fmtp:', format)
    const mapped = byFormat(lines, 'a=rtpmap:', format)
    if (mapped === '') {
      const [name, clockRate] = staticCodecs[format] ?? ['', 0]
      codecs.push({ payloadType, name, clockRate, channels: 1, parameters })
      continue
    }
    // <name>/<clock rate>[/<channels>] (RFC 8866 §6.6)
    const [name = '', clock = '', channels = '1'] = mapped.split('/')
    codecs.push({
      payloadType,
      name: name.toUpperCase(),
      clockRate: Number.parseInt(clock, 10) || 0,
      channels: Number.parseInt(channels, 10) || 1,
      parameters,
    })
  }
  return codecs
}

/** What stands after the format in the first attribute of that beginning about it, or ''. */
function byFormat(lines: readonly string[], start: string, format: string): string {
  for (const line of lines) {
    if (!line.startsWith(start) || !line.startsWith(format, start.length)) continue
    const end = start.length + format.length
    if (line.charCodeAt(end) === 0x20) return line.slice(end + 1).trim()
  }
  return ''
}

function cryptosOf(lines: readonly string[]): CryptoLine[] {
  const cryptos: CryptoLine[] = []
  for (const line of lines) {
    if (!line.startsWith('a=crypto:')) continue
    const [tag = '', suite = '', keys = '', ...parameters] = line.slice(9).split(' ').filter(isWord)
    const number = Number(tag)
    if (!Number.isInteger(number) || number < 0 || keys === '') continue
    if (cryptos.length === mostCryptos) break
    cryptos.push({ tag: number, suite, keys, parameters: parameters.join(' ') })
  }
  return cryptos
}
