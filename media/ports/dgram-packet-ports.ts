import type { RemoteInfo, Socket } from 'node:dgram'
import { createSocket } from 'node:dgram'
import { isIPv4, isIPv6 } from 'node:net'
import type { PacketPorts, PacketReceiver } from './packet-ports.ts'
import { addressText, PeerAddress, senderAddress, senderPort } from './packet-ports.ts'

/** The same as the native code's, so that both serve alike. */
const packetBytes = 2112
const madeSlots = 256
/** Hosts whose words are remembered; when more have come, all are forgotten and worked out again. */
const rememberedHosts = 20_000

/** Ports of `node:dgram`: a socket and a turn of the event loop for each packet. Where the native code is not built. */
export class DgramPacketPorts implements PacketPorts {
  readonly memory = Buffer.alloc((madeSlots + 1) * packetBytes)
  /** One sender: that of the packet that is being received. */
  readonly senders = new Int32Array(8)
  readonly packetBytes = packetBytes
  readonly flows = null
  failures = 0
  readonly #receiver: PacketReceiver
  readonly #sockets: (Socket | null)[] = []
  readonly #hosts = new Map<string, PeerAddress>()
  readonly #texts = new WeakMap<PeerAddress, string>()
  #made = 0
  readonly #sent = (error: Error | null): void => {
    if (error !== null) this.failures++
  }

  constructor(receiver: PacketReceiver) {
    this.#receiver = receiver
  }

  bind(address: string, port: number, failed: (why: string) => void): number {
    const free = this.#sockets.indexOf(null)
    const number = free < 0 ? this.#sockets.length : free
    const socket = createSocket({ type: isIPv6(address) ? 'udp6' : 'udp4', ipv6Only: isIPv6(address), lookup })
    this.#sockets[number] = socket
    socket.on('error', (error) => failed(error.message))
    socket.on('message', (bytes, sender) => this.#received(number, socket, bytes, sender))
    socket.bind({ address, port, exclusive: true })
    return number
  }

  unbind(port: number): void {
    const socket = this.#sockets[port]
    this.#sockets[port] = null
    socket?.close()
  }

  takeRecorderMemory(): null {
    return null
  }

  giveBackRecorderMemory(): void {}

  address(text: string, port: number): PeerAddress | null {
    const address = this.#hostOf(text)?.withPort(port) ?? null
    if (address !== null) this.#texts.set(address, text)
    return address
  }

  place(): number {
    if (this.#made === madeSlots) this.#made = 0
    return ++this.#made * packetBytes
  }

  send(port: number, to: PeerAddress, place: number, length: number): void {
    const socket = this.#sockets[port]
    if (socket === undefined || socket === null) return
    // The system takes it later, when the place may hold another packet.
    const bytes = Buffer.from(this.memory.subarray(place, place + length))
    try {
      socket.send(bytes, to.port, this.#textOf(to), this.#sent)
    } catch {
      this.failures++
    }
  }

  flush(): void {
    this.#made = 0
  }

  close(): void {
    for (const [number] of this.#sockets.entries()) this.unbind(number)
  }

  #received(number: number, socket: Socket, bytes: Buffer, sender: RemoteInfo): void {
    if (this.#sockets[number] !== socket) return
    const host = this.#hostOf(sender.address)
    if (host === null) return
    const { senders } = this
    senders[senderPort] = sender.port
    senders[2] = host.scope
    senders[senderAddress] = host.word0
    senders[senderAddress + 1] = host.word1
    senders[senderAddress + 2] = host.word2
    senders[senderAddress + 3] = host.word3
    const fits = bytes.length <= packetBytes
    if (fits) bytes.copy(this.memory, 0)
    this.#receiver.received(number, 0, 0, fits ? bytes.length : 0)
    this.#receiver.batchEnded()
    this.flush()
  }

  /** The words of an address; `null` where it is none. */
  #hostOf(text: string): PeerAddress | null {
    const known = this.#hosts.get(text)
    if (known !== undefined) return known
    const host = hostWords(text)
    if (host === null) return null
    if (this.#hosts.size >= rememberedHosts) this.#hosts.clear()
    this.#hosts.set(text, host)
    return host
  }

  #textOf(address: PeerAddress): string {
    const known = this.#texts.get(address)
    if (known !== undefined) return known
    const text = addressText(address)
    this.#texts.set(address, text)
    return text
  }
}

/** Only addresses are sent to: Node's own way of looking names up would put every packet off to the next turn. */
function lookup(
  address: string,
  _options: unknown,
  found: (error: NodeJS.ErrnoException | null, address: string, family: number) => void,
): void {
  found(null, address, isIPv6(address) ? 6 : 4)
}

/** An address in words, as the native code writes them: the network's bytes read in the machine's order. */
function hostWords(text: string): PeerAddress | null {
  const [address = '', scope = ''] = text.split('%')
  const bytes = isIPv4(text) ? bytes4(text) : isIPv6(text) ? bytes6(address) : null
  if (bytes === null) return null
  const words = new Int32Array(Uint8Array.from(bytes).buffer)
  const host = new PeerAddress()
  host.family = isIPv4(text) ? 4 : 6
  host.scope = Number.parseInt(scope, 10) || 0
  host.word0 = words[0] ?? 0
  host.word1 = words[1] ?? 0
  host.word2 = words[2] ?? 0
  host.word3 = words[3] ?? 0
  return host
}

function bytes4(text: string): number[] {
  return text.split('.').map(Number)
}

/** RFC 4291 §2.2. */
function bytes6(text: string): number[] {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text)
  const tail = dotted === null ? [] : bytes4(dotted[2] ?? '')
  const hex = dotted === null ? text : (dotted[1] ?? '').replace(/([^:]):$/, '$1')
  const [left = '', right] = hex.split('::')
  const groups = (part: string) =>
    part
      .split(':')
      .filter((group) => group !== '')
      .flatMap((group) => {
        const value = Number.parseInt(group, 16)
        return [value >> 8, value & 0xff]
      })
  const first = groups(left)
  const last = [...groups(right ?? ''), ...tail]
  return [...first, ...new Array<number>(Math.max(0, 16 - first.length - last.length)).fill(0), ...last]
}
