/** What Linux knows of UDP sockets of this machine. */

import { readFileSync } from 'node:fs'

/** Whether a UDP socket over IPv4 is bound to the port. */
export function udpPortInUse(port: number): boolean {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return readFileSync('/proc/net/udp', 'latin1')
    .split('\n')
    .some((line) => line.trimStart().split(/\s+/)[1]?.endsWith(wanted) === true)
}

/** Datagrams the kernel has thrown away for want of room in a receive buffer, since the machine started. */
export function receiveBufferDrops(): number {
  const lines = readFileSync('/proc/net/snmp', 'latin1')
    .split('\n')
    .filter((line) => line.startsWith('Udp:'))
  const column = lines[0]?.split(' ').indexOf('RcvbufErrors') ?? -1
  return Number(lines[1]?.split(' ')[column] ?? 0)
}
