import t from 'tap'
import { numberingPlan } from '../config/countries.ts'
import type { Trunk } from '../config/snapshot.ts'
import { numberForTrunk, numberFromDialled, numberFromTrunk, withoutSeparators } from './number.ts'

function planOf(country: string) {
  const plan = numberingPlan(country)
  if (plan === undefined) throw new Error(country)
  return plan
}

const dialledNumbers: readonly [country: string, areaCode: string, dialled: string, number: string][] = [
  ['GB', '', '+442079460101', '+442079460101'],
  ['GB', '', '02079460101', '+442079460101'],
  ['GB', '', '08001111', '+448001111'],
  ['GB', '20', '79460101', '+442079460101'],
  ['GB', '', '79460101', ''],
  ['GB', '117', '5678', ''],
  ['GB', '', '0012025550100', '+12025550100'],
  ['GB', '', '00', ''],
  ['GB', '', '0002079460101', ''],
  ['US', '', '12025550100', '+12025550100'],
  ['US', '', '2025550100', '+12025550100'],
  ['US', '202', '5550100', '+12025550100'],
  ['US', '', '01144207946010', '+44207946010'],
  ['US', '', '1911', ''],
  ['DE', '30', '1001', ''],
  ['DE', '30', '1234567', '+49301234567'],
  ['IT', '', '0612345678', '+390612345678'],
  ['ES', '', '912345678', '+34912345678'],
  ['AU', '', '00112025550100', '+2025550100'],
  ['AU', '', '001112025550100', '+12025550100'],
  ['GB', '', '+1234', ''],
  ['GB', '', '+0442079460101', ''],
  ['GB', '', '+44207946010112345', ''],
  ['GB', '', '0207946abc1', ''],
  ['GB', '', '', ''],
]

t.test('numbers as dialled in a country', async (t) => {
  for (const [country, areaCode, dialled, number] of dialledNumbers) {
    t.equal(numberFromDialled(dialled, planOf(country), areaCode), number, `${dialled} in ${country} ${areaCode}`)
  }
})

t.test('visual separators and parameters are no part of what is dialled', async (t) => {
  t.equal(withoutSeparators('+44 (20) 7946-0101'), '+44207946' + '0101')
  t.equal(withoutSeparators('1001;phone-context=x'), '1001')
  t.equal(withoutSeparators('*67.1001#'), '*671001#')
})

t.test('numbers as trunks write them', async (t) => {
  const trunk = (numberFormat: Trunk['numberFormat'], country = 'GB') =>
    ({ numberFormat, numbering: planOf(country) }) as Trunk
  t.equal(numberFromTrunk('442079460101', trunk('e164-without-plus')), '+442079460101')
  t.equal(numberFromTrunk('+442079460101', trunk('national')), '+442079460101')
  t.equal(numberFromTrunk('02079460101', trunk('national')), '+442079460101')
  t.equal(numberFromTrunk('02079460101', trunk('e164')), '+442079460101')
  t.equal(numberFromTrunk('anonymous', trunk('e164')), '')
  t.equal(numberForTrunk('+442079460101', trunk('e164')), '+442079460101')
  t.equal(numberForTrunk('+442079460101', trunk('e164-without-plus')), '442079460101')
  t.equal(numberForTrunk('+442079460101', trunk('national')), '02079460101')
  t.equal(numberForTrunk('+33123456789', trunk('national', 'US')), '01133123456789')
})

t.test('abroad is another country, also within calling code 1', async (t) => {
  t.equal(planOf('US').isAbroad('+12025550100'), false)
  t.equal(planOf('US').isAbroad('+14165550100'), true, 'Canada')
  t.equal(planOf('CA').isAbroad('+12025550100'), true)
  t.equal(planOf('US').isAbroad('+18765550100'), true, 'Jamaica')
  t.equal(planOf('GB').isAbroad('+442079460101'), false)
  t.equal(planOf('GB').isAbroad('+33123456789'), true)
})
