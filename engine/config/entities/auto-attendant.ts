/** A voice menu: which menu when, and what each key does. */
import type { Static } from 'typebox'
import Type from 'typebox'
import { checkAttendant } from './auto-attendant-checks.ts'
import { checkCircles } from './forwarding-circle.ts'
import type { KindDefinition, Reference } from './kind.ts'
import { Target } from './routing.ts'
import {
  ForwarderFields,
  factsOfService,
  referencesOfService,
  ServiceFields,
  uniqueValuesOfService,
  watchesOfService,
} from './service.ts'
import { targetReferences } from './targets.ts'
import { Id, Language, listOf, oneOf, strict, True, wholeNumber, YesNo } from './values.ts'

const MailboxOwner = Type.Object(
  { user: Type.Optional(Id), ringGroup: Type.Optional(Id), callQueue: Type.Optional(Id) },
  { ...strict, description: 'Write one of: user: ID, ringGroup: ID, callQueue: ID' },
)

/** What a key, a time-out or a wrong key leads to: exactly one field. */
export const Action = Type.Object(
  {
    ...Target.properties,
    voicemailOf: Type.Optional(MailboxOwner),
    menu: Type.Optional(Id),
    dialExtension: Type.Optional(True),
    dialByName: Type.Optional(oneOf(['first', 'last'])),
    repeat: Type.Optional(True),
    play: Type.Optional(Id),
    language: Type.Optional(Language),
    hangUp: Type.Optional(True),
  },
  {
    ...strict,
    description:
      'Write one of: user, number, a service, voicemailOf, menu, dialExtension: true, dialByName, repeat: true, play, ' +
      'language, hangUp: true',
  },
)

const Key = Type.Object(
  {
    key: Type.String({ pattern: '^[0-9*#]$', description: 'Write one of 0 to 9, "*" or "#"' }),
    to: Action,
  },
  { ...strict, description: 'Write key and to, for example {key: 1, to: {user: anna}}' },
)

const triesAndThen = { count: Type.Optional(wholeNumber(1, 10)), to: Type.Optional(Action) } as const

/** Nothing was pressed for so long, so many times. */
const Timeout = Type.Object(
  { seconds: Type.Optional(wholeNumber(1, 60, 'seconds')), ...triesAndThen },
  { ...strict, description: 'Write seconds, count and to' },
)

/** A key without meaning was pressed so many times. */
const WrongKey = Type.Object({ ...triesAndThen }, { ...strict, description: 'Write count and to' })

export const Menu = Type.Object(
  {
    name: Id,
    greeting: Type.Optional(Id),
    keys: Type.Optional(listOf(Key, 12, 'keys')),
    extensionDialling: Type.Optional(oneOf(['off', 'immediately', 'after-key'])),
    timeout: Type.Optional(Timeout),
    wrongKey: Type.Optional(WrongKey),
  },
  { ...strict, description: 'Write a menu with name and keys' },
)

export const AutoAttendant = Type.Object(
  {
    ...ServiceFields,
    ...ForwarderFields,
    schedule: Type.Optional(Id),
    mode: Type.Optional(oneOf(['schedule', 'open', 'closed', 'holiday', 'alternate'])),
    open: Id,
    closed: Type.Optional(Id),
    holiday: Type.Optional(Id),
    alternate: Type.Optional(Id),
    extensionDialling: Type.Optional(YesNo),
    menus: Type.Array(Menu, { minItems: 1, maxItems: 100, description: 'List 1 to 100 menus' }),
  },
  { ...strict, description: 'Write an auto attendant with id, name, site, open and menus' },
)

export type AutoAttendantBody = Static<typeof AutoAttendant>
export type MenuBody = Static<typeof Menu>
export type ActionBody = Static<typeof Action>

/** Everything that a menu may lead to, with its path. */
function actionsOf(body: AutoAttendantBody): { readonly action: ActionBody; readonly path: string }[] {
  return body.menus.flatMap((menu, index) => {
    const path = `menus[${index}]`
    const found = (menu.keys ?? []).map(({ to }, place) => ({ action: to, path: `${path}.keys[${place}].to` }))
    if (menu.timeout?.to !== undefined) found.push({ action: menu.timeout.to, path: `${path}.timeout.to` })
    if (menu.wrongKey?.to !== undefined) found.push({ action: menu.wrongKey.to, path: `${path}.wrongKey.to` })
    return found
  })
}

function referencesOf(body: AutoAttendantBody): Reference[] {
  const found = referencesOfService(body)
  if (body.schedule !== undefined) found.push({ kind: 'schedule', id: body.schedule, path: 'schedule' })
  for (const [index, { greeting }] of body.menus.entries()) {
    if (greeting !== undefined) found.push({ kind: 'audioFile', id: greeting, path: `menus[${index}].greeting` })
  }
  for (const { action, path } of actionsOf(body)) {
    found.push(...targetReferences(action, path))
    if (action.voicemailOf !== undefined) found.push(...targetReferences(action.voicemailOf, `${path}.voicemailOf`))
    if (action.play !== undefined) found.push({ kind: 'audioFile', id: action.play, path: `${path}.play` })
  }
  return found
}

export const autoAttendantKind: KindDefinition<AutoAttendantBody> = {
  kind: 'autoAttendant',
  collection: 'autoAttendants',
  label: 'auto attendant',
  schema: AutoAttendant,
  secrets: [],
  idOf: (body) => body.id,
  titleOf: (body) => body.name,
  referencesOf,
  uniqueValuesOf: (body, configuration) => uniqueValuesOfService('autoAttendant', body, configuration),
  factsOf: factsOfService,
  watchesOf: watchesOfService,
  checkTogether: checkCircles,
  check: (body, configuration, findings) => checkAttendant(body, actionsOf(body), configuration, findings),
  /** Others only care whether it is there. */
  affectedBy: () => [],
}
