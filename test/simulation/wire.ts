import type { SipMessage } from '../../engine/sip/message.ts'
import type { TimerOwner } from '../../engine/sip/transport.ts'
import type { Chance } from './chance.ts'
import { serverAddress } from './company.ts'
import type { VirtualClock } from './virtual-clock.ts'

/** How bad the network is: probabilities for each datagram. */
export interface Weather {
  readonly loss: number
  readonly duplicate: number
  /** Of being held up so long that others overtake it. */
  readonly reorder: number
}

/** Whoever takes datagrams at one address. */
export interface Station {
  /** `from`: host:port. `message`: what its sender has parsed of it already, only to be read; `null`: nothing. */
  datagramReceived(text: string, from: string, message: SipMessage | null): void
}

/** Told of everything sent, for ladders. `fate`: lost, or milliseconds until each copy arrives. */
export type WireListener = (text: string, from: string, to: string, fate: string) => void

/**
 * Copies of one text that the network may lose one after the other. It keeps the network fair: with at most two, a
 * request and its answer get through within nine tries, and RFC 3261 gives every transaction at least ten; so whatever
 * does not get through is a fault of an endpoint and not bad luck.
 */
const mostLostInARow = 2
/** Longest hold-up (ms): below T4, the time that RFC 3261 lets a message stay in the network. */
const longestHoldUp = 1500

/** Below the phones' ends of connections. */
const firstPort = 40_000

/** A connection between a phone and the server: what is sent arrives once and in order, or the connection is lost. */
interface Stream {
  readonly phone: Station
  readonly lost: () => void
  /** Messages under way in it. */
  underWay: number
  /** When the newest message arrives there (ms). */
  atServer: number
  atPhone: number
}

/** The network between the phones and the server: loses, doubles, delays, reorders, all by chance from the seed. */
export class Wire {
  readonly #clock: VirtualClock
  readonly #chance: Chance
  readonly #weather: Weather
  readonly #stations = new Map<string, Station>()
  readonly #lostInARow = new Map<string, number>()
  readonly #cutOff = new Map<string, number>()
  readonly #listener: WireListener | null
  /** Connections, by the address of the phone's end. */
  readonly #streams = new Map<string, Stream>()
  #opened = 0
  /** Told of connections that phones have lost: their addresses. */
  closed: (address: string) => void = () => undefined
  /** Datagrams handed to it. */
  sent = 0

  constructor(clock: VirtualClock, chance: Chance, weather: Weather, listener: WireListener | null) {
    this.#clock = clock
    this.#chance = chance
    this.#weather = weather
    this.#listener = listener
  }

  attach(address: string, station: Station): void {
    this.#stations.set(address, station)
  }

  /** For so long (ms) nothing reaches or leaves this address. */
  cutOff(address: string, milliseconds: number): void {
    this.#cutOff.set(address, this.#clock.now() + milliseconds)
  }

  // --- connections

  /** @param lost told when it is lost. @returns the address of the phone's end */
  openStream(host: string, phone: Station, lost: () => void): string {
    const number = ++this.#opened
    const address = `${host}:${firstPort + number};tcp=${number}`
    this.#streams.set(address, { phone, lost, underWay: 0, atServer: 0, atPhone: 0 })
    return address
  }

  /** Nothing is under way in it. */
  isQuiet(address: string): boolean {
    return this.#streams.get(address)?.underWay === 0
  }

  /** It is lost at both ends, and what was under way in it. */
  closeStream(address: string): void {
    const stream = this.#streams.get(address)
    if (!this.#streams.delete(address)) return
    stream?.lost()
    this.closed(address)
  }

  /** The server's process has died, and all connections with it. */
  closeStreams(): void {
    for (const [address, { lost }] of this.#streams) {
      this.#streams.delete(address)
      lost()
    }
  }

  #sendInStream(stream: Stream, address: string, text: string, from: string, message: SipMessage | null): void {
    const now = this.#clock.now()
    const toServer = from === address
    const time = Math.max(now + Math.ceil(this.#chance.between(1, 25)), toServer ? stream.atServer : stream.atPhone)
    if (toServer) stream.atServer = time
    else stream.atPhone = time
    stream.underWay++
    const station = toServer ? this.#stations.get(serverAddress) : stream.phone
    const arrives = (): void => {
      stream.underWay--
      if (this.#streams.get(address) === stream) station?.datagramReceived(text, from, message)
    }
    this.#clock.start(time - now, { timerFired: arrives }, 'arrives')
    this.#listener?.(text, from, toServer ? serverAddress : address, `${time - now} ms`)
  }

  /** @returns whether it will arrive */
  send(text: string, from: string, to: string, message: SipMessage | null = null): boolean {
    this.sent++
    if (isStream(from) || isStream(to)) {
      const address = isStream(from) ? from : to
      const stream = this.#streams.get(address)
      if (stream === undefined) this.#listener?.(text, from, to, 'no connection')
      else this.#sendInStream(stream, address, text, from, message)
      return stream !== undefined
    }
    const chance = this.#chance
    const { loss, duplicate } = this.#weather
    const now = this.#clock.now()
    if ((this.#cutOff.get(from) ?? 0) > now || (this.#cutOff.get(to) ?? 0) > now) {
      this.#listener?.(text, from, to, 'cut off')
      return false
    }
    if (chance.happens(loss)) {
      const key = to + text
      const lost = this.#lostInARow.get(key) ?? 0
      if (lost < mostLostInARow) {
        this.#lostInARow.set(key, lost + 1)
        this.#listener?.(text, from, to, 'lost')
        return false
      }
      this.#lostInARow.delete(key)
    }
    const copies = chance.happens(duplicate) ? 2 : 1
    let fate = ''
    for (let copy = 0; copy < copies; copy++) {
      const delay = Math.ceil(this.#delay())
      if (this.#listener !== null) fate += `${fate === '' ? '' : ' and '}${delay} ms`
      this.#clock.start(delay, new Datagram(this.#stations.get(to), text, from, message), 'arrives')
    }
    this.#listener?.(text, from, to, fate)
    return true
  }

  #delay(): number {
    const usual = this.#chance.between(1, 25)
    return this.#chance.happens(this.#weather.reorder) ? usual + this.#chance.between(20, longestHoldUp) : usual
  }
}

/** Whether an address is the phone's end of a connection, `HOST:PORT;tcp=NUMBER`. */
export function isStream(address: string): boolean {
  return address.includes(';tcp=')
}

class Datagram implements TimerOwner {
  readonly #station: Station | undefined
  readonly #text: string
  readonly #from: string
  readonly #message: SipMessage | null

  constructor(station: Station | undefined, text: string, from: string, message: SipMessage | null) {
    this.#station = station
    this.#text = text
    this.#from = from
    this.#message = message
  }

  timerFired(): void {
    this.#station?.datagramReceived(this.#text, this.#from, this.#message)
  }
}
