/**
 * Finds which of this process's descriptors is which socket. Node does not tell the descriptor of a socket it opened;
 * Linux does, by inode: /proc/self/fd names the inode of every descriptor, /proc/self/net the address of every inode.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { endianness } from 'node:os'

export interface BoundSocket {
  readonly transport: 'UDP' | 'TCP'
  readonly family: 4 | 6
  /** In one spelling: see `canonicalAddress`. */
  readonly address: string
  readonly port: number
  readonly descriptor: number
}

/** Every UDP socket and listening TCP socket of this process; none where the system has no /proc. */
export function boundSockets(): BoundSocket[] {
  const descriptors = descriptorsByInode()
  if (descriptors.size === 0) return []
  const found: BoundSocket[] = []
  for (const [file, transport, family] of tables) {
    for (const entry of readTable(file)) {
      const descriptor = descriptors.get(entry.inode)
      if (descriptor === undefined || (transport === 'TCP' && entry.state !== listenState)) continue
      found.push({ transport, family, address: entry.address, port: entry.port, descriptor })
    }
  }
  return found
}

const tables = [
  ['/proc/self/net/udp', 'UDP', 4],
  ['/proc/self/net/udp6', 'UDP', 6],
  ['/proc/self/net/tcp', 'TCP', 4],
  ['/proc/self/net/tcp6', 'TCP', 6],
] as const

/** TCP_LISTEN of Linux's tcp_states. */
const listenState = '0A'

function descriptorsByInode(): Map<string, number> {
  const descriptors = new Map<string, number>()
  for (const name of list('/proc/self/fd')) {
    try {
      const match = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${name}`))
      if (match?.[1] !== undefined) descriptors.set(match[1], Number(name))
    } catch {
      // Closed since the folder was read.
    }
  }
  return descriptors
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function readTable(file: string): { address: string; port: number; state: string; inode: string }[] {
  let text: string
  try {
    text = readFileSync(file, 'latin1')
  } catch {
    return []
  }
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .flatMap((columns) => {
      const [address, port] = (columns[1] ?? '').split(':')
      const state = columns[3]
      const inode = columns[9]
      if (address === undefined || port === undefined || state === undefined || inode === undefined) return []
      return [{ address: addressFromHex(address), port: Number.parseInt(port, 16), state, inode }]
    })
}

/** The kernel prints each 32-bit word of an address as a number of the machine's own byte order. */
export function addressFromHex(hex: string): string {
  const bytes = Buffer.from(hex, 'hex')
  if (endianness() === 'LE') bytes.swap32()
  return addressOfBytes(bytes)
}

function addressOfBytes(bytes: Buffer): string {
  if (bytes.length === 4) return bytes.join('.')
  return Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16)).join(':')
}

/** An address in the spelling of `BoundSocket`: IPv6 with all eight groups, so that equal ones are equal as text. */
export function canonicalAddress(address: string): string {
  if (!address.includes(':')) return address
  const plain = new URL(`http://[${address}]/`).hostname.slice(1, -1)
  const [left = '', right] = plain.split('::')
  const head = left === '' ? [] : left.split(':')
  if (right === undefined) return head.join(':')
  const tail = right === '' ? [] : right.split(':')
  return [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => '0'), ...tail].join(':')
}
