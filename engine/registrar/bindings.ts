import type { Device, Snapshot, User } from '../config/snapshot.ts'
import type { Journal, RecoveredEntries } from '../records/entries.ts'
import { ownCopy } from '../sip/own-copy.ts'
import type { Clock, Flow, TimerHandle, TimerOwner } from '../sip/transport.ts'
import { isSameFlow } from '../sip/transport.ts'
import type { BindingValues, DeviceBindings } from './binding.ts'
import { Binding, loadBinding } from './binding.ts'
import { ExpiryRing } from './expiry-ring.ts'
import { oneFlowEach } from './outbound.ts'
import { isSameContact } from './same-contact.ts'
import type { LiveRegistrations } from './sign-in-guard.ts'

const none: readonly Binding[] = []
/** Devices looked at in one slice after a new snapshot: well under a millisecond. */
const devicesPerSlice = 2000
/** Kinds of phones are few; what does not fit is stored with its own copy. */
const mostUserAgents = 1000

/** One contact as asked for; `expiresAt` <= now removes it. */
export type ContactChange = Omit<BindingValues, 'path' | 'callId' | 'cseq' | 'userAgent' | 'received'>
/** What all contacts of one REGISTER have in common. */
export type RegistrationChange = Pick<BindingValues, 'path' | 'callId' | 'cseq' | 'userAgent' | 'received'>

/** An address from which there are bindings. */
interface Source {
  bindings: number
  /** Of the binding that was made or refreshed last. */
  newest: Flow
}

/** Who watches registrations come and go. */
export interface BindingWatcher {
  bindingAdded(binding: Binding): void
  bindingRemoved(binding: Binding): void
}

/**
 * The location service (RFC 3261 §10): which contacts each device has registered. Bindings that expired are taken out
 * by one sweep a second, so a contact may be listed for up to a second after its time.
 */
export class Bindings implements TimerOwner, LiveRegistrations {
  readonly #clock: Clock
  readonly #journal: Journal
  readonly #mostContacts: number
  readonly #ring: ExpiryRing<Binding>
  readonly #devices = new Map<string, DeviceBindings>()
  /** The addresses from which bindings were made. */
  readonly #sources = new Map<string, Source>()
  readonly #byConnection = new Map<number, Set<Binding>>()
  readonly #userAgents = new Map<string, string>()
  /** Since the start; what expired was not removed. */
  added = 0
  removed = 0
  expired = 0
  /** `null` while nobody watches. */
  watcher: BindingWatcher | null = null
  /** Told likewise, for the presence of users. */
  presence: BindingWatcher | null = null
  #size = 0
  #nextSerial = 1
  #sweep: TimerHandle | null = null
  #checking: { readonly devices: Iterator<DeviceBindings>; snapshot: Snapshot; again: boolean } | null = null

  /** `mostContacts` for each device; `longestExpires` in seconds. */
  constructor(clock: Clock, journal: Journal, mostContacts: number, longestExpires: number) {
    this.#clock = clock
    this.#journal = journal
    this.#mostContacts = mostContacts
    this.#ring = new ExpiryRing(longestExpires, clock.now())
  }

  /** How many bindings there are. */
  get size(): number {
    return this.#size
  }

