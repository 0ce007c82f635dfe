/**
 * The messages of a call as a capture file, for Wireshark and its kin: the classic form of libpcap (magic number, version
 * 2.4), each packet an IP packet (link type 101) with a UDP datagram. What came by a stream is written as a datagram too:
 * the messages are what is wanted, and segments of the stream are not kept.
 */
import { isIP } from 'node:net'
import { addressBytes } from '../../engine/ladder/address-bytes.ts'
import type { CallMessage } from '../client/api.ts'

const magic = 0xa1b2c3d4
const rawIp = 101
const mostBytes = 65_535
const udpHead = 8

/** The file's bytes. */
export function captureFile(messages: readonly CallMessage[]): Buffer {
  const head = Buffer.alloc(24)
  head.writeUInt32LE(magic, 0)
  head.writeUInt16LE(2, 4)
  head.writeUInt16LE(4, 6)
  head.writeUInt32LE(mostBytes, 16)
  head.writeUInt32LE(rawIp, 20)
  return Buffer.concat([head, ...messages.flatMap(packetOf)])
}

function packetOf(message: CallMessage): Buffer[] {
  const remote = { address: message.remoteAddress, port: message.remotePort }
  // A listener on all addresses may have one of the other family.
  const address = isIP(message.localAddress) === isIP(remote.address) ? message.localAddress : anyOf(remote.address)
  const local = { address, port: message.localPort }
  const [from, to] = message.direction === 'sent' ? [local, remote] : [remote, local]
  const payload = Buffer.from(message.text, 'latin1')
  const udp = Buffer.alloc(udpHead)
  udp.writeUInt16BE(from.port, 0)
  udp.writeUInt16BE(to.port, 2)
  udp.writeUInt16BE(udpHead + payload.length, 4)
  const ip = isIP(remote.address) === 6 ? ipv6Head(from, to, payload.length) : ipv4Head(from, to, payload.length)
  const packet = Buffer.concat([ip, udp, payload])
  const record = Buffer.alloc(16)
  record.writeUInt32LE(Math.floor(message.at / 1000), 0)
  record.writeUInt32LE(Math.floor((message.at % 1000) * 1000), 4)
  record.writeUInt32LE(packet.length, 8)
  record.writeUInt32LE(packet.length, 12)
  return [record, packet]
}

interface Endpoint {
  readonly address: string
  readonly port: number
}

function anyOf(address: string): string {
  return isIP(address) === 6 ? '::' : '0.0.0.0'
}

/** RFC 791. */
function ipv4Head(from: Endpoint, to: Endpoint, payload: number): Buffer {
  const head = Buffer.alloc(20)
  head[0] = 0x45
  head.writeUInt16BE(head.length + udpHead + payload, 2)
  head[8] = 64
  head[9] = 17
  addressBytes(from.address).copy(head, 12)
  addressBytes(to.address).copy(head, 16)
  head.writeUInt16BE(checksum(head), 10)
  return head
}

/** RFC 8200 §3. UDP's checksum is left out: zero says so, and readers take it for what it is. */
function ipv6Head(from: Endpoint, to: Endpoint, payload: number): Buffer {
  const head = Buffer.alloc(40)
  head[0] = 0x60
  head.writeUInt16BE(udpHead + payload, 4)
  head[6] = 17
  head[7] = 64
  addressBytes(from.address).copy(head, 8)
  addressBytes(to.address).copy(head, 24)
  return head
}

/** RFC 1071. */
function checksum(bytes: Buffer): number {
  let sum = 0
  for (let at = 0; at < bytes.length; at += 2) sum += bytes.readUInt16BE(at)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}
