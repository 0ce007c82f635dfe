/**
 * Writes a session description anew for the other party of a call whose sound passes through us: its streams come to
 * our ports, and what only the sender's own addresses make sense of is left out. Every other line goes on as it came.
 */
import { isAmongBrowsers } from './browser-session.ts'
import type { MediaDescription, SessionDescription } from './session-description.ts'
import { isNowhere } from './session-description.ts'

/** Where one stream comes to. */
export interface StreamPlace {
  /** Port of ours; 0 declines the stream (RFC 3264 §6). RTCP comes to the next one. */
  readonly port: number
  /** As in the m= line; '' where it stays what it is. */
  readonly protocol: string
  /** `a=crypto` values of ours, in the place of those that came. */
  readonly cryptos: readonly string[]
  /** Whole lines besides. */
  readonly lines?: readonly string[]
}

/** Between whom a description passes where one of them is a browser: lines for it alone, or of it alone (browser-session.ts). */
export type BrowserPassing = 'to-browser' | 'from-browser' | 'none'

/** What the o= line says of our description (RFC 8866 §5.2): numbers of ours, so that the other side's do not show. */
export interface Origin {
  readonly sessionId: number
  /** One more with each change, in each dialog (RFC 3264 §8). */
  readonly version: number
}

/**
 * Lines about ways to the sender that do not lead through us: ICE (RFC 8839 §5), RTCP elsewhere (RFC 3605, 5761), several
 * streams on one port (RFC 9143), who may send (RFC 4570); and keys, which are each leg's own (RFC 4568 §7).
 */
const ownWays: readonly string[] = [
  'a=candidate:',
  'a=remote-candidates:',
  'a=end-of-candidates',
  'a=ice-',
  'a=rtcp:',
  'a=rtcp-mux',
  'a=group:BUNDLE',
  'a=source-filter:',
  'a=crypto:',
]

/**
 * @param address ours, without brackets
 * @param places one for each stream of the description, in its order
 */
export function placeSession(
  { lines, media }: SessionDescription,
  origin: Origin,
  address: string,
  places: readonly StreamPlace[],
  passing: BrowserPassing = 'none',
): string {
  const goes = passing === 'none' ? isOwnWay : (line: string) => isOwnWay(line) || isAmongBrowsers(line)
  const family = address.includes(':') ? 'IP6' : 'IP4'
  const connection = `c=IN ${family} ${address}\r\n`
  let text = ''
  let isPlaced = false
  for (const line of lines) {
    if (line.startsWith('o=')) text += `o=- ${origin.sessionId} ${origin.version} IN ${family} ${address}\r\n`
    else if (line.startsWith('c=')) {
      if (!isPlaced) text += connection
      isPlaced = true
    } else if (!goes(line)) {
      // RFC 8866 §5: c= stands before the bandwidth and the times.
      if (!isPlaced && /^[btrzkam]=/.test(line)) {
        text += connection
        isPlaced = true
      }
      text += `${line}\r\n`
    }
  }
  if (!isPlaced) text += connection
  // RFC 8839 §5.3
  if (passing === 'to-browser') text += 'a=ice-lite\r\n'
  for (const [index, stream] of media.entries()) text += placedStream(stream, places[index], goes)
  return text
}

function placedStream(
  stream: MediaDescription,
  place: StreamPlace | undefined,
  goes: (line: string) => boolean,
): string {
  const port = stream.port === 0 ? 0 : (place?.port ?? 0)
  const protocol = place === undefined || place.protocol === '' ? stream.protocol : place.protocol
  let text = `m=${stream.kind} ${port} ${protocol} ${stream.formats.join(' ')}\r\n`
  // Held as in RFC 2543: our address is a real one, so the direction has to say it.
  const held = stream.port !== 0 && isNowhere(stream.address) && !stream.hasFingerprint
  for (const line of stream.lines.slice(1)) {
    if (line.startsWith('c=') || goes(line)) continue
    if (held && (line === 'a=sendrecv' || line === 'a=recvonly')) continue
    text += `${line}\r\n`
  }
  if (held && stream.direction === 'sendrecv') text += 'a=sendonly\r\n'
  if (held && stream.direction === 'recvonly') text += 'a=inactive\r\n'
  if (port === 0) return text
  for (const crypto of place?.cryptos ?? []) text += `a=crypto:${crypto}\r\n`
  for (const line of place?.lines ?? []) text += `${line}\r\n`
  return text
}

function isOwnWay(line: string): boolean {
  for (const start of ownWays) if (line.startsWith(start)) return true
  return false
}
