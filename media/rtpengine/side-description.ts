import type { BrowserEnd, BrowserWay, MediaSide } from '../protocol.ts'
import type { Bencoded } from './bencode.ts'

const browserProtocol = 'UDP/TLS/RTP/SAVPF'

/** A side's SDP as rtpengine wants it: where the peer is, what it takes, and whether it sends and hears. */
export function sideDescription(side: MediaSide): string {
  const { remote, taking, sends, hears, browser } = side
  const address = remote?.address ?? '0.0.0.0'
  const family = address.includes(':') ? 'IP6' : 'IP4'
  const types = taking.length === 0 ? [0] : taking.map(({ payloadType }) => payloadType)
  const lines = [
    'v=0',
    `o=- 1 ${side.negotiation} IN ${family} ${address}`,
    's=-',
    `c=IN ${family} ${address}`,
    't=0 0',
    `m=audio ${remote?.port ?? 9} ${browser === undefined ? 'RTP/AVP' : browserProtocol} ${types.join(' ')}`,
    ...taking.map(
      ({ payloadType, name, clockRate, channels }) =>
        `a=rtpmap:${payloadType} ${name.toLowerCase()}/${clockRate}${channels === 1 ? '' : `/${channels}`}`,
    ),
    browser !== undefined || remote === null || remote.rtcpPort === remote.port
      ? 'a=rtcp-mux'
      : `a=rtcp:${remote.rtcpPort}`,
    ...(browser === undefined ? [] : wayLines(browser)),
    `a=${sends ? (hears ? 'sendrecv' : 'sendonly') : hears ? 'recvonly' : 'inactive'}`,
  ]
  return `${lines.join('\r\n')}\r\n`
}

/**
 * How rtpengine is to listen to a side, as docs/trust.md has it: only to the signalled address, or behind NAT to the
 * address that signals, at the port that is learnt from the first packets. Its own ports stay, wherever the peer goes.
 */
export function sideFlags(side: MediaSide): { readonly [key: string]: Bencoded } {
  const { behindNat, browser } = side
  // ICE finds where a browser is, and DTLS that it is the one.
  if (browser !== undefined) return { flags: ['trust-address', 'port-latching'] }
  if (behindNat === null) return { flags: ['asymmetric', 'strict-source', 'port-latching', 'trust-address'] }
  const family = behindNat.includes(':') ? 'IP6' : 'IP4'
  return { flags: ['strict-source', 'port-latching', 'SIP-source-address'], 'received-from': [family, behindNat] }
}

function wayLines({ ufrag, password, fingerprint, setup }: BrowserEnd): string[] {
  return [`a=ice-ufrag:${ufrag}`, `a=ice-pwd:${password}`, `a=fingerprint:${fingerprint}`, `a=setup:${setup}`]
}

/** How a browser is offered what a phone says: it is answered only, by one port, and begins the handshake. */
export const towardsBrowser = {
  'transport-protocol': browserProtocol,
  ICE: 'force',
  'ICE-lite': 'forward',
  DTLS: 'passive',
  SDES: ['off'],
  'rtcp-mux': ['offer', 'require'],
} as const

/** How a phone is told what the browser answers. */
export const fromBrowser = { 'transport-protocol': 'RTP/AVP', ICE: 'remove', 'rtcp-mux': ['demux'] } as const

/** What rtpengine has a browser told in an SDP; `null` where that is not there. */
export function givenWay(sdp: string): BrowserWay | null {
  const attribute = (name: string) => new RegExp(`^a=${name}:([^\\r\\n]+)`, 'm').exec(sdp)?.[1] ?? ''
  const [ufrag, password, fingerprint] = [attribute('ice-ufrag'), attribute('ice-pwd'), attribute('fingerprint')]
  return ufrag === '' || password === '' || fingerprint === '' ? null : { ufrag, password, fingerprint }
}

/** The ports that rtpengine gives in an SDP; `null` where there are none. */
export function givenPorts(
  sdp: string,
): { readonly address: string; readonly port: number; readonly rtcpPort: number } | null {
  const port = Number(/^m=audio (\d+) /m.exec(sdp)?.[1] ?? 0)
  const address = /^c=IN IP[46] (\S+)/m.exec(sdp)?.[1]
  if (port === 0 || address === undefined) return null
  const rtcp = Number(/^a=rtcp:(\d+)/m.exec(sdp)?.[1] ?? 0)
  return { address, port, rtcpPort: rtcp === 0 ? port + 1 : rtcp }
}
