/** Limits on outside calls that stop toll fraud: of each user or service, and of the account as a whole. */
import type { Static } from 'typebox'
import Type from 'typebox'
import { riskClasses } from '../risk-classes.ts'
import { Region, regionsIn } from './calling-plan.ts'
import type { Findings, Reference } from './kind.ts'
import { checkTimeZone } from './time-checks.ts'
import { Id, listOf, strict, TimeZone, wholeNumber } from './values.ts'

function limits(most: number, of: string) {
  return Type.Object(
    { each: Type.Optional(wholeNumber(0, most, of)), account: Type.Optional(wholeNumber(0, most, of)) },
    { ...strict, description: `Write ${of}: each for every user, account for all together` },
  )
}

const Regions = listOf(Region, 1000, 'countries and beginnings of numbers')

export const TollFraud = Type.Object(
  {
    timeZone: Type.Optional(TimeZone),
    simultaneousCalls: Type.Optional(limits(100_000, 'calls')),
    minutesADay: Type.Optional(
      Type.Object(
        {
          low: Type.Optional(limits(10_000_000, 'minutes')),
          medium: Type.Optional(limits(10_000_000, 'minutes')),
          high: Type.Optional(limits(10_000_000, 'minutes')),
        },
        { ...strict, description: 'Write low, medium and high, for example {high: {each: 10, account: 60}}' },
      ),
    ),
    outsideHours: Type.Optional(
      Type.Object(
        {
          schedule: Id,
          each: Type.Optional(wholeNumber(0, 100_000, 'calls')),
          account: Type.Optional(wholeNumber(0, 100_000, 'calls')),
        },
        { ...strict, description: 'Write the schedule of your business hours, for example {schedule: office}' },
      ),
    ),
    lowRisk: Type.Optional(Regions),
    mediumRisk: Type.Optional(Regions),
    highRisk: Type.Optional(Regions),
  },
  { ...strict, description: 'Write limits, for example {simultaneousCalls: {each: 3}}' },
)

export type TollFraudBody = Static<typeof TollFraud>

export function tollFraudReferences(body: TollFraudBody | undefined): Reference[] {
  const schedule = body?.outsideHours?.schedule
  return schedule === undefined ? [] : [{ kind: 'schedule', id: schedule, path: 'tollFraud.outsideHours.schedule' }]
}

/** Checks that the account's day has a beginning, and that no number has two risks. */
export function checkTollFraud(body: TollFraudBody | undefined, findings: Findings): void {
  if (body === undefined) return
  const { problems, warnings } = findings
  checkTimeZone(body.timeZone, 'tollFraud.timeZone', findings)
  const { minutesADay = {}, outsideHours, timeZone } = body
  for (const risk of riskClasses) {
    if (minutesADay[risk]?.account !== undefined && timeZone === undefined) {
      const cure = "Add tollFraud.timeZone, for example Europe/London: at its midnight the account's day begins"
      problems.add(
        `tollFraud.minutesADay.${risk}.account`,
        minutesADay[risk].account,
        'nothing says at whose midnight this day begins',
        cure,
      )
    }
  }
  if (outsideHours?.account !== undefined && timeZone === undefined) {
    const cure = "Add tollFraud.timeZone, for example Europe/London: at its midnight the account's day begins"
    problems.add(
      'tollFraud.outsideHours.account',
      outsideHours.account,
      'nothing says at whose midnight this day begins',
      cure,
    )
  }
  const found = new Map<string, string>()
  for (const risk of riskClasses) {
    const field = `tollFraud.${risk}Risk`
    for (const [region, path] of regionsIn(body[`${risk}Risk`] ?? [], field, findings)) {
      const other = found.get(region)
      if (other === undefined) found.set(region, path)
      else problems.add(path, region, `${other} files it under another risk`, 'Take one of the two out')
    }
  }
  const limited =
    body.simultaneousCalls ?? body.outsideHours ?? minutesADay.low ?? minutesADay.medium ?? minutesADay.high
  if (limited === undefined) {
    const cure = 'Add simultaneousCalls, minutesADay or outsideHours, or take tollFraud out'
    warnings.add('tollFraud', '', 'nothing is limited by this', cure)
  }
}
