/** Users with their phones and numbers. */
import type { DeviceBody } from '../entities/device.ts'
import type { PhoneNumberBody } from '../entities/phone-number.ts'
import type { UserBody } from '../entities/user.ts'
import type { Device, PhoneNumber, Site, User } from '../snapshot.ts'
import { planOf } from './compile-places.ts'
import { compileOutboundBlocks } from './compile-plans.ts'
import { compileBlockList, compileForwarding, compileRecording, compileRules } from './compile-rules.ts'
import { ringGroupKey } from './ring-group-key.ts'
import { zoneTable } from './zone-tables.ts'

export function compileDevice(id: string, source: DeviceBody): Device {
  return {
    id,
    userId: source.user,
    sipUserName: source.sipUserName,
    password: source.password,
    digestAlgorithms: source.digestAlgorithms ?? null,
  }
}

export function compilePhoneNumber(source: PhoneNumberBody): PhoneNumber {
  const holder = holderOf(source)
  return { number: source.number, holder, ownHolder: holder, sharedName: source.sharedCallerId?.displayName ?? '' }
}

/** Key of whoever a number is assigned to; '' for nobody. */
export function holderOf({ user, ringGroup }: PhoneNumberBody): string {
  return user ?? (ringGroup === undefined ? '' : ringGroupKey(ringGroup))
}

function primaryOf(chosen: string, numbers: readonly string[]): string {
  return numbers.includes(chosen) ? chosen : (numbers[0] ?? '')
}

/** `devices` and `numbers` in ascending order. */
export function compileUser(
  id: string,
  source: UserBody,
  site: Site,
  devices: readonly Device[],
  numbers: readonly string[],
): User {
  const displayName = `${source.firstName} ${source.lastName}`
  return {
    kind: 'user',
    id,
    site,
    pbx: site.pbx,
    displayName,
    extension: source.extension ?? '',
    active: source.active ?? true,
    primaryNumber: primaryOf(source.primaryNumber ?? '', numbers),
    chosenNumber: source.primaryNumber ?? '',
    internalName: source.internalCallerId?.name ?? displayName,
    externalNumber: source.externalCallerId?.number ?? '',
    externalName: source.externalCallerId?.name ?? '',
    numbers,
    callWaiting: source.callWaiting ?? true,
    lines: source.lines ?? 2,
    devices,
    blockCallerId: source.blockCallerId ?? false,
    internationalForwarding: source.internationalForwarding ?? false,
    callingPlan: source.callingPlan ?? '',
    callingCountry: source.callingCountry === undefined ? null : planOf(source.callingCountry),
    outboundBlocks: compileOutboundBlocks(source.outboundBlockList, displayName),
    forwarding: compileForwarding(source.forwarding),
    rules: compileRules(source.rules),
    timeZone: source.timeZone === undefined ? site.timeZone : zoneTable(source.timeZone),
    hasOwnTimeZone: source.timeZone !== undefined,
    doNotDisturb: source.doNotDisturb ?? false,
    mailbox: source.voicemail?.enabled ?? true,
    recording: compileRecording(source.recording),
    blockList: compileBlockList(source.blockList, displayName),
    ringSeconds: source.ringSeconds ?? 15,
  }
}

/** The same user, whose site, phones or numbers changed. */
export function movedUser(user: User, site: Site, devices: readonly Device[], numbers: readonly string[]): User {
  return {
    kind: 'user',
    id: user.id,
    site,
    pbx: site.pbx,
    displayName: user.displayName,
    extension: user.extension,
    active: user.active,
    primaryNumber: primaryOf(user.chosenNumber, numbers),
    chosenNumber: user.chosenNumber,
    internalName: user.internalName,
    externalNumber: user.externalNumber,
    externalName: user.externalName,
    numbers,
    callWaiting: user.callWaiting,
    lines: user.lines,
    devices,
    blockCallerId: user.blockCallerId,
    internationalForwarding: user.internationalForwarding,
    callingPlan: user.callingPlan,
    callingCountry: user.callingCountry,
    outboundBlocks: user.outboundBlocks,
    forwarding: user.forwarding,
    rules: user.rules,
    timeZone: user.hasOwnTimeZone ? user.timeZone : site.timeZone,
    hasOwnTimeZone: user.hasOwnTimeZone,
    doNotDisturb: user.doNotDisturb,
    mailbox: user.mailbox,
    recording: user.recording,
    blockList: user.blockList,
    ringSeconds: user.ringSeconds,
  }
}
