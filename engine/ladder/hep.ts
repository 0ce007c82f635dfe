/**
 * A message in the form of the Homer Encapsulation Protocol, version 3, which collectors like Homer understand: the bytes
 * `HEP3`, the whole length (2 bytes, big-endian as all numbers), then chunks of vendor (2), type (2), length with these
 * six bytes (2) and content.
 */
import { isIP } from 'node:net'
import { addressBytes } from './address-bytes.ts'

export interface HepPacket {
  /** IP addresses of one family. */
  readonly source: string
  readonly sourcePort: number
  readonly destination: string
  readonly destinationPort: number
  /** Number of the protocol that carried it: 17 UDP, 6 TCP. */
  readonly protocol: 6 | 17
  /** Milliseconds since the epoch. */
  readonly at: number
  /** Number by which the collector knows us. */
  readonly captureId: number
  /** By it the collector puts the messages of a call's sides together. */
  readonly correlation: string
  /** Binary string. */
  readonly text: string
}

const chunk = {
  family: 1,
  protocol: 2,
  source4: 3,
  destination4: 4,
  source6: 5,
  destination6: 6,
  sourcePort: 7,
  destinationPort: 8,
  seconds: 9,
  microseconds: 10,
  payloadType: 11,
  captureId: 12,
  payload: 15,
  correlation: 17,
} as const
const sipPayload = 1

/** The packet's bytes. */
export function hepBytes(packet: HepPacket): Buffer {
  const isIPv6 = isIP(packet.source) === 6
  const parts = [
    numberChunk(chunk.family, 1, isIPv6 ? 10 : 2),
    numberChunk(chunk.protocol, 1, packet.protocol),
    contentChunk(isIPv6 ? chunk.source6 : chunk.source4, addressBytes(packet.source)),
    contentChunk(isIPv6 ? chunk.destination6 : chunk.destination4, addressBytes(packet.destination)),
    numberChunk(chunk.sourcePort, 2, packet.sourcePort),
    numberChunk(chunk.destinationPort, 2, packet.destinationPort),
    numberChunk(chunk.seconds, 4, Math.floor(packet.at / 1000)),
    numberChunk(chunk.microseconds, 4, Math.round((packet.at % 1000) * 1000)),
    numberChunk(chunk.payloadType, 1, sipPayload),
    numberChunk(chunk.captureId, 4, packet.captureId),
    ...(packet.correlation === '' ? [] : [contentChunk(chunk.correlation, Buffer.from(packet.correlation, 'latin1'))]),
    contentChunk(chunk.payload, Buffer.from(packet.text, 'latin1')),
  ]
  const head = Buffer.alloc(6)
  head.write('HEP3', 'latin1')
  head.writeUInt16BE(
    parts.reduce((sum, part) => sum + part.length, head.length),
    4,
  )
  return Buffer.concat([head, ...parts])
}

function numberChunk(type: number, bytes: 1 | 2 | 4, value: number): Buffer {
  const content = Buffer.alloc(bytes)
  content.writeUIntBE(value, 0, bytes)
  return contentChunk(type, content)
}

function contentChunk(type: number, content: Buffer): Buffer {
  const head = Buffer.alloc(6)
  head.writeUInt16BE(type, 2)
  head.writeUInt16BE(head.length + content.length, 4)
  return Buffer.concat([head, content])
}
