/** Callers who wait for the first of several who is free. */
import type { Static } from 'typebox'
import Type from 'typebox'
import { checkSimpleDestination } from './destination-checks.ts'
import { checkCircles } from './forwarding-circle.ts'
import type { ConfigurationView, Findings, KindDefinition, Reference } from './kind.ts'
import { Mailbox } from './mailbox.ts'
import { checkMailbox, mailboxReferences } from './mailbox-checks.ts'
import { checkPin } from './pin-checks.ts'
import { Recording } from './recording.ts'
import { CallerPattern, SimpleDestination } from './routing.ts'
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
import { targetReferences } from './targets.ts'
import { E164, Id, listOf, Name, oneOf, Pin, strict, wholeNumber, YesNo } from './values.ts'

/** When those of the second row are asked too. */
const Overflow = Type.Object(
  { longerThan: Type.Optional(wholeNumber(0, 1000)), waitingSeconds: Type.Optional(wholeNumber(1, 3600, 'seconds')) },
  { ...strict, description: 'Write longerThan, waitingSeconds or both' },
)

const Comfort = Type.Object(
  { audioFile: Id, everySeconds: wholeNumber(10, 600, 'seconds') },
  { ...strict, description: 'Write audioFile and everySeconds' },
)

const Priority = Type.Object(
  {
    dialled: Type.Optional(E164),
    caller: Type.Optional(CallerPattern),
    priority: wholeNumber(1, 10),
  },
  { ...strict, description: 'Write dialled or caller, and priority, 1 to 10; the highest is served first' },
)

export const QueueRule = Type.Object(
  { name: Type.Optional(Name), enabled: Type.Optional(YesNo), to: SimpleDestination },
  { ...strict, description: 'Write where calls go, for example to: {voicemail: true}' },
)

const events = ['all', 'closed', 'nobodySignedIn', 'full', 'waitedTooLong'] as const

export const CallQueue = Type.Object(
  {
    ...ServiceFields,
    ...ForwarderFields,
    members: listOf(Member, 1000, 'members'),
    secondaryMembers: Type.Optional(listOf(Member, 1000, 'members')),
    overflow: Type.Optional(Overflow),
    pattern: Type.Optional(oneOf(['all', 'in-order', 'round-robin', 'longest-idle', 'fewest-calls'])),
    ringSeconds: Type.Optional(wholeNumber(1, 120, 'seconds')),
    callerNamePrefix: Type.Optional(Name),
    pauseReasons: Type.Optional(listOf(Name, 50, 'reasons for a pause')),
    wrapUpSeconds: Type.Optional(wholeNumber(0, 3600, 'seconds')),
    maximumCallers: Type.Optional(wholeNumber(1, 1000)),
    maximumWaitSeconds: Type.Optional(wholeNumber(1, 86_400, 'seconds')),
    serviceLevelSeconds: Type.Optional(wholeNumber(1, 3600, 'seconds')),
    schedule: Type.Optional(Id),
    forwarding: Type.Optional(
      Type.Object(
        {
          all: Type.Optional(QueueRule),
          closed: Type.Optional(QueueRule),
          nobodySignedIn: Type.Optional(QueueRule),
          full: Type.Optional(QueueRule),
          waitedTooLong: Type.Optional(QueueRule),
        },
        { ...strict, description: 'Write rules under all, closed, nobodySignedIn, full or waitedTooLong' },
      ),
    ),
    greeting: Type.Optional(Id),
    announcePosition: Type.Optional(YesNo),
    announceWait: Type.Optional(YesNo),
    comfort: Type.Optional(Comfort),
    callBackOffer: Type.Optional(YesNo),
    priorities: Type.Optional(listOf(Priority, 100, 'numbers or callers with their priority')),
    recording: Type.Optional(Recording),
    voicemail: Type.Optional(Mailbox),
    voicemailPin: Type.Optional(Pin),
    voicemailWithheldFrom: Type.Optional(listOf(Id, 1000, 'users')),
  },
  { ...strict, description: 'Write a call queue with id, name, site and members' },
)