  /** All bindings, for listings. */
  *all(): Generator<Binding> {
    for (const device of this.#devices.values()) yield* device.bindings
  }

  ofDevice(device: Device): readonly Binding[] {
    const found = this.#devices.get(device.sipUserName)
    // The SIP user name may belong to another device since a configuration change.
    return found === undefined || found.deviceId !== device.id ? none : found.bindings
  }

  /** Those whose stream connection is gone; mostly none. */
  lostOf(device: Device): readonly Binding[] {
    const bindings = this.ofDevice(device)
    return bindings.some(({ flowLost }) => flowLost) ? bindings.filter(({ flowLost }) => flowLost) : none
  }

  /**
   * Everything that rings for a user, one flow of each phone. The list does not change afterwards; none is made for a user
   * with one phone.
   */
  contactsOf(user: User): readonly Binding[] {
    let contacts = none
    for (const device of user.devices) {
      const bindings = oneFlowEach(this.ofDevice(device))
      if (bindings.length > 0) contacts = contacts.length === 0 ? bindings : contacts.concat(bindings)
    }
    return contacts
  }

  /** Has the user at least one live registration? */
  registered(user: User): boolean {
    for (const device of user.devices) if (this.ofDevice(device).length > 0) return true
    return false
  }

  registeredFrom(source: string): boolean {
    return this.#sources.has(source)
  }

  userRegisteredFrom(source: string, sipUserName: string): boolean {
    return this.#devices.get(sipUserName)?.bindings.some((binding) => binding.received.address === source) ?? false
  }

  /**
   * Adds, refreshes and removes contacts, all or none (RFC 3261 §10.3 step 7). `out-of-order`: an older REGISTER of the
   * same Call-ID came late, and nothing was changed. A device that has more contacts than it may loses the one that
   * would expire first: a softphone that registers a new port at each start must not lock itself out.
   */
  update(
    device: Device,
    registration: RegistrationChange,
    contacts: readonly ContactChange[],
  ): 'updated' | 'out-of-order' {
    const now = this.#clock.now()
    const found = this.#devices.get(device.sipUserName)
    const current = this.ofDevice(device)
    for (const contact of contacts) {
      const binding = findBinding(current, contact)
      if (binding !== null && isOlder(registration, binding)) return 'out-of-order'
    }
    if (found !== undefined && found.deviceId !== device.id) this.#drop(found, found.bindings)
    const group = this.#devices.get(device.sipUserName) ?? {
      deviceId: device.id,
      sipUserName: device.sipUserName,
      bindings: none,
    }
    for (const contact of contacts) {
      const binding = findBinding(group.bindings, contact)
      if (contact.expiresAt <= now) {
        if (binding !== null) this.#drop(group, [binding])
      } else if (binding === null) {
        this.#add(group, registration, contact)
      } else {
        this.#refresh(binding, registration, contact)
      }
    }
    return 'updated'
  }

  /** `Contact: *` with Expires 0 (RFC 3261 §10.3 step 6). */
  removeAll(device: Device, callId: string, cseq: number): 'updated' | 'out-of-order' {
    const current = this.ofDevice(device)
    if (current.some((binding) => isOlder({ callId, cseq }, binding))) return 'out-of-order'
    const group = this.#devices.get(device.sipUserName)
    if (group !== undefined) this.#drop(group, current)
    return 'updated'
  }

