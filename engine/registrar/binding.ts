import type { Flow, Transport } from '../sip/transport.ts'
import { bracketed, parseHostPort } from '../sip/uri.ts'

/** All bindings of one device: one address of record (RFC 3261 §10.1). */
export interface DeviceBindings {
  readonly deviceId: string
  readonly sipUserName: string
  /** In order of first registration. Replaced as a whole, never changed in place, so that a call may hold on to it. */
  bindings: readonly Binding[]
}

/** What a REGISTER says of one contact. Strings own their characters (engine/sip/own-copy.ts) where they are kept. */
export interface BindingValues {
  /** The contact URI as it was written. */
  contact: string
  /** +sip.instance with its quotes taken off, or '' (RFC 5626 §4.1). */
  instanceId: string
  /** 0 where none was given (RFC 5626 §4.2). */
  regId: number
  /** Preference as it was written, '' for none (RFC 3261 §20.10). */
  q: string
  /** The Path of the REGISTER, to be the Route of requests to this contact; '' for none (RFC 3327 §5.3). */
  path: string
  callId: string
  cseq: number
  userAgent: string
  /** Where the REGISTER came from. */
  received: Flow
  /** The contact names another address than the one the REGISTER came from. */
  behindNat: boolean
  /** The port it listens on as the contact says, or the first hop of its Path. */
  port: number
  /** Milliseconds since the epoch. */
  expiresAt: number
}

/** One contact of a device, and how to reach it. */
export class Binding {
  readonly device: DeviceBindings
  /** Names its journal entry. */
  readonly serial: number
  contact: string
  instanceId: string
  regId: number
  q: string
  path: string
  callId: string
  cseq: number
  userAgent: string
  received: Flow
  behindNat: boolean
  port: number
  expiresAt: number
  /** The stream connection it came by is gone. */
  flowLost: boolean
  /**
   * Where requests go; `null` while it cannot be reached. Always at the address the REGISTER came from, whatever the
   * contact says: so a registration cannot aim calls at a third party, and a phone behind NAT is reached.
   */
  target: Flow | null
  /** Links and place in the expiry ring. */
  previous: Binding | null
  next: Binding | null
  slot: number

  constructor(device: DeviceBindings, serial: number, values: BindingValues) {
    this.device = device
    this.serial = serial
    this.contact = values.contact
    this.instanceId = values.instanceId
    this.regId = values.regId
    this.q = values.q
    this.path = values.path
    this.callId = values.callId
    this.cseq = values.cseq
    this.userAgent = values.userAgent
    this.received = values.received
    this.behindNat = values.behindNat
    this.port = values.port
    this.expiresAt = values.expiresAt
    this.flowLost = false
    this.target = null
    this.previous = null
    this.next = null
    this.slot = -1
    this.aim()
  }

  /** Works out `target` anew from the other fields. */
  aim(): void {
    const { received } = this
    const { transport } = received
    if (this.flowLost) {
      // A new connection can be opened to the same address, unless a NAT is in between, it is a browser (RFC 7118 §5), or
      // TLS would have to prove a name that a phone's certificate, where it has one, does not have (RFC 5922 §7.2).
      const canConnect = transport === 'TCP' && !this.behindNat
      this.target = canConnect ? { ...received, port: this.port, connection: 0 } : null
    } else if (transport === 'UDP' && !this.behindNat && this.path === '' && this.port !== received.port) {
      // A phone that sends from one port and listens on another (no rport in its Via, RFC 3581).
      this.target = { ...received, port: this.port }
    } else {
      this.target = received
    }
  }

  /** As a journal value: lines, which none of the kept texts can hold. */
  save(): string {
    const flow = this.received
    return (
      `1\n${this.device.deviceId}\n${this.device.sipUserName}\n${this.contact}\n${this.instanceId}\n` +
      `${this.regId}\n${this.q}\n${this.path}\n${this.callId}\n${this.cseq}\n${this.userAgent}\n${this.expiresAt}\n` +
      `${this.behindNat ? 1 : 0}\n${flow.transport}\n${flow.listener}\n${flow.address}\n${flow.port}\n${this.port}`
    )
  }
}

export interface SavedBinding extends BindingValues {
  readonly deviceId: string
  readonly sipUserName: string
}

/** Reads what `save` wrote; `null` where it is something else. */
export function loadBinding(value: string): SavedBinding | null {
  const fields = value.split('\n')
  if (fields.length !== 18 || fields[0] !== '1') return null
  const text = (index: number) => fields[index] ?? ''
  const transport = transports.find((candidate) => candidate === text(13))
  const numbers = [5, 9, 11, 14, 16, 17].map((index) => Number(text(index)))
  if (transport === undefined || text(1) === '' || !numbers.every(Number.isSafeInteger)) return null
  const [regId = 0, cseq = 0, expiresAt = 0, listener = 0, sourcePort = 0, port = 0] = numbers
  return {
    deviceId: text(1),
    sipUserName: text(2),
    contact: text(3),
    instanceId: text(4),
    regId,
    q: text(6),
    path: text(7),
    callId: text(8),
    cseq,
    userAgent: text(10),
    expiresAt,
    behindNat: text(12) === '1',
    received: { transport, listener, address: text(15), port: sourcePort, connection: 0 },
    port,
  }
}

const transports: readonly Transport[] = ['UDP', 'TCP', 'TLS', 'WS', 'WSS']

/** Whether the contact host is the source, so that no NAT (or name) stands between them. `host` as in a URI. */
export function namesSource(host: string, port: number, flow: Flow, symmetric: boolean): boolean {
  const address = parseHostPort(bracketed(flow.address))?.host
  if (address !== host) return false
  // Without rport (RFC 3581) a phone may send from one port and listen on another, which is not a NAT's doing; and
  // stream connections always come from a port of their own.
  return flow.transport !== 'UDP' || !symmetric || flow.port === (port || 5060)
}
