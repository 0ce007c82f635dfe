/** Users with their phones and numbers. */
import type { DeviceBody } from '../entities/device.ts'
import type { PhoneNumberBody } from '../entities/phone-number.ts'
import type { UserBody } from '../entities/user.ts'
import { beginningKey, leadingDigits, numberKey } from '../number-key.ts'
import type { Device, Pbx, PhoneNumber, Site, User } from '../snapshot.ts'
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
    secureCalling: source.secureCalling ?? null,
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

const noKeys: readonly number[] = []
const noGroups: readonly string[] = []

function keysOf(numbers: readonly string[]): readonly number[] {
  if (numbers.length === 0) return noKeys
  // Most have one number: a literal takes no more memory than that.
  const [first = ''] = numbers
  const keys = [numberKey(first), leadingOf(first)]
  for (const number of numbers.slice(1)) keys.push(numberKey(number), leadingOf(number))
  return keys
}

function leadingOf(number: string): number {
  return leadingDigits(beginningKey(numberKey(number), number.length - 1))
}

function withDialCode(pbx: Pbx, extension: string): string {
  return pbx.dialCode === '' || extension === '' ? '' : pbx.dialCode + extension
}

function lengthsOf(pbx: Pbx, extension: string): number {
  return extension === '' ? 0 : (1 << extension.length) | (1 << (pbx.dialCode.length + extension.length))
}

/**
 * What every call asks of its caller and callee stands first, so that it lies together in memory.
 *
 * @param devices in ascending order, as `numbers`
 */
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
    active: source.active ?? true,
    blockCallerId: source.blockCallerId ?? false,
    doNotDisturb: source.doNotDisturb ?? false,
    callWaiting: source.callWaiting ?? true,
    lines: source.lines ?? 2,
    ringSeconds: source.ringSeconds ?? 15,
    rules: compileRules(source.rules),
    forwarding: compileForwarding(source.forwarding),
    blockList: compileBlockList(source.blockList, displayName),
    recording: compileRecording(source.recording),
    numberKeys: keysOf(numbers),
    extensionLengths: lengthsOf(site.pbx, source.extension ?? ''),
    extensionWithDialCode: withDialCode(site.pbx, source.extension ?? ''),
    extension: source.extension ?? '',
    internalName: source.internalCallerId?.name ?? displayName,
    displayName,
    primaryNumber: primaryOf(source.primaryNumber ?? '', numbers),
    chosenNumber: source.primaryNumber ?? '',
    externalNumber: source.externalCallerId?.number ?? '',
    externalName: source.externalCallerId?.name ?? '',
    numbers,
    devices,
    internationalForwarding: source.internationalForwarding ?? false,
    callingPlan: source.callingPlan ?? '',
    callingCountry: source.callingCountry === undefined ? null : planOf(source.callingCountry),
    outboundBlocks: compileOutboundBlocks(source.outboundBlockList, displayName),
    timeZone: source.timeZone === undefined ? site.timeZone : zoneTable(source.timeZone),
    hasOwnTimeZone: source.timeZone !== undefined,
    mailbox: source.voicemail?.enabled ?? true,
    pickupGroups: source.pickupGroups ?? noGroups,
    holdRecallSeconds: source.holdRecallSeconds ?? 0,
    musicOnHold: source.musicOnHold ?? '',
    language: source.language ?? '',
    profilePolicy: source.profilePolicy ?? '',
    longestCallMinutes: source.longestCallMinutes ?? 0,
    secureCalling: source.secureCalling ?? false,
  }
}

/** The same user, whose site, phones or numbers changed. */
export function movedUser(user: User, site: Site, devices: readonly Device[], numbers: readonly string[]): User {
  return {
    kind: 'user',
    id: user.id,
    site,
    pbx: site.pbx,
    active: user.active,
    blockCallerId: user.blockCallerId,
    doNotDisturb: user.doNotDisturb,
    callWaiting: user.callWaiting,
    lines: user.lines,
    ringSeconds: user.ringSeconds,
    rules: user.rules,
    forwarding: user.forwarding,
    blockList: user.blockList,
    recording: user.recording,
    numberKeys: numbers === user.numbers ? user.numberKeys : keysOf(numbers),
    extensionLengths: lengthsOf(site.pbx, user.extension),
    extensionWithDialCode: withDialCode(site.pbx, user.extension),
    extension: user.extension,
    internalName: user.internalName,
    displayName: user.displayName,
    primaryNumber: primaryOf(user.chosenNumber, numbers),
    chosenNumber: user.chosenNumber,
    externalNumber: user.externalNumber,
    externalName: user.externalName,
    numbers,
    devices,
    internationalForwarding: user.internationalForwarding,
    callingPlan: user.callingPlan,
    callingCountry: user.callingCountry,
    outboundBlocks: user.outboundBlocks,
    timeZone: user.hasOwnTimeZone ? user.timeZone : site.timeZone,
    hasOwnTimeZone: user.hasOwnTimeZone,
    mailbox: user.mailbox,
    pickupGroups: user.pickupGroups,
    holdRecallSeconds: user.holdRecallSeconds,
    musicOnHold: user.musicOnHold,
    language: user.language,
    profilePolicy: user.profilePolicy,
    longestCallMinutes: user.longestCallMinutes,
    secureCalling: user.secureCalling,
  }
}
