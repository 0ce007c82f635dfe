import { endianness } from 'node:os'
import { getSystemErrorName } from 'node:util'
import type { Logger } from 'pino'
import type { Flow } from '../sip/transport.ts'
import type { NativeSockets, SocketName } from './batching-socket/native-socket.ts'
import {
  entryAddress,
  entryKept,
  entryLength,
  entryPort,
  entryScope,
  entryWords,
  stateAddress,
  stateDrops,
  stateFailures,
  stateLastFailure,
  stateQueuedBytes,
  stateRoom,
  stateWords,
} from './batching-socket/native-socket.ts'
import type { DatagramReceiver, MessageKeeper, ReceiveQueue, UdpListener } from './datagram.ts'
import { bufferBytes, SendFailureLog, shortestMessage } from './datagram.ts'
import type { Listener } from './listener.ts'

/** Peers remembered, by flow and by address; when more have come, all are forgotten and looked up again. */
const rememberedPeers = 20_000

/** A UDP socket that receives and sends many datagrams with one system call and one call into JavaScript. */
export class BatchingUdpListener implements UdpListener {
  readonly #sockets: NativeSockets
  readonly #listener: Listener
  readonly #index: number
  readonly #receiver: DatagramReceiver
  /** `null` where no messages are kept, or not by the socket. */
  readonly #keeper: MessageKeeper | null
  readonly #keep: () => void
  readonly #log: Pick<Logger, 'warn'>
  readonly #failureLog: SendFailureLog
  #name: SocketName | null = null
  #version6 = false
  readonly #slotBytes: number
  readonly #sendEntries: number
  readonly #sendBytes: number
  #state = new Int32Array(stateWords)
  #received = new Int32Array(0)
  #receiveSlab = Buffer.alloc(0)
  #sending = new Int32Array(0)
  #sendSlab = Buffer.alloc(0)
  /** Datagrams written into the sending table, and the bytes of the slab that they take. */
  #entries = 0
  #used = 0
  /** Failures known to the native code when we last looked, and those that never came to it. */
  #nativeFailures = 0
  #unsendable = 0
  /** The slot of what is being handed up, and how many of the batch are marked to be kept. */
  #slot = 0
  #marked = 0
  /** Datagrams of the last batch. */
  #lastBatch = 0
  /** Flows by address and port: an IPv4 peer's as a number of 48 bits. */
  readonly #flows4 = new Map<number, Flow>()
  readonly #flows6 = new Map<string, Flow>()
  /** Scope and address, as the sending table has them; `null` for what is no address that we can send to. */
  readonly #destinations = new Map<string, Int32Array | null>()

