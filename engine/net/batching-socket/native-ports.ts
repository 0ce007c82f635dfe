/** What the native code offers for many ports that are read as one (port-set.c). */

/** Names an open set of ports towards the native code. */
export type PortSetName = { readonly portSetName: unique symbol }

/**
 * Packets stand in memory shared with the native code, and are sent from where they stand. The tables' entries begin as
 * those of sockets do: length, port, scope, address (entryWords in native-socket.ts); then the number of the port.
 */
export interface NativePorts {
  /** Packets handed up with one call, and bytes from the beginning of one to that of the next: the longest packet. */
  readonly portSlots: number
  readonly packetBytes: number
  /** Places for packets that JavaScript makes. */
  readonly madeSlots: number
  /** Packets that can be sent with one call. */
  readonly portEntries: number
  /** Where in a set's memory tables and packets begin, in bytes. */
  readonly portReceivedOffset: number
  readonly portSendingOffset: number
  readonly packetsOffset: number
  readonly madeOffset: number
  /** Opens a set without ports. `deliver` is called with the number of packets that stand in the received table. */
  openPorts(deliver: (count: number) => void): { readonly name: PortSetName; readonly memory: ArrayBuffer }
  /**
   * Binds a port and reads it from now on.
   * @returns its number in the set, from 0; numbers are used again
   * @throws Error with the system's code (EADDRINUSE) where it cannot be had
   */
  bindPort(name: PortSetName, address: string, port: number): number
  unbindPort(name: PortSetName, number: number): void
  /** Sends the first `entries` of the sending table. What the system does not take at once is lost, and counted. */
  sendPackets(name: PortSetName, entries: number): void
  /** 4 or 6, and scope and address stand in the state from `stateAddress` on; 0 where it is no address. */
  parsePortAddress(name: PortSetName, address: string): 0 | 4 | 6
  closePorts(name: PortSetName): void
}

/** Words of an entry of the received table, and where the port's number stands in both tables. */
export const receivedWords = 8
export const portNumber = 7
/** Words of an entry of the sending table, and where the packet's place in the memory stands, in bytes. */
export const sendingWords = 9
export const packetPlace = 8
/** Words of a set's state, at the beginning of its memory: packets that could not be sent, why the last could not, ... */
export const portStateFailures = 0
export const portStateLastFailure = 1
