/** Phones that speak aloud what one person says. */
import { isIPv4 } from 'node:net'
import type { Static } from 'typebox'
import Type from 'typebox'
import type { ConfigurationView, Findings, KindDefinition, Reference } from './kind.ts'
import {
  checkExtensionOfService,
  factsOfService,
  referencesOfService,
  ServiceFields,
  uniqueValuesOfService,
  warnOfInactive,
  watchesOfService,
} from './service.ts'
import { Extension, Id, listOf, strict, wholeNumber, YesNo } from './values.ts'

const Multicast = Type.Object(
  {
    address: Type.String({ maxLength: 15, description: 'Write an IPv4 multicast address, for example 239.255.0.1' }),
    port: wholeNumber(1024, 65535),
  },
  { ...strict, description: 'Write address and port' },
)

export const PagingGroup = Type.Object(
  {
    ...ServiceFields,
    extension: Extension,
    members: listOf(Id, 1000, 'users'),
    overCalls: Type.Optional(YesNo),
    multicast: Type.Optional(Multicast),
  },
  { ...strict, description: 'Write a paging group with id, name, site, extension and members' },
)

export type PagingGroupBody = Static<typeof PagingGroup>

function referencesOf(body: PagingGroupBody): Reference[] {
  const members = body.members.map((id, index): Reference => ({ kind: 'user', id, path: `members[${index}]` }))
  return [...referencesOfService(body), ...members]
}

function check(body: PagingGroupBody, configuration: ConfigurationView, findings: Findings): void {
  const { problems } = findings
  checkExtensionOfService('pagingGroup', body, configuration, findings)
  if (body.members.length === 0) problems.add('members', '', 'there is no member', 'List at least one user')
  const seen = new Map<string, number>()
  for (const [index, id] of body.members.entries()) {
    warnOfInactive(id, `members[${index}]`, configuration, findings)
    const first = seen.get(id)
    if (first === undefined) seen.set(id, index)
    else problems.add(`members[${index}]`, id, `this is also members[${first}]`, 'Keep one of the two')
  }
  const address = body.multicast?.address
  // RFC 5771: 224.0.0.0/4 is multicast, and 224.0.0.0/24 is for routers.
  if (
    address === undefined ||
    (isIPv4(address) && /^(22[4-9]|23[0-9])\./.test(address) && !address.startsWith('224.0.0.'))
  ) {
    return
  }
  const cure = 'Write one of 224.0.1.0 to 239.255.255.255, best one that begins with 239'
  problems.add('multicast.address', address, 'this is no multicast address for phones', cure)
}

export const pagingGroupKind: KindDefinition<PagingGroupBody> = {
  kind: 'pagingGroup',
  collection: 'pagingGroups',
  label: 'paging group',
  schema: PagingGroup,
  secrets: [],
  idOf: (body) => body.id,
  titleOf: (body) => body.name,
  referencesOf,
  uniqueValuesOf: (body, configuration) => uniqueValuesOfService('pagingGroup', body, configuration),
  factsOf: factsOfService,
  watchesOf: watchesOfService,
  check,
  /** Others only care whether it is there. */
  affectedBy: () => [],
}
