import {
  flowFromAddress,
  flowFromPort,
  flowInWindow,
  flowMostInWindow,
  flowOutPayloadType,
  flowPayloadType,
  flowState,
  flowTap,
  flowTapChannel,
  flowTarget,
  flowToAddress,
  flowToPort,
  flowToScope,
  flowWindow,
  flowWords,
} from '../../engine/net/batching-socket/native-ports.ts'
import type { PeerAddress } from '../ports/packet-ports.ts'
import type { Side } from './side.ts'

/**
 * Hands the sound of one side to the native code, to be passed on to the other without asking: only while nothing has to be
 * done with it but that. It is taken back before anything else touches what is counted of the two streams.
 */
export class Flow {
  readonly #flows: Float64Array
  readonly #from: Side
  readonly #to: Side
  readonly #at: number

  private constructor(flows: Float64Array, from: Side, to: Side) {
    this.#flows = flows
    this.#from = from
    this.#to = to
    this.#at = from.ports[0] * flowWords
  }

  /**
   * Begins one with the packet just passed on.
   * @param listening whether packets are to be listened to as well: handed up, but for those that go into `tap`
   * @param tap number of the recorder's memory into which packets are laid, on `channel`; -1: none
   * @returns `null` where the two sides are not in a state for it
   */
  static begin(
    flows: Float64Array,
    from: Side,
    to: Side,
    payloadType: number,
    outPayloadType: number,
    clockRate: number,
    listening: boolean,
    tap: number,
    channel: 0 | 1,
  ): Flow | null {
    const peer = from.plainPeer
    const target = to.plainPeer
    if (peer === null || target === null || !from.state.sends || !to.state.hears || from.needsSamples) return null
    const at = from.ports[0] * flowWords
    if (!to.sent.save(flows, at, from.stretch, clockRate)) return null
    from.received.save(flows, at)
    from.saveWindow(flows, at + flowWindow, at + flowInWindow, at + flowMostInWindow)
    flows[at + flowPayloadType] = payloadType
    flows[at + flowOutPayloadType] = outPayloadType
    putAddress(flows, at + flowFromPort, at + flowFromAddress, peer)
    putAddress(flows, at + flowToPort, at + flowToAddress, target)
    flows[at + flowToScope] = target.scope
    flows[at + flowTarget] = to.ports[0]
    flows[at + flowTap] = tap
    flows[at + flowTapChannel] = channel
    flows[at + flowState] = listening ? 2 : 1
    return new Flow(flows, from, to)
  }

  /** Takes back what it has counted, and stops it. */
  end(): void {
    this.#flows[this.#at + flowState] = 0
    this.count()
  }

  /** Takes over what it has counted so far. */
  count(): void {
    const flows = this.#flows
    const at = this.#at
    this.#from.received.restore(flows, at)
    this.#from.restoreWindow(flows, at + flowWindow, at + flowInWindow)
    this.#to.restoreSent(flows, at)
  }
}

function putAddress(flows: Float64Array, port: number, address: number, peer: PeerAddress): void {
  flows[port] = peer.port
  flows[address] = peer.word0
  flows[address + 1] = peer.word1
  flows[address + 2] = peer.word2
  flows[address + 3] = peer.word3
}