  constructor(
    sockets: NativeSockets,
    listener: Listener,
    index: number,
    receiver: DatagramReceiver,
    log: Pick<Logger, 'warn'>,
    keeper: MessageKeeper | null,
  ) {
    this.#sockets = sockets
    this.#slotBytes = sockets.slotBytes
    this.#sendEntries = sockets.sendEntries
    this.#sendBytes = sockets.sendBytes
    this.#listener = listener
    this.#index = index
    this.#receiver = receiver
    // The native code writes numbers as the processor does, and they are little-endian in that memory.
    this.#keeper = endianness() === 'LE' && index < 256 ? keeper : null
    this.#keep = () => {
      this.#received[this.#slot * entryWords + entryKept] = 1
      this.#marked++
    }
    this.#log = log
    this.#failureLog = new SendFailureLog(index, log)
  }

  async open(): Promise<void> {
    const sockets = this.#sockets
    const { descriptor, address, port } = this.#listener
    const opened = sockets.open(descriptor ?? -1, address, port, (count) => this.#deliver(count))
    const { name, memory } = opened
    this.#name = name
    this.#version6 = opened.version6
    this.#state = new Int32Array(memory, sockets.stateOffset, stateWords)
    this.#received = new Int32Array(memory, sockets.receivedOffset, sockets.receiveSlots * entryWords)
    this.#receiveSlab = Buffer.from(memory, sockets.receiveSlabOffset, sockets.receiveSlots * sockets.slotBytes)
    this.#sending = new Int32Array(memory, sockets.sendingOffset, sockets.sendEntries * entryWords)
    this.#sendSlab = Buffer.from(memory, sockets.sendSlabOffset, sockets.sendBytes)
    if (this.#keeper !== null) sockets.keepIn(name, new Uint8Array(this.#keeper.memory), this.#index)
    try {
      sockets.setBuffers(name, bufferBytes)
    } catch (error) {
      this.#log.warn({ listener: this.#index, error: String(error) }, 'Socket buffers stay at the system default')
    }
  }

  get keeps(): boolean {
    return this.#keeper !== null
  }

  send(message: string, address: string, port: number, kept = false): void {
    let destination = this.#destinations.get(address)
    if (destination === undefined) destination = this.#findDestination(address)
    if (port === 0 || destination === null || this.#name === null) {
      this.#unsendable++
      this.#failureLog.failed(this.failures, port === 0 ? 'there is no port 0' : `cannot send to ${address}`)
      return
    }
    const length = message.length
    if (this.#entries === this.#sendEntries || this.#used + length > this.#sendBytes) this.flush()
    const sending = this.#sending
    const place = this.#entries * entryWords
    sending[place + entryLength] = length
    sending[place + entryPort] = port
    sending[place + entryKept] = kept ? 1 : 0
    for (let word = 0; word < destination.length; word++) sending[place + entryScope + word] = destination[word]!
    this.#sendSlab.write(message, this.#used, length, 'latin1')
    this.#used += length
    this.#entries++
  }

  flush(): void {
    if (this.#name === null || (this.#entries === 0 && this.#marked === 0)) return
    this.#sockets.send(this.#name, this.#entries, this.#keeper?.now() ?? 0)
    this.#marked = 0
    this.#entries = 0
    this.#used = 0
    const failures = this.#state[stateFailures]!
    if (failures === this.#nativeFailures) return
    this.#nativeFailures = failures
    this.#failureLog.failed(this.failures, getSystemErrorName(-this.#state[stateLastFailure]!))
  }

  get failures(): number {
    return this.#state[stateFailures]! + this.#unsendable
  }

  receiveQueue(): ReceiveQueue | null {
    if (this.#name === null) return null
    this.#sockets.measure(this.#name)
    const room = this.#state[stateRoom]!
    return {
      bytes: this.#state[stateQueuedBytes]!,
      room: room === 0 ? bufferBytes : room,
      drops: this.#state[stateDrops]!,
    }
  }

  moreWaits(): boolean {
    return this.#lastBatch === this.#sockets.receiveSlots
  }

  async close(): Promise<void> {
    if (this.#name === null) return
    this.flush()
    this.#sockets.close(this.#name)
    this.#name = null
  }

  #deliver(count: number): void {
    this.#lastBatch = count
    const received = this.#received
    const slab = this.#receiveSlab
    const slotBytes = this.#slotBytes
    for (let slot = 0; slot < count; slot++) {
      const place = slot * entryWords
      const length = received[place + entryLength]!
      // From port 0 (RFC 768) nobody can be answered, and the system takes no datagram to it.
      if (length < shortestMessage || received[place + entryPort] === 0) continue
      const start = slot * slotBytes
      const message = slab.toString('latin1', start, start + length)
      this.#slot = slot
      this.#keeper?.offer(message, this.#keep)
      this.#receiver.receive(message, this.#flowOf(slot, place))
      // Closed by what was received: the rest is no longer ours.
      if (this.#name === null) break
    }
    this.#keeper?.offer('', this.#keep)
    if (this.#name === null) return
    this.#receiver.received()
  }

  #flowOf(slot: number, place: number): Flow {
    const received = this.#received
    const port = received[place + entryPort]!
    if (this.#version6) {
      const words = received.subarray(place + entryScope, place + entryAddress + 4)
      const key = `${words.join()}:${port}`
      return this.#flows6.get(key) ?? this.#newFlow(this.#flows6, key, slot, port)
    }
    const key = received[place + entryAddress]! * 65_536 + port
    return this.#flows4.get(key) ?? this.#newFlow(this.#flows4, key, slot, port)
  }

  #newFlow<Key>(flows: Map<Key, Flow>, key: Key, slot: number, port: number): Flow {
    if (flows.size >= rememberedPeers) flows.clear()
    const address = this.#sockets.formatAddress(this.#name!, slot)
    const flow: Flow = { transport: 'UDP', listener: this.#index, address, port, connection: 0 }
    flows.set(key, flow)
    return flow
  }

  #findDestination(address: string): Int32Array | null {
    if (this.#name === null) return null
    if (this.#destinations.size >= rememberedPeers) this.#destinations.clear()
    const good = this.#sockets.parseAddress(this.#name, address)
    // Scope and address stand one after the other both there and in the sending table.
    const destination = good ? this.#state.slice(stateAddress, stateAddress + (this.#version6 ? 5 : 2)) : null
    this.#destinations.set(address, destination)
    return destination
  }
}