  /** A stream connection is gone: its bindings stay until they expire, to be reached by a new one where possible. */
  connectionLost(connection: number): void {
    for (const binding of this.#byConnection.get(connection) ?? []) loseFlow(binding)
    this.#byConnection.delete(connection)
  }

  /** Takes over what the journal kept; entries it cannot read are removed and counted. Call it before the first update. */
  restore(recovered: RecoveredEntries): { readonly restored: number; readonly unreadable: number } {
    const now = this.#clock.now()
    let restored = 0
    let unreadable = 0
    for (const { kind, key, value } of recovered.entries) {
      if (kind !== 'registration') continue
      const serial = Number(key)
      const saved = loadBinding(value)
      if (saved === null || !Number.isSafeInteger(serial) || serial <= 0) {
        unreadable++
        this.#journal.remove('registration', key)
        continue
      }
      this.#nextSerial = Math.max(this.#nextSerial, serial + 1)
      if (saved.expiresAt <= now) {
        this.#journal.remove('registration', key)
        continue
      }
      restored++
      const deviceId = ownCopy(saved.deviceId)
      const sipUserName = ownCopy(saved.sipUserName)
      const found = this.#devices.get(sipUserName)
      if (found !== undefined && found.deviceId !== deviceId) this.#drop(found, found.bindings)
      const group = this.#devices.get(sipUserName) ?? { deviceId, sipUserName, bindings: none }
      const userAgent = this.#userAgent(saved.userAgent)
      const { contact, instanceId, q, path, callId } = saved
      const binding = new Binding(group, serial, {
        ...saved,
        // The entry's text, of which these are parts, is not to be kept.
        ...{ contact: ownCopy(contact), instanceId: ownCopy(instanceId), q: ownCopy(q), path: ownCopy(path) },
        ...{ callId: ownCopy(callId), userAgent, received: this.#keptFlow(saved.received) },
      })
      if (saved.received.transport !== 'UDP') loseFlow(binding)
      this.#insert(binding)
    }
    return { restored, unreadable }
  }

  /** A new snapshot is in force: bindings of devices that are not in it any more go, in slices between other events. */
  snapshotChanged(snapshot: Snapshot): void {
    if (this.#checking !== null) {
      // To its end first: where many changes come in a row, a look that always began anew would never get there.
      this.#checking.snapshot = snapshot
      this.#checking.again = true
      return
    }
    this.#checking = { snapshot, devices: this.#devices.values(), again: false }
    this.#checkSlice()
  }

  timerFired(name: string): void {
    if (name === 'check') {
      this.#checkSlice()
      return
    }
    this.#sweep = null
    for (const binding of this.#ring.takeExpired(this.#clock.now())) {
      this.#drop(binding.device, [binding])
      this.removed--
      this.expired++
    }
    this.#startSweep()
  }

  #checkSlice(): void {
    if (this.#checking === null) return
    const { snapshot, devices, again } = this.#checking
    for (let count = 0; count < devicesPerSlice; count++) {
      const next = devices.next()
      if (next.done === true) {
        this.#checking = null
        if (!again) return
        this.#checking = { snapshot, devices: this.#devices.values(), again: false }
        break
      }
      const group = next.value
      const device = snapshot.devicesBySipUserName.get(group.sipUserName)
      if (device?.id !== group.deviceId) this.#drop(group, group.bindings)
    }
    this.#clock.start(1, this, 'check')
  }

  #add(group: DeviceBindings, registration: RegistrationChange, contact: ContactChange): void {
    // The same phone by a new connection: what its lost one registered is of no use any more.
    const { instanceId } = contact
    const dead =
      instanceId === '' ? none : group.bindings.filter((old) => old.flowLost && old.instanceId === instanceId)
    if (dead.length > 0) this.#drop(group, dead)
    if (group.bindings.length >= this.#mostContacts) {
      const first = group.bindings.reduce((soonest, old) => (old.expiresAt < soonest.expiresAt ? old : soonest))
      this.#drop(group, [first])
    }
    const binding = new Binding(group, this.#nextSerial++, {
      contact: ownCopy(contact.contact),
      instanceId: ownCopy(instanceId),
      regId: contact.regId,
      q: ownCopy(contact.q),
      path: ownCopy(registration.path),
      callId: ownCopy(registration.callId),
      cseq: registration.cseq,
      userAgent: this.#userAgent(registration.userAgent),
      received: this.#keptFlow(registration.received),
      behindNat: contact.behindNat,
      port: contact.port,
      expiresAt: contact.expiresAt,
    })
    this.#insert(binding)
    this.#journal.put('registration', String(binding.serial), binding.save())
    this.added++
    this.watcher?.bindingAdded(binding)
    this.presence?.bindingAdded(binding)
  }

