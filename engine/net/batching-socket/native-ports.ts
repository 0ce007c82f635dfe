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
  readonly flowsOffset: number
  /** Ports that a set may have, and flows. */
  readonly mostPorts: number
  /** Memories of recordings that a set may have, and where their words and rings begin. */
  readonly mostTaps: number
  readonly tapsOffset: number
  readonly ringsOffset: number
  /**
   * Opens a set without ports. `deliver` is called with the number of packets that stand in the received table.
   * @param now milliseconds of the clock that times are counted by: what performance.now() gives
   */
  openPorts(deliver: (count: number) => void, now: number): { readonly name: PortSetName; readonly memory: ArrayBuffer }
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

/** In the port's number of the received table: the packet has been passed on already, and is handed up to be listened to. */
export const passedOn = 0x4000_0000

/**
 * A flow, by the number of the port that it comes to: packets of one peer, payload type and SSRC, in sequence and without
 * padding, extension or contributing sources, are passed on under the numbers of the stream that goes out, and counted,
 * without a call into JavaScript. Everything else is handed up. While it is on, only the native code changes it.
 */
export const flowWords = 48
/** 0: off; 1: on; 2: on, and packets that `flowTap` does not take are handed up as well, with `passedOn`. */
export const flowState = 0
/** The peer: its port, and its address in four words. */
export const flowFromPort = 1
export const flowFromAddress = 2
export const flowPayloadType = 6
export const flowSsrc = 7
export const flowClockRate = 8
/** What is counted of what comes, as in media/rtp/received-stream.ts. */
export const flowHighest = 9
export const flowCycles = 10
export const flowCounted = 11
export const flowPackets = 12
export const flowBytes = 13
export const flowTransit = 14
export const flowJitter = 15
export const flowLargestJitter = 16
export const flowLastArrival = 17
/** When the present tenth of a second began, how many packets have come in it, and how many may. */
export const flowWindow = 18
export const flowInWindow = 19
export const flowMostInWindow = 20
/** Number of the port that it goes out from, and where to: port, scope, address in four words. */
export const flowTarget = 21
export const flowToPort = 22
export const flowToScope = 23
export const flowToAddress = 24
export const flowOutPayloadType = 28
export const flowOutSsrc = 29
/** What is added to sequence numbers (16 bits) and time stamps (32 bits). */
export const flowSequenceDelta = 30
export const flowTimestampDelta = 31
/** The last packet that went out, and what is counted of them, as in media/rtp/sent-stream.ts. */
export const flowOutSequence = 32
export const flowOutTimestamp = 33
export const flowOutSent = 34
export const flowOutPackets = 35
export const flowOutBytes = 36
export const flowOutPayloadBytes = 37
/**
 * Number of the recording's memory in which packets are laid, and on which channel. -1: each is handed up. What stands in that
 * memory is described in media/recording/recorder-memory.ts.
 */
export const flowTap = 38
export const flowTapChannel = 39
