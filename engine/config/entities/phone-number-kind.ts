import { numberFact } from './facts.ts'
import type { KindDefinition } from './kind.ts'
import type { PhoneNumberBody } from './phone-number.ts'
import { PhoneNumber } from './phone-number.ts'
import {
  checkPhoneNumberExtras,
  moreReferencesOfPhoneNumber,
  moreUniqueValuesOfPhoneNumber,
} from './phone-number-checks.ts'
import { serviceKinds } from './targets.ts'

export const phoneNumberKind: KindDefinition<PhoneNumberBody> = {
  kind: 'phoneNumber',
  collection: 'phoneNumbers',
  label: 'phone number',
  schema: PhoneNumber,
  secrets: [],
  idOf: (body) => body.number,
  titleOf: (body) => body.number,
  referencesOf: (body) => [
    ...(body.user === undefined ? [] : [{ kind: 'user' as const, id: body.user, path: 'user' }]),
    ...moreReferencesOfPhoneNumber(body),
  ],
  uniqueValuesOf: moreUniqueValuesOfPhoneNumber,
  check: checkPhoneNumberExtras,
  /** Who sends calls to a number sends them to whoever has it. */
  factsOf: (body) => [numberFact(body.number)],
  /** Who has it or had it, who sends calls to it, and who shows it, faxes by it or has it as main number. */
  *affectedBy(changes, configuration) {
    for (const { id, before, after } of changes) {
      yield* configuration.referrersOf('phoneNumber', id)
      yield* configuration.watchersOf(numberFact(id))
      for (const body of [before, after]) {
        for (const kind of ['user', ...serviceKinds] as const) {
          const holder = body?.[kind]
          if (typeof holder === 'string') yield { kind, id: holder }
        }
      }
    }
  },
}
