/** What users may not change of their own profile. */
import type { Static } from 'typebox'
import Type from 'typebox'
import type { ConfigurationView, Findings, KindDefinition } from './kind.ts'
import { nameValue } from './named.ts'
import { Id, listOf, Name, Note, oneOf, strict } from './values.ts'

export const lockableParts = [
  'basic-information',
  'meetings',
  'upgrade-prompts',
  'messaging',
  'recordings-access',
  'recordings-deletion',
  'recording-settings',
  'voicemail-settings',
  'voicemail-transcript',
  'external-caller-id',
  'internal-caller-id',
  'forwarding-rules',
  'music-on-hold',
  'emergency-address',
  'fax',
] as const

export const ProfilePolicy = Type.Object(
  {
    id: Id,
    name: Name,
    note: Type.Optional(Note),
    locks: listOf(oneOf(lockableParts), lockableParts.length, 'what users may not change'),
  },
  { ...strict, description: 'Write a profile policy with id, name and locks' },
)

export type ProfilePolicyBody = Static<typeof ProfilePolicy>

function check(body: ProfilePolicyBody, _configuration: ConfigurationView, findings: Findings): void {
  const seen = new Set<string>()
  for (const [index, lock] of body.locks.entries()) {
    if (!seen.has(lock)) {
      seen.add(lock)
      continue
    }
    findings.problems.add(`locks[${index}]`, lock, 'this is listed twice', 'Take one of the two out')
  }
}

export const profilePolicyKind: KindDefinition<ProfilePolicyBody> = {
  kind: 'profilePolicy',
  collection: 'profilePolicies',
  label: 'profile policy',
  schema: ProfilePolicy,
  secrets: [],
  idOf: (body) => body.id,
  titleOf: (body) => body.name,
  referencesOf: () => [],
  uniqueValuesOf: (body) => [nameValue('profilePolicy', body.name)],
  check,
  /** Others only care whether it is there. */
  affectedBy: () => [],
}
