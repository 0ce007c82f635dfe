/** A place where a call waits until somebody fetches it. */
import type { Static } from 'typebox'
import Type from 'typebox'
import type { KindDefinition, Reference } from './kind.ts'
import {
  checkExtensionOfService,
  factsOfService,
  referencesOfService,
  ServiceFields,
  uniqueValuesOfService,
  watchesOfService,
} from './service.ts'
import { Extension, Id, strict, wholeNumber } from './values.ts'

export const ParkSlot = Type.Object(
  {
    ...ServiceFields,
    extension: Extension,
    ringBackSeconds: Type.Optional(wholeNumber(10, 3600, 'seconds')),
    musicOnHold: Type.Optional(Id),
  },
  { ...strict, description: 'Write a park slot with id, name, site and extension' },
)

export type ParkSlotBody = Static<typeof ParkSlot>

export const parkSlotKind: KindDefinition<ParkSlotBody> = {
  kind: 'parkSlot',
  collection: 'parkSlots',
  label: 'park slot',
  schema: ParkSlot,
  secrets: [],
  idOf: (body) => body.id,
  titleOf: (body) => body.name,
  referencesOf: (body): Reference[] => referencesOfService(body),
  uniqueValuesOf: (body, configuration) => uniqueValuesOfService('parkSlot', body, configuration),
  factsOf: factsOfService,
  watchesOf: watchesOfService,
  check: (body, configuration, findings) => checkExtensionOfService('parkSlot', body, configuration, findings),
  /** Others only care whether it is there. */
  affectedBy: () => [],
}
