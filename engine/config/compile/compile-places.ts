/** Account, PBXs and sites: what users hang below. Each is made anew with everything below it when it changes. */
import { numberingPlan } from '../countries.ts'
import type { AccountBody } from '../entities/account.ts'
import type { PbxBody } from '../entities/pbx.ts'
import type { SiteBody } from '../entities/site.ts'
import type { Account, DigestAlgorithm, NumberingPlan, Pbx, Site } from '../snapshot.ts'
import { compileFeatureCodes } from './compile-feature-codes.ts'
import { compileOutboundBlocks } from './compile-plans.ts'
import { compileBlockList } from './compile-rules.ts'
import { compileTollFraud } from './compile-toll-fraud.ts'
import { unchecked } from './unchecked.ts'
import { zoneTable } from './zone-tables.ts'

const defaultAlgorithms: readonly DigestAlgorithm[] = ['SHA-256', 'MD5']

/** A day: nobody speaks for longer, and what lasts longer was forgotten and may cost somebody money. */
const longestCallMinutes = 1440

export function compileAccount(id: string, source: AccountBody): Account {
  return {
    id,
    name: source.name,
    blockList: compileBlockList(source.blockList, `account ${source.name}`),
    isSample: source.sample ?? false,
    simultaneousOutsideForwards: source.simultaneousOutsideForwards ?? 4,
    outboundBlocks: compileOutboundBlocks(source.outboundBlockList, `account ${source.name}`),
    tollFraud: compileTollFraud(source.tollFraud),
    recordingAnnouncedFirst: source.recordingAnnouncement === 'first',
    recordingBeep: source.recordingBeep ?? false,
    musicOnHold: source.musicOnHold ?? '',
    language: source.language ?? 'en',
    recordingPolicy: source.recordingPolicy ?? '',
    profilePolicy: source.defaultProfilePolicy ?? '',
    longestCallMinutes: source.longestCallMinutes ?? longestCallMinutes,
  }
}

export function compilePbx(source: PbxBody, account: Account): Pbx {
  return {
    id: source.id,
    name: source.name,
    account,
    domain: source.domain,
    dialCode: source.dialCode ?? '',
    country: source.country,
    outsidePrefix: source.outsidePrefix ?? '',
    mainNumber: source.mainNumber ?? '',
    featureCodes: compileFeatureCodes(source.featureCodes),
    blockList: compileBlockList(source.blockList, `PBX ${source.name}`),
    digestAlgorithms: source.digestAlgorithms ?? defaultAlgorithms,
    phoneRedirects: source.phoneRedirects ?? true,
    pickup: source.pickup ?? 'everyone',
    unsolicitedMessageWaiting: source.unsolicitedMessageWaiting ?? false,
    callingPlan: source.callingPlan ?? 'domestic',
    outboundBlocks: compileOutboundBlocks(source.outboundBlockList, `PBX ${source.name}`),
    musicOnHold: source.musicOnHold ?? account.musicOnHold,
    language: source.language ?? account.language,
    recordingPolicy: source.recordingPolicy ?? account.recordingPolicy,
    simultaneousCalls: source.simultaneousCalls ?? 0,
    longestCallMinutes: source.longestCallMinutes ?? account.longestCallMinutes,
  }
}

export function compileSite(source: SiteBody, pbx: Pbx): Site {
  const country = source.country ?? pbx.country
  return {
    id: source.id,
    name: source.name,
    pbx,
    timeZone: zoneTable(source.timeZone),
    country,
    areaCode: source.areaCode ?? '',
    mainNumber: source.mainNumber ?? '',
    mainNumberForAll: source.mainNumberForAll ?? false,
    numbering: planOf(country),
    callingPlan: source.callingPlan ?? pbx.callingPlan,
    outboundBlocks: compileOutboundBlocks(source.outboundBlockList, `site ${source.name}`),
    musicOnHold: source.musicOnHold ?? pbx.musicOnHold,
    language: source.language ?? pbx.language,
  }
}

export function planOf(country: string): NumberingPlan {
  return numberingPlan(country) ?? unchecked(`there is no country ${country}`)
}