export type CallQueueBody = Static<typeof CallQueue>

function referencesOf(body: CallQueueBody): Reference[] {
  const found = [
    ...referencesOfService(body),
    ...referencesOfMembers(body.members, 'members'),
    ...referencesOfMembers(body.secondaryMembers, 'secondaryMembers'),
    ...mailboxReferences(body.voicemail, 'voicemail'),
  ]
  for (const event of events) {
    const rule = body.forwarding?.[event]
    if (rule !== undefined) found.push(...targetReferences(rule.to, `forwarding.${event}.to`))
  }
  if (body.schedule !== undefined) found.push({ kind: 'schedule', id: body.schedule, path: 'schedule' })
  if (body.greeting !== undefined) found.push({ kind: 'audioFile', id: body.greeting, path: 'greeting' })
  if (body.comfort !== undefined)
    found.push({ kind: 'audioFile', id: body.comfort.audioFile, path: 'comfort.audioFile' })
  for (const [index, { dialled }] of (body.priorities ?? []).entries()) {
    if (dialled !== undefined) found.push({ kind: 'phoneNumber', id: dialled, path: `priorities[${index}].dialled` })
  }
  for (const [index, id] of (body.voicemailWithheldFrom ?? []).entries()) {
    found.push({ kind: 'user', id, path: `voicemailWithheldFrom[${index}]` })
  }
  return found
}

function check(body: CallQueueBody, configuration: ConfigurationView, findings: Findings): void {
  const { problems, warnings } = findings
  const owner = forwarderOfService('callQueue', body, body.voicemail?.enabled === true)
  checkExtensionOfService('callQueue', body, configuration, findings)
  const seen = new Map<string, string>()
  checkMembers(body.members, 'members', owner, configuration, findings, seen)
  checkMembers(body.secondaryMembers, 'secondaryMembers', owner, configuration, findings, seen)
  if (body.members.length === 0) {
    warnings.add('members', '', 'nobody serves this queue until members sign in', 'List who serves it')
  }
  if (body.overflow !== undefined && (body.secondaryMembers ?? []).length === 0) {
    problems.add('overflow', '', 'there is nobody to overflow to', 'List secondaryMembers, or take overflow out')
  }
  for (const event of events) {
    const to = body.forwarding?.[event]?.to
    if (to !== undefined) checkSimpleDestination(to, `forwarding.${event}.to`, owner, configuration, findings)
  }
  if (body.forwarding?.closed !== undefined && body.schedule === undefined) {
    const cure = 'Write the schedule of the queue, or take the rule out'
    problems.add('forwarding.closed', '', 'a queue without schedule is never closed', cure)
  }
  if (body.maximumWaitSeconds !== undefined && body.forwarding?.waitedTooLong === undefined) {
    const cure = 'Write where calls go under forwarding.waitedTooLong'
    warnings.add('maximumWaitSeconds', body.maximumWaitSeconds, 'callers who waited so long are hung up on', cure)
  }
  for (const [index, entry] of (body.priorities ?? []).entries()) {
    if ((entry.dialled === undefined) !== (entry.caller === undefined)) continue
    const cure = 'Write exactly one of dialled and caller'
    problems.add(`priorities[${index}]`, entry, 'this names not one thing', cure)
  }
  checkMailbox(body.voicemail, 'voicemail', false, findings)
  checkPin(body.voicemailPin, body.extension, 'voicemailPin', findings)
}

export const callQueueKind: KindDefinition<CallQueueBody> = {
  kind: 'callQueue',
  collection: 'callQueues',
  label: 'call queue',
  schema: CallQueue,
  secrets: ['voicemailPin'],
  idOf: (body) => body.id,
  titleOf: (body) => body.name,
  referencesOf,
  uniqueValuesOf: (body, configuration) => uniqueValuesOfService('callQueue', body, configuration),
  factsOf: factsOfService,
  watchesOf: watchesOfService,
  check,
  checkTogether: checkCircles,
  /** Others only care whether it is there. */
  affectedBy: () => [],
}
