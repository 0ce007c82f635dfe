import type { BrowserEnd, BrowserWay, LocalPorts, MediaFormat, MediaSide } from '../protocol.ts'
import type { Bencoded } from './bencode.ts'
import type { NgAnswer } from './ng-client.ts'

const browserProtocol = 'UDP/TLS/RTP/SAVPF'

/** By which rtpengine knows the two ends of an edge: the relay always offers, the party always answers. */
export const [relayTag, partyTag] = ['a', 'b']

/** One end of an edge: where it is, and, of a browser, what it says of its way. */
export interface EdgeEnd {
  readonly remote: { readonly address: string; readonly port: number; readonly rtcpPort: number }
  readonly formats: readonly MediaFormat[]
  /** Counted up with each change. */
  readonly version: number
  readonly browser?: BrowserEnd
}

/** Of whom nothing is known yet. */
export const nobody: EdgeEnd = {
  remote: { address: '127.0.0.1', port: 9, rtcpPort: 10 },
  formats: [],
  version: 0,
}

/** An end's SDP as rtpengine wants it. Both ends always send and hear: who does not is the relay's business. */
export function endDescription({ remote, formats, version, browser }: EdgeEnd): string {
  const { address, port, rtcpPort } = remote
  const family = address.includes(':') ? 'IP6' : 'IP4'
  const types = formats.length === 0 ? [0] : formats.map(({ payloadType }) => payloadType)
  const lines = [
    'v=0',
    `o=- 1 ${version} IN ${family} ${address}`,
    's=-',
    `c=IN ${family} ${address}`,
    't=0 0',
    `m=audio ${port} ${browser === undefined ? 'RTP/AVP' : browserProtocol} ${types.join(' ')}`,
    ...formats.map(
      ({ payloadType, name, clockRate, channels }) =>
        `a=rtpmap:${payloadType} ${name.toLowerCase()}/${clockRate}${channels === 1 ? '' : `/${channels}`}`,
    ),
    browser !== undefined || rtcpPort === port ? 'a=rtcp-mux' : `a=rtcp:${rtcpPort}`,
    ...(browser === undefined ? [] : wayLines(browser)),
    'a=sendrecv',
  ]
  return `${lines.join('\r\n')}\r\n`
}

/** Its own ports stay, wherever an end goes, and an end is where its description says. */
const staying = ['port-latching', 'trust-address']

/** How rtpengine is to listen to the relay. */
export const relayFlags: { readonly [key: string]: Bencoded } = { flags: [...staying, 'asymmetric', 'strict-source'] }

/**
 * How it is to listen to a party, as docs/trust.md has it: only to the signalled address, or behind NAT to the address that
 * signals, at the port that is learnt from the first packets.
 */
export function partyFlags({ behindNat, browser }: MediaSide): { readonly [key: string]: Bencoded } {
  // ICE finds where a browser is, and DTLS that it is the one.
  if (browser !== undefined) return { flags: staying }
  if (behindNat === null) return relayFlags
  const family = behindNat.includes(':') ? 'IP6' : 'IP4'
  return { flags: ['strict-source', 'port-latching', 'SIP-source-address'], 'received-from': [family, behindNat] }
}

function wayLines({ ufrag, password, fingerprint, setup }: BrowserEnd): string[] {
  return [`a=ice-ufrag:${ufrag}`, `a=ice-pwd:${password}`, `a=fingerprint:${fingerprint}`, `a=setup:${setup}`]
}

/** How a browser is offered what the relay says: it is answered only, by one port, and begins the handshake. */
export const towardsBrowser = {
  'transport-protocol': browserProtocol,
  ICE: 'force',
  'ICE-lite': 'forward',
  DTLS: 'passive',
  SDES: ['off'],
  'rtcp-mux': ['offer', 'require'],
} as const

/** How the relay is told what the browser answers. */
export const fromBrowser = { 'transport-protocol': 'RTP/AVP', ICE: 'remove', 'rtcp-mux': ['demux'] } as const

/** What rtpengine has a browser told in an SDP; `null` where that is not there. */
export function givenWay(sdp: string): BrowserWay | null {
  const attribute = (name: string) => new RegExp(`^a=${name}:([^\\r\\n]+)`, 'm').exec(sdp)?.[1] ?? ''
  const [ufrag, password, fingerprint] = [attribute('ice-ufrag'), attribute('ice-pwd'), attribute('fingerprint')]
  return ufrag === '' || password === '' || fingerprint === '' ? null : { ufrag, password, fingerprint }
}

/** The ports that rtpengine gives in an SDP; `null` where there are none. */
export function givenPorts(sdp: string): LocalPorts | null {
  const port = Number(/^m=audio (\d+) /m.exec(sdp)?.[1] ?? 0)
  const address = /^c=IN IP[46] (\S+)/m.exec(sdp)?.[1]
  if (port === 0 || address === undefined) return null
  const rtcp = Number(/^a=rtcp:(\d+)/m.exec(sdp)?.[1] ?? 0)
  return { address, port, rtcpPort: rtcp === 0 ? port + 1 : rtcp }
}

/** Where rtpengine takes the sound of an end (its answer to `query`); `null` where it does not say so. */
export function localPorts(answer: NgAnswer, tag: string): LocalPorts | null {
  const stream = at(answer, 'tags', tag, 'medias', 0, 'streams', 0)
  const address = at(stream, 'local address')
  const port = at(stream, 'local port')
  const rtcpPort = at(answer, 'tags', tag, 'medias', 0, 'streams', 1, 'local port')
  if (typeof address !== 'string' || typeof port !== 'number' || port === 0) return null
  return { address, port, rtcpPort: typeof rtcpPort !== 'number' || rtcpPort === 0 ? port : rtcpPort }
}

/** The port at which an end takes what it is sent, as rtpengine has been told (its answer to `query`); 0 for none. */
export function remotePort(answer: NgAnswer, tag: string): number {
  const port = at(answer, 'tags', tag, 'medias', 0, 'streams', 0, 'endpoint', 'port')
  return typeof port === 'number' ? port : 0
}

function at(value: Bencoded | undefined, ...path: (string | number)[]): Bencoded | undefined {
  let found = value
  for (const key of path) {
    if (typeof found !== 'object') return undefined
    found = (found as { readonly [name: string]: Bencoded })[key]
  }
  return found
}
