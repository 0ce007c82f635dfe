/** An entry of the directory that is no user. */
import type { Static } from 'typebox'
import Type from 'typebox'
import type { ConfigurationView, Findings, KindDefinition } from './kind.ts'
import { E164, Email, Id, Line, listOf, Name, oneOf, strict } from './values.ts'

const ContactNumber = Type.Object(
  { number: E164, type: oneOf(['WORK', 'HOME', 'MOBILE', 'OTHER']) },
  { ...strict, description: 'Write number and type, for example {number: +445558889999, type: WORK}' },
)

export const Contact = Type.Object(
  {
    id: Id,
    firstName: Name,
    lastName: Name,
    phoneNumbers: Type.Optional(listOf(ContactNumber, 20, 'numbers with their types')),
    email: Type.Optional(Email),
    nickname: Type.Optional(Line),
    jobTitle: Type.Optional(Line),
    department: Type.Optional(Line),
    location: Type.Optional(Line),
    customField1: Type.Optional(Line),
    customField2: Type.Optional(Line),
    customField3: Type.Optional(Line),
  },
  { ...strict, description: 'Write a contact with id, firstName and lastName' },
)

export type ContactBody = Static<typeof Contact>

function check(body: ContactBody, _configuration: ConfigurationView, findings: Findings): void {
  const seen = new Map<string, number>()
  for (const [index, { number }] of (body.phoneNumbers ?? []).entries()) {
    const first = seen.get(number)
    if (first === undefined) seen.set(number, index)
    else {
      const path = `phoneNumbers[${index}].number`
      findings.problems.add(path, number, `phoneNumbers[${first}] is the same number`, 'Take one of the two out')
    }
  }
}

export const contactKind: KindDefinition<ContactBody> = {
  kind: 'contact',
  collection: 'contacts',
  label: 'contact',
  schema: Contact,
  secrets: [],
  idOf: (body) => body.id,
  titleOf: (body) => `${body.firstName} ${body.lastName}`,
  referencesOf: () => [],
  uniqueValuesOf: () => [],
  check,
  /** Others only care whether it is there. */
  affectedBy: () => [],
}
