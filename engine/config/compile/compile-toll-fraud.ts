import { prefixesOf } from '../entities/calling-plan.ts'
import type { TollFraudBody } from '../entities/toll-fraud.ts'
import type { RiskClass } from '../risk-classes.ts'
import { riskClasses, risksByCountry } from '../risk-classes.ts'
import type { TollFraudLimits, TollLimit } from '../snapshot.ts'
import { prefixTable } from './prefix-table.ts'
import { zoneTable } from './zone-tables.ts'

const countryRisks = prefixTable(risksByCountry)

export function compileTollFraud(source: TollFraudBody | undefined): TollFraudLimits | null {
  if (source === undefined) return null
  const { minutesADay = {}, outsideHours } = source
  const own = new Map<string, RiskClass>()
  // A country that is named itself counts more than the zone it is in, which may be filed elsewhere.
  for (const zones of [true, false]) {
    for (const risk of riskClasses) {
      for (const entry of source[`${risk}Risk`] ?? []) {
        if (entry.startsWith('zone-') === zones) for (const prefix of prefixesOf(entry)) own.set(prefix, risk)
      }
    }
  }
  return {
    timeZone: zoneTable(source.timeZone ?? 'UTC'),
    simultaneous: limit(source.simultaneousCalls),
    minutes: { low: limit(minutesADay.low), medium: limit(minutesADay.medium), high: limit(minutesADay.high) },
    // Whoever names the schedule and no number wants none of these calls.
    outsideHours:
      outsideHours === undefined
        ? null
        : {
            scheduleId: outsideHours.schedule,
            each: outsideHours.each ?? (outsideHours.account === undefined ? 0 : Number.POSITIVE_INFINITY),
            account: outsideHours.account ?? Number.POSITIVE_INFINITY,
          },
    ownRisks: prefixTable(own),
    countryRisks,
  }
}

function limit(source: Partial<TollLimit> | undefined): TollLimit {
  return {
    each: source?.each ?? Number.POSITIVE_INFINITY,
    account: source?.account ?? Number.POSITIVE_INFINITY,
  }
}
