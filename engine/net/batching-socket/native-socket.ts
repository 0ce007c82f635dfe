/**
 * What the native code beside this file offers, and whether it is there. `npm ci` builds it where a C compiler and
 * Node's headers are (scripts/build-batching-socket.mjs); everything works without it, at a higher price for each
 * datagram.
 */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { NativePorts } from './native-ports.ts'

/** Names an open socket towards the native code. */
export type SocketName = { readonly socketName: unique symbol }

/**
 * The native code. A datagram in its tables is `entryWords` words: length, port, scope (IPv6 interface, else 0), the
 * address as the network has it, one word (IPv4) or four, and whether it is kept.
 */
export interface NativeSockets extends NativePorts {
  readonly interfaceVersion: number
  /** Datagrams of one batch, and bytes from the beginning of one to that of the next in the receive slab. */
  readonly receiveSlots: number
  readonly slotBytes: number
  /** Datagrams that can be sent with one call, and room for their bytes, which stand one after the other. */
  readonly sendEntries: number
  readonly sendBytes: number
  /** Where in a socket's memory its tables begin, in bytes. */
  readonly stateOffset: number
  readonly receivedOffset: number
  readonly sendingOffset: number
  readonly sendSlabOffset: number
  readonly receiveSlabOffset: number
  /**
   * Opens a socket and reads it from now on: a duplicate of `descriptor`, or, where that is -1, one bound to address and
   * port. `deliver` is called with the number of datagrams that stand in the received table and slab.
   * @throws Error with the system's code (EADDRINUSE, EACCES) where it cannot be had
   */
  open(
    descriptor: number,
    address: string,
    port: number,
    deliver: (count: number) => void,
  ): { readonly name: SocketName; readonly memory: ArrayBuffer; readonly version6: boolean }
  /**
   * Keeps what is marked by `entryKept` in the received table, then sends the first `entries` of the sending table and keeps
   * those that are marked; what cannot be sent now waits in the order given.
   * @param now milliseconds since the epoch, for what is kept
   */
  send(name: SocketName, entries: number, now: number): void
  /**
   * From now on marked messages are kept in this memory, which is that of a `MessageRing`.
   * @param listener what is noted of the socket: less than 256
   */
  keepIn(name: SocketName, memory: Uint8Array, listener: number): void
  /** Writes scope and address into the state from `stateAddress` on; false where this socket cannot send there. */
  parseAddress(name: SocketName, address: string): boolean
  /** The sender of the datagram in a slot, as text. */
  formatAddress(name: SocketName, slot: number): string
  /** @throws Error where the system refuses */
  setBuffers(name: SocketName, bytes: number): void
  /** Writes `stateQueuedBytes`, `stateDrops` and `stateRoom`. */
  measure(name: SocketName): void
  /** Sends what waits, if that goes at once, and closes. */
  close(name: SocketName): void
}

/** Words of an entry, and what stands in them. */
export const entryWords = 8
export const entryLength = 0
export const entryPort = 1
export const entryScope = 2
export const entryAddress = 3
/** Not 0: the message is kept for ladders. */
export const entryKept = 7

/** Words of a socket's state: datagrams that could not be sent, why the last could not (errno), bytes waiting, ... */
export const stateWords = 16
export const stateFailures = 0
export const stateLastFailure = 1
export const stateQueuedBytes = 4
/** Datagrams that the system dropped because the receive buffer was full. */
export const stateDrops = 5
/** Bytes that may wait. */
export const stateRoom = 6
export const stateAddress = 8

/** Must be that of batching-socket.h. */
const interfaceVersion = 7

// Seen from dist/engine/net/batching-socket.
const builtFile = new URL('../../../../build/batching-socket.node', import.meta.url)
/** Written instead, when it could not be built. */
const reasonFile = new URL('../../../../build/batching-socket.txt', import.meta.url)

export type LoadedNativeSockets =
  | { readonly kind: 'loaded'; readonly sockets: NativeSockets }
  /** `why` is for people, without a full stop. */
  | { readonly kind: 'missing'; readonly why: string }

let loaded: LoadedNativeSockets | null = null

/** The native code, or why there is none. Looks once. */
export function loadNativeSockets(): LoadedNativeSockets {
  loaded ??= load()
  return loaded
}

function load(): LoadedNativeSockets {
  if (process.platform !== 'linux') return { kind: 'missing', why: 'it needs Linux' }
  if (!existsSync(builtFile)) return { kind: 'missing', why: `not built: ${notBuiltBecause()}` }
  try {
    const sockets = createRequire(import.meta.url)(builtFile.pathname) as NativeSockets
    if (sockets.interfaceVersion === interfaceVersion) return { kind: 'loaded', sockets }
    return { kind: 'missing', why: 'what is built belongs to another version: run "npm ci"' }
  } catch (error) {
    return { kind: 'missing', why: `cannot be loaded: ${error instanceof Error ? error.message : String(error)}` }
  }
}

function notBuiltBecause(): string {
  try {
    return readFileSync(reasonFile, 'utf8').trim()
  } catch {
    return '"npm ci" builds it, unless scripts are switched off'
  }
}