  #refresh(binding: Binding, registration: RegistrationChange, contact: ContactChange): void {
    this.#detach(binding)
    // Mostly nothing but times changes: then nothing is copied.
    if (binding.contact !== contact.contact) binding.contact = ownCopy(contact.contact)
    if (binding.instanceId !== contact.instanceId) binding.instanceId = ownCopy(contact.instanceId)
    if (binding.q !== contact.q) binding.q = ownCopy(contact.q)
    if (binding.path !== registration.path) binding.path = ownCopy(registration.path)
    if (binding.callId !== registration.callId) binding.callId = ownCopy(registration.callId)
    if (binding.userAgent !== registration.userAgent) binding.userAgent = this.#userAgent(registration.userAgent)
    if (!isSameFlow(binding.received, registration.received)) binding.received = this.#keptFlow(registration.received)
    binding.regId = contact.regId
    binding.cseq = registration.cseq
    binding.behindNat = contact.behindNat
    binding.port = contact.port
    binding.expiresAt = contact.expiresAt
    binding.flowLost = false
    binding.aim()
    this.#attach(binding)
    this.#journal.put('registration', String(binding.serial), binding.save())
  }

  #insert(binding: Binding): void {
    const group = binding.device
    group.bindings = group.bindings.concat(binding)
    this.#devices.set(group.sipUserName, group)
    this.#size++
    this.#attach(binding)
    this.#startSweep()
  }

  #drop(group: DeviceBindings, bindings: readonly Binding[]): void {
    for (const binding of bindings) {
      this.#detach(binding)
      this.#size--
      this.#journal.remove('registration', String(binding.serial))
      this.removed++
      this.watcher?.bindingRemoved(binding)
      this.presence?.bindingRemoved(binding)
    }
    group.bindings = group.bindings.filter((binding) => !bindings.includes(binding))
    if (group.bindings.length === 0) this.#devices.delete(group.sipUserName)
  }

  #attach(binding: Binding): void {
    this.#ring.add(binding)
    const { address, connection } = binding.received
    const source = this.#sources.get(address)
    if (source === undefined) this.#sources.set(address, { bindings: 1, newest: binding.received })
    else {
      source.bindings++
      source.newest = binding.received
    }
    if (connection === 0) return
    const others = this.#byConnection.get(connection)
    if (others === undefined) this.#byConnection.set(connection, new Set([binding]))
    else others.add(binding)
  }

  #detach(binding: Binding): void {
    this.#ring.remove(binding)
    const { address, connection } = binding.received
    const source = this.#sources.get(address)
    if (source !== undefined && --source.bindings <= 0) this.#sources.delete(address)
    const others = this.#byConnection.get(connection)
    if (others === undefined) return
    others.delete(binding)
    if (others.size === 0) this.#byConnection.delete(connection)
  }

  #startSweep(): void {
    if (this.#sweep === null && this.#size > 0) this.#sweep = this.#clock.start(1000, this, 'sweep')
  }

  /**
   * A flow to be kept, whose address does not hold the message it was cut from. The phones behind one proxy come by the
   * same flow and share it; those behind one NAT share the text of its address.
   */
  #keptFlow(flow: Flow): Flow {
    const newest = this.#sources.get(flow.address)?.newest
    if (newest !== undefined && isSameFlow(newest, flow)) return newest
    const { transport, listener, port, connection } = flow
    return { transport, listener, address: newest?.address ?? ownCopy(flow.address), port, connection }
  }

  #userAgent(text: string): string {
    const known = this.#userAgents.get(text)
    if (known !== undefined) return known
    const copy = ownCopy(text)
    if (this.#userAgents.size < mostUserAgents) this.#userAgents.set(copy, copy)
    return copy
  }
}

/** RFC 5626 §6: where both are given, instance and reg-id name the binding; else its contact does. */
function findBinding(bindings: readonly Binding[], contact: ContactChange): Binding | null {
  const outbound = contact.instanceId !== '' && contact.regId > 0
  for (const binding of bindings) {
    const same = outbound
      ? binding.regId === contact.regId && binding.instanceId === contact.instanceId
      : isSameContact(binding.contact, contact.contact)
    if (same) return binding
  }
  return null
}

function loseFlow(binding: Binding): void {
  binding.flowLost = true
  binding.aim()
}

function isOlder(registration: { readonly callId: string; readonly cseq: number }, binding: Binding): boolean {
  return registration.callId === binding.callId && registration.cseq <= binding.cseq
}
