import t from 'tap'
import { regionsOfCountry } from '../calling-regions.ts'
import { highRiskCountries } from '../risk-classes.ts'
import { countriesOfZone } from '../zones.ts'
import { problemsWith, warningsWith } from './acme.test.ts'

const schedules = [
  { id: 'office', name: 'Office', timeZone: 'Europe/London', weekly: { monday: [{ from: '09:00', to: '17:00' }] } },
]
const account = (tollFraud: object) => ({ account: { name: 'Acme', tollFraud }, schedules })

t.test('limits are whole, and name what is there', async (t) => {
  const all = {
    timeZone: 'Europe/London',
    simultaneousCalls: { each: 0, account: 100 },
    minutesADay: { low: { each: 1 }, medium: {}, high: { account: 60 } },
    outsideHours: { schedule: 'office', account: 3 },
    lowRisk: ['GB'],
    mediumRisk: ['zone-14'],
    highRisk: ['CU', '+4479'],
  }
  t.same(problemsWith(account(all)), [])
  t.match(problemsWith(account({ ...all, outsideHours: { schedule: 'shop' } })), [
    /^account\.tollFraud\.outsideHours\.schedule: there is no schedule with this id/,
  ])
  t.same(problemsWith(account({ ...all, timeZone: 'Europe/Londinium' })), [
    'account.tollFraud.timeZone: this is no time zone',
  ])
  t.same(problemsWith(account({ simultaneousCalls: { each: -1 } })), [
    'account.tollFraud.simultaneousCalls.each: this is less than 0',
  ])
  t.same(problemsWith(account({ minutesADay: { extreme: { each: 1 } } })), [
    'account.tollFraud.minutesADay.extreme: there is no such field',
  ])
})

t.test('the day of the account begins somewhere', async (t) => {
  t.same(
    problemsWith(
      account({ minutesADay: { low: { each: 5, account: 5 } }, outsideHours: { schedule: 'office', account: 1 } }),
    ),
    [
      'account.tollFraud.minutesADay.low.account: nothing says at whose midnight this day begins',
      'account.tollFraud.outsideHours.account: nothing says at whose midnight this day begins',
    ],
  )
  t.same(problemsWith(account({ simultaneousCalls: { account: 5 }, minutesADay: { low: { each: 5 } } })), [])
})

t.test('a number has one risk', async (t) => {
  const limits = { simultaneousCalls: { each: 2 } }
  t.same(problemsWith(account({ ...limits, lowRisk: ['FR'], highRisk: ['+33', 'XX'] })), [
    'account.tollFraud.highRisk[1]: the calling code of this country is not known',
    'account.tollFraud.highRisk[0]: tollFraud.lowRisk[0] files it under another risk',
  ])
  t.same(problemsWith(account({ ...limits, mediumRisk: ['0044'] })), [
    'account.tollFraud.mediumRisk[0]: this is not in the expected form',
  ])
})

t.test('limits that limit nothing are a warning', async (t) => {
  t.same(warningsWith(account({ highRisk: ['FR'] })), ['account.tollFraud: nothing is limited by this'])
})

t.test('no country has two risks, and each has numbers', async (t) => {
  const low = new Set((countriesOfZone('zone-48') ?? []).map(({ country }) => country))
  for (const country of highRiskCountries) {
    t.notOk(low.has(country), country)
    t.not(regionsOfCountry(country).length, 0, country)
  }
})
