import type { Waiting } from './waiting-room.ts'

/** What the gate did, since the start: plain numbers, read by whoever wants to know (docs/monitoring.md). */
export class GateCounters {
  /** New calls, registrations of phones not known, and other requests turned away for want of time. */
  calls = 0
  registrations = 0
  others = 0
  /** New calls beyond the rate that the settings allow. */
  overRate = 0
  /** Messages of strangers beyond the rate of one address, dropped. */
  flooding = 0
  /** Requests of scanners, dropped. */
  scanners = 0
  /** Registrations of known phones that waited too long: dropped, as their copies are on the way. */
  lateRegistrations = 0
  /** INVITEs that passed because they dial an emergency number. */
  emergency = 0

  refused(kind: Waiting['kind']): void {
    if (kind === 'INVITE') this.calls++
    else if (kind === 'REGISTER') this.registrations++
    else this.others++
  }

  /** All that was turned away or dropped because there was too much. */
  get shed(): number {
    return this.calls + this.registrations + this.others + this.overRate + this.flooding + this.lateRegistrations
  }
}
