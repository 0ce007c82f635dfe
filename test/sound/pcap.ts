/** Files of captured packets (pcap), as SIPp plays them. */
import { writeFileSync } from 'node:fs'

const ethernet = 1
const frameTime = 20

/** Writes RTP packets of G.711 mu-law, one of each payload every 20 ms. */
export function writePcap(path: string, payloads: readonly Buffer[]): void {
  writePackets(
    path,
    payloads.map((payload, index) => rtpPacket(index, payload)),
  )
}

/** Writes RTP packets, one every 20 ms. */
export function writePackets(path: string, packets: readonly Buffer[]): void {
  const parts: Buffer[] = [fileHeader()]
  for (const [index, rtp] of packets.entries()) {
    const packet = ethernetPacket(rtp)
    const record = Buffer.alloc(16)
    record.writeUInt32LE(1_000_000 + Math.floor((index * frameTime) / 1000), 0)
    record.writeUInt32LE(((index * frameTime) % 1000) * 1000, 4)
    record.writeUInt32LE(packet.length, 8)
    record.writeUInt32LE(packet.length, 12)
    parts.push(record, packet)
  }
  writeFileSync(path, Buffer.concat(parts))
}

function fileHeader(): Buffer {
  const header = Buffer.alloc(24)
  header.writeUInt32LE(0xa1b2c3d4, 0)
  header.writeUInt16LE(2, 4)
  header.writeUInt16LE(4, 6)
  header.writeUInt32LE(65_535, 16)
  header.writeUInt32LE(ethernet, 20)
  return header
}

/** @param ssrc names the source */
export function rtpPacket(index: number, payload: Buffer, ssrc = 0x5109, first = 1000, payloadType = 0): Buffer {
  const header = Buffer.alloc(12)
  header[0] = 0x80
  header[1] = payloadType
  header.writeUInt16BE((first + index) & 0xffff, 2)
  header.writeUInt32BE((first * 160 + index * 160) >>> 0, 4)
  header.writeUInt32BE(ssrc, 8)
  return Buffer.concat([header, payload])
}

/** Addresses and ports are SIPp's to write. */
function ethernetPacket(rtp: Buffer): Buffer {
  const headers = Buffer.alloc(42)
  headers.writeUInt16BE(0x0800, 12)
  headers[14] = 0x45
  headers.writeUInt16BE(28 + rtp.length, 16)
  headers[22] = 64
  headers[23] = 17
  headers.writeUInt32BE(0x7f000001, 26)
  headers.writeUInt32BE(0x7f000001, 30)
  headers.writeUInt16BE(4000, 34)
  headers.writeUInt16BE(4000, 36)
  headers.writeUInt16BE(8 + rtp.length, 38)
  return Buffer.concat([headers, rtp])
}
