/** Browsers' sessions: ICE (RFC 8839) and keys by DTLS (RFC 5763), as far as whoever directs a relay has to understand them. */
import type { MediaDescription, SessionDescription } from './session-description.ts'

/** What one end of such a session tells the other. */
export interface BrowserWay {
  readonly ufrag: string
  readonly password: string
  /** `sha-256 AB:CD:...`, as in a=fingerprint. */
  readonly fingerprint: string
}

/** Likewise with which side begins the handshake (a=setup, RFC 8842 §5). */
export interface BrowserEnd extends BrowserWay {
  readonly setup: string
}

/** By which its streams go. */
export const browserProtocol = 'UDP/TLS/RTP/SAVPF'

/** What a browser says of its way; `null` where something is missing. */
export function browserEnd({ lines }: SessionDescription, stream: MediaDescription): BrowserEnd | null {
  const said = (name: string) => attribute(stream.lines, name) || attribute(lines, name)
  const [ufrag, password, fingerprint] = [said('ice-ufrag'), said('ice-pwd'), said('fingerprint')]
  if (!isWord(ufrag, 256) || !isWord(password, 256) || !/^sha-\d{1,3} [0-9A-Fa-f:]{20,400}$/.test(fingerprint))
    return null
  return { ufrag, password, fingerprint, setup: said('setup') || 'actpass' }
}

/** The name by which a browser knows its stream (RFC 5888); ''. */
export function streamName(stream: MediaDescription | undefined): string {
  return stream === undefined ? '' : attribute(stream.lines, 'mid')
}

/**
 * Lines of a stream by which a browser is told of us: an agent that only answers (ICE lite), on one port.
 * @param setup of ours
 * @param name of the stream, where it has given one
 */
export function browserLines(way: BrowserWay, setup: string, name: string, address: string, port: number): string[] {
  const { ufrag, password, fingerprint } = way
  return [
    ...(name === '' ? [] : [`a=mid:${name}`]),
    'a=rtcp-mux',
    `a=setup:${setup}`,
    `a=fingerprint:${fingerprint}`,
    `a=ice-ufrag:${ufrag}`,
    `a=ice-pwd:${password}`,
    `a=candidate:1 1 UDP 2130706431 ${address} ${port} typ host`,
    'a=end-of-candidates',
  ]
}

/** Our part of the handshake where it is the other side's offer that we answer (RFC 8842 §5.2). */
export function answeringSetup(offered: string): string {
  return offered === 'passive' ? 'active' : 'passive'
}

/** What only browsers say to each other. */
const amongBrowsers: readonly string[] = [
  'a=fingerprint:',
  'a=setup:',
  'a=tls-id:',
  'a=mid:',
  'a=group:',
  'a=msid',
  'a=ssrc',
  'a=extmap',
  'a=rtcp-fb:',
  'a=rtcp-rsize',
]

export function isAmongBrowsers(line: string): boolean {
  return amongBrowsers.some((start) => line.startsWith(start))
}

function attribute(lines: readonly string[], name: string): string {
  const start = `a=${name}:`
  return lines.find((line) => line.startsWith(start))?.slice(start.length) ?? ''
}

/** RFC 8839 §5.4: ice-char. */
function isWord(text: string, longest: number): boolean {
  return text.length >= 4 && text.length <= longest && /^[A-Za-z0-9+/]+$/.test(text)
}
