import type { MediaSide } from '../protocol.ts'
import type { Bencoded } from './bencode.ts'

/** A side's SDP as rtpengine wants it: where the peer is, what it takes, and whether it sends and hears. */
export function sideDescription(side: MediaSide): string {
  const { remote, taking, sends, hears } = side
  const address = remote?.address ?? '0.0.0.0'
  const family = address.includes(':') ? 'IP6' : 'IP4'
  const types = taking.length === 0 ? [0] : taking.map(({ payloadType }) => payloadType)
  const lines = [
    'v=0',
    `o=- 1 ${side.negotiation} IN ${family} ${address}`,
    's=-',
    `c=IN ${family} ${address}`,
    't=0 0',
    `m=audio ${remote?.port ?? 9} RTP/AVP ${types.join(' ')}`,
    ...taking.map(
      ({ payloadType, name, clockRate, channels }) =>
        `a=rtpmap:${payloadType} ${name.toLowerCase()}/${clockRate}${channels === 1 ? '' : `/${channels}`}`,
    ),
    remote === null || remote.rtcpPort === remote.port ? 'a=rtcp-mux' : `a=rtcp:${remote.rtcpPort}`,
    `a=${sends ? (hears ? 'sendrecv' : 'sendonly') : hears ? 'recvonly' : 'inactive'}`,
  ]
  return `${lines.join('\r\n')}\r\n`
}

/**
 * How rtpengine is to listen to a side, as docs/trust.md has it: only to the signalled address, or behind NAT to the
 * address that signals, at the port that is learnt from the first packets. Its own ports stay, wherever the peer goes.
 */
export function sideFlags(side: MediaSide): { readonly [key: string]: Bencoded } {
  const { behindNat } = side
  if (behindNat === null) return { flags: ['asymmetric', 'strict-source', 'port-latching', 'trust-address'] }
  const family = behindNat.includes(':') ? 'IP6' : 'IP4'
  return { flags: ['strict-source', 'port-latching', 'SIP-source-address'], 'received-from': [family, behindNat] }
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
