import type { NativePorts, PortSetName } from '../../engine/net/batching-socket/native-ports.ts'
import {
  flowWords,
  packetPlace,
  passedOn,
  portNumber,
  portStateFailures,
  receivedWords,
  sendingWords,
} from '../../engine/net/batching-socket/native-ports.ts'
import { stateAddress, stateWords } from '../../engine/net/batching-socket/native-socket.ts'
import type { RecorderMemory } from '../recording/recorder-memory.ts'
import { memoryWords, ringBytes } from '../recording/recorder-memory.ts'
import type { PacketPorts, PacketReceiver } from './packet-ports.ts'
import { PeerAddress, senderAddress, senderPort } from './packet-ports.ts'

/** Ports that the native code reads: one call into JavaScript for the packets of all of them. */
export class NativePacketPorts implements PacketPorts {
  readonly memory: Buffer
  readonly senders: Int32Array
  readonly packetBytes: number
  readonly flows: Float64Array
  readonly #native: NativePorts
  readonly #name: PortSetName
  readonly #receiver: PacketReceiver
  readonly #state: Int32Array
  readonly #sending: Int32Array
  /** Recorders' memories that were given back, and how many have ever been taken. */
  readonly #spareMemories: RecorderMemory[] = []
  #memories = 0
  /** Entries of the sending table, and places for made packets, that are taken. */
  #entries = 0
  #made = 0

  constructor(native: NativePorts, receiver: PacketReceiver) {
    this.#native = native
    this.#receiver = receiver
    this.packetBytes = native.packetBytes
    const { name, memory } = native.openPorts((count) => this.#deliver(count), performance.now())
    this.#name = name
    this.memory = Buffer.from(memory)
    this.flows = new Float64Array(memory, native.flowsOffset, native.mostPorts * flowWords)
    this.#state = new Int32Array(memory, 0, stateWords)
    this.senders = new Int32Array(memory, native.portReceivedOffset, native.portSlots * receivedWords)
    this.#sending = new Int32Array(memory, native.portSendingOffset, native.portEntries * sendingWords)
  }

  get failures(): number {
    return this.#state[portStateFailures]! >>> 0
  }

  bind(address: string, port: number, failed: (why: string) => void): number {
    try {
      return this.#native.bindPort(this.#name, address, port)
    } catch (error) {
      failed(error instanceof Error ? error.message : String(error))
      return -1
    }
  }

  unbind(port: number): void {
    // What is still to be sent from it goes first.
    this.flush()
    this.#native.unbindPort(this.#name, port)
  }

  address(text: string, port: number): PeerAddress | null {
    const family = this.#native.parsePortAddress(this.#name, text)
    if (family === 0) return null
    const address = new PeerAddress()
    address.family = family
    address.port = port
    address.scope = this.#state[stateAddress]!
    address.word0 = this.#state[stateAddress + 1]!
    address.word1 = this.#state[stateAddress + 2]!
    address.word2 = this.#state[stateAddress + 3]!
    address.word3 = this.#state[stateAddress + 4]!
    return address
  }

  takeRecorderMemory(): RecorderMemory | null {
    const spare = this.#spareMemories.pop()
    if (spare !== undefined) return spare
    const { mostTaps, tapsOffset, ringsOffset } = this.#native
    if (this.#memories === mostTaps) return null
    const number = this.#memories++
    const { buffer } = this.flows
    const words = new Float64Array(buffer, tapsOffset + number * memoryWords * 8, memoryWords)
    return { number, words, ring: new Uint8Array(buffer, ringsOffset + number * ringBytes, ringBytes) }
  }

  giveBackRecorderMemory(memory: RecorderMemory): void {
    this.#spareMemories.push(memory)
  }

  place(): number {
    if (this.#made === this.#native.madeSlots) this.flush()
    return this.#native.madeOffset + this.#made++ * this.packetBytes
  }

  send(port: number, to: PeerAddress, place: number, length: number): void {
    if (this.#entries === this.#native.portEntries) this.#sendEntries()
    const sending = this.#sending
    const entry = this.#entries++ * sendingWords
    sending[entry] = length
    sending[entry + senderPort] = to.port
    sending[entry + 2] = to.scope
    sending[entry + senderAddress] = to.word0
    if (to.family === 6) {
      sending[entry + senderAddress + 1] = to.word1
      sending[entry + senderAddress + 2] = to.word2
      sending[entry + senderAddress + 3] = to.word3
    }
    sending[entry + portNumber] = port
    sending[entry + packetPlace] = place
  }

  flush(): void {
    this.#sendEntries()
    this.#made = 0
  }

  close(): void {
    this.flush()
    this.#native.closePorts(this.#name)
  }

  #sendEntries(): void {
    if (this.#entries === 0) return
    this.#native.sendPackets(this.#name, this.#entries)
    this.#entries = 0
  }

  #deliver(count: number): void {
    const { senders, packetBytes } = this
    const first = this.#native.packetsOffset
    for (let slot = 0; slot < count; slot++) {
      const entry = slot * receivedWords
      const port = senders[entry + portNumber]!
      const place = first + slot * packetBytes
      if ((port & passedOn) === 0) this.#receiver.received(port, entry, place, senders[entry]!)
      else this.#receiver.listened(port & ~passedOn, place, senders[entry]!)
    }
    this.#receiver.batchEnded()
    this.flush()
  }
}
