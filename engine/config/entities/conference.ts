/** A room in which callers hear each other. */
import type { Static } from 'typebox'
import Type from 'typebox'
import type { ConfigurationView, Findings, KindDefinition, Reference } from './kind.ts'
import { checkPin } from './pin-checks.ts'
import {
  checkExtensionOfService,
  factsOfService,
  referencesOfService,
  ServiceFields,
  uniqueValuesOfService,
  watchesOfService,
} from './service.ts'
import { Id, Pin, strict, wholeNumber, YesNo } from './values.ts'

export const Conference = Type.Object(
  {
    ...ServiceFields,
    moderator: Type.Optional(Id),
    pin: Type.Optional(Pin),
    moderatorPin: Type.Optional(Pin),
    waitForModerator: Type.Optional(YesNo),
    muteOnEntry: Type.Optional(YesNo),
    maximumParticipants: Type.Optional(wholeNumber(2, 200)),
    recorded: Type.Optional(YesNo),
    musicOnHold: Type.Optional(Id),
  },
  { ...strict, description: 'Write a conference with id, name and site' },
)

export type ConferenceBody = Static<typeof Conference>

function referencesOf(body: ConferenceBody): Reference[] {
  const found = referencesOfService(body)
  if (body.moderator !== undefined) found.push({ kind: 'user', id: body.moderator, path: 'moderator' })
  return found
}

function check(body: ConferenceBody, configuration: ConfigurationView, findings: Findings): void {
  const { problems } = findings
  checkExtensionOfService('conference', body, configuration, findings)
  checkPin(body.pin, body.extension, 'pin', findings)
  checkPin(body.moderatorPin, body.extension, 'moderatorPin', findings)
  // Only as text: what is stored already is a note of where the PIN is kept.
  if (typeof body.pin === 'string' && body.pin === body.moderatorPin) {
    const cure = 'Choose two different PINs'
    problems.add('moderatorPin', '', 'this is the PIN of all other participants', cure)
  }
  if (body.waitForModerator === true && body.moderator === undefined && body.moderatorPin === undefined) {
    const cure = 'Write moderator or moderatorPin, or take waitForModerator out'
    problems.add('waitForModerator', true, 'nobody can be the moderator', cure)
  }
}

export const conferenceKind: KindDefinition<ConferenceBody> = {
  kind: 'conference',
  collection: 'conferences',
  label: 'conference',
  schema: Conference,
  secrets: ['pin', 'moderatorPin'],
  idOf: (body) => body.id,
  titleOf: (body) => body.name,
  referencesOf,
  uniqueValuesOf: (body, configuration) => uniqueValuesOfService('conference', body, configuration),
  factsOf: factsOfService,
  watchesOf: watchesOfService,
  check,
  /** Others only care whether it is there. */
  affectedBy: () => [],
}
