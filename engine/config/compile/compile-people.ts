/** Users with their phones and numbers. */
import type { DeviceBody } from '../entities/device.ts'
import type { PhoneNumberBody } from '../entities/phone-number.ts'
import type { UserBody } from '../entities/user.ts'
import type { Device, PhoneNumber, Site, User } from '../snapshot.ts'
import { planOf } from './compile-places.ts'
import { compileOutboundBlocks } from './compile-plans.ts'
import { compileBlockList, compileForwarding } from './compile-rules.ts'

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
  return { number: source.number, userId: source.user ?? null }
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
    id,
    site,
    pbx: site.pbx,
    displayName,
    extension: source.extension ?? '',
    active: source.active ?? true,
    primaryNumber: source.primaryNumber ?? numbers[0] ?? '',
    primaryNumberIsChosen: source.primaryNumber !== undefined,
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
    // A block list names whom it belongs to and the PBX it is dialled in: only the latter may change without the user.
    blockList: compileBlockList(source.blockList, displayName, site.pbx.id),
    ringSeconds: source.ringSeconds ?? 15,
  }
}

/** The same user, whose site, phones or numbers changed. */
export function movedUser(user: User, site: Site, devices: readonly Device[], numbers: readonly string[]): User {
  const { blockList } = user
  return {
    id: user.id,
    site,
    pbx: site.pbx,
    displayName: user.displayName,
    extension: user.extension,
    active: user.active,
    primaryNumber: user.primaryNumberIsChosen ? user.primaryNumber : (numbers[0] ?? ''),
    primaryNumberIsChosen: user.primaryNumberIsChosen,
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
    blockList:
      blockList === null || blockList.callers.dialledFrom === site.pbx.id
        ? blockList
        : { ...blockList, callers: { ...blockList.callers, dialledFrom: site.pbx.id } },
    ringSeconds: user.ringSeconds,
  }
}
