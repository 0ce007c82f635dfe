/** Several who ring together or one after the other. */
import type { Static } from 'typebox'
import Type from 'typebox'
import { checkExactlyOne, checkSimpleDestination } from './destination-checks.ts'
import { checkCircles } from './forwarding-circle.ts'
import type { ConfigurationView, Findings, KindDefinition, Reference } from './kind.ts'
import { Mailbox } from './mailbox.ts'
import { checkMailbox, mailboxReferences } from './mailbox-checks.ts'
import { checkPin } from './pin-checks.ts'
import { Recording } from './recording.ts'
import { Target } from './routing.ts'
import {
  checkExtensionOfService,
  checkMembers,
  ForwarderFields,
  factsOfService,
  forwarderOfService,
  Member,
  referencesOfMembers,
  referencesOfService,
  ServiceFields,
  uniqueValuesOfService,
  watchesOfService,
} from './service.ts'
import { serviceKinds, targetReferences } from './targets.ts'
import { listOf, Name, oneOf, Pin, strict, True, wholeNumber, YesNo } from './values.ts'

export const GroupDestination = Type.Object(
  { ...Target.properties, voicemail: Type.Optional(True) },
  { ...strict, description: 'Write one of: voicemail: true, user: ID, number: +E164, or a service' },
)

export const GroupRule = Type.Object(
  { name: Type.Optional(Name), enabled: Type.Optional(YesNo), to: GroupDestination },
  { ...strict, description: 'Write where calls go, for example to: {voicemail: true}' },
)

const events = ['all', 'notReachable', 'busy', 'noAnswer'] as const

export const RingGroup = Type.Object(
  {
    ...ServiceFields,
    ...ForwarderFields,
    members: listOf(Member, 200, 'members'),
    pattern: Type.Optional(oneOf(['all', 'in-order', 'round-robin', 'longest-idle'])),
    ringSeconds: Type.Optional(wholeNumber(1, 120, 'seconds')),
    callerNamePrefix: Type.Optional(Name),
    skipBusyMembers: Type.Optional(YesNo),
    membersMayOptOut: Type.Optional(YesNo),
    forwarding: Type.Optional(
      Type.Object(
        {
          all: Type.Optional(GroupRule),
          notReachable: Type.Optional(GroupRule),
          busy: Type.Optional(GroupRule),
          noAnswer: Type.Optional(GroupRule),
        },
        { ...strict, description: 'Write rules under all, notReachable, busy or noAnswer' },
      ),
    ),
    recording: Type.Optional(Recording),
    voicemail: Type.Optional(Mailbox),
    voicemailPin: Type.Optional(Pin),
  },
  { ...strict, description: 'Write a ring group with id, name, site and members' },
)

export type RingGroupBody = Static<typeof RingGroup>

function referencesOf(body: RingGroupBody): Reference[] {
  const found = [
    ...referencesOfService(body),
    ...referencesOfMembers(body.members, 'members'),
    ...mailboxReferences(body.voicemail, 'voicemail'),
  ]
  for (const event of events) {
    const rule = body.forwarding?.[event]
    if (rule !== undefined) found.push(...targetReferences(rule.to, `forwarding.${event}.to`))
  }
  return found
}

function check(body: RingGroupBody, configuration: ConfigurationView, findings: Findings): void {
  const { problems } = findings
  const owner = forwarderOfService('ringGroup', body, body.voicemail?.enabled === true)
  checkExtensionOfService('ringGroup', body, configuration, findings)
  if (body.members.length === 0) {
    problems.add('members', '', 'there is no member', 'List at least one user or number')
  }
  checkMembers(body.members, 'members', owner, configuration, findings)
  for (const event of events) {
    const to = body.forwarding?.[event]?.to
    if (to === undefined) continue
    const path = `forwarding.${event}.to`
    checkSimpleDestination(to, path, owner, configuration, findings)
    if (event === 'all' && to.number !== undefined) {
      checkExactlyOne({ ...to, number: undefined }, ['voicemail', 'user', ...serviceKinds], path, findings)
    }
  }
  checkMailbox(body.voicemail, 'voicemail', false, findings)
  checkPin(body.voicemailPin, body.extension, 'voicemailPin', findings)
}

export const ringGroupKind: KindDefinition<RingGroupBody> = {
  kind: 'ringGroup',
  collection: 'ringGroups',
  label: 'ring group',
  schema: RingGroup,
  secrets: ['voicemailPin'],
  idOf: (body) => body.id,
  titleOf: (body) => body.name,
  referencesOf,
  uniqueValuesOf: (body, configuration) => uniqueValuesOfService('ringGroup', body, configuration),
  factsOf: factsOfService,
  watchesOf: watchesOfService,
  check,
  checkTogether: checkCircles,
  /** Others only care whether it is there. */
  affectedBy: () => [],
}
