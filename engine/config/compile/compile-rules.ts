/** Block lists, rules and forwarding as calls follow them. Destinations that calls do not know yet are left out. */
import type { RecordingBody } from '../entities/recording.ts'
import type { BlockListBody, DestinationBody, ForwardingRuleBody, TargetListBody } from '../entities/routing.ts'
import type { RuleBody } from '../entities/rule.ts'
import type {
  BlockList,
  BlockTreatment,
  CustomRules,
  Destination,
  Forwarding,
  ForwardingRule,
  ListMember,
  RecordingWish,
  Rule,
} from '../snapshot.ts'
import { compileCallers } from './compile-callers.ts'
import { compileRuleTime } from './compile-times.ts'
import { ringGroupKey } from './ring-group-key.ts'

/** @param owner for people: whose list it is */
export function compileBlockList(source: BlockListBody | undefined, owner: string): BlockList | null {
  if (source === undefined || source.callers.length === 0) return null
  return {
    name: `block list of ${owner}`,
    callers: compileCallers(source.callers),
    treatment: compileTreatment(source.treatment),
    tellAnonymousCallers: source.tellAnonymousCallers ?? false,
  }
}

/** Whoever is blocked stays blocked, even where his calls cannot be sent to the place they should go to. */
function compileTreatment(source: BlockListBody['treatment']): BlockTreatment {
  if (source === undefined) return { kind: 'busy' }
  return source.asWhenBusy ? { kind: 'asWhenBusy' } : (compileDestination(source) ?? { kind: 'busy' })
}

export function compileForwarding(
  source: Readonly<Partial<Record<keyof Forwarding, ForwardingRuleBody | undefined>>> | undefined,
): Forwarding | null {
  if (source === undefined) return null
  const all = compileForwardingRule(source.all, 'Forward all calls')
  const notReachable = compileForwardingRule(source.notReachable, 'Forward when not reachable')
  const busy = compileForwardingRule(source.busy, 'Forward when busy')
  const noAnswer = compileForwardingRule(source.noAnswer, 'Forward when not answered')
  if (all === null && notReachable === null && busy === null && noAnswer === null) return null
  return { all, notReachable, busy, noAnswer }
}

function compileForwardingRule(source: ForwardingRuleBody | undefined, name: string): ForwardingRule | null {
  if (source === undefined || source.enabled === false) return null
  const destination = compileDestination(source.to)
  return destination === null ? null : { name: source.name ?? name, destination }
}

/** A user's own rules, without those that are switched off. */
export function compileRules(source: readonly RuleBody[] | undefined): CustomRules | null {
  const rules: Rule[] = []
  const callers: string[] = []
  const contacts: string[] = []
  for (const { name, enabled, who, when, to } of source ?? []) {
    const destination = enabled === false ? null : compileRuleDestination(to)
    if (destination === null) continue
    callers.push(...(who?.callers ?? []))
    contacts.push(...(who?.contacts ?? []))
    rules.push({
      name,
      who: who === undefined ? null : compileCallers(who.callers ?? [], who.contacts),
      when: compileRuleTime(when),
      to: destination,
    })
  }
  if (rules.length === 0) return null
  const forAnyone = rules.filter(({ who }) => who === null)
  const named = forAnyone.length === rules.length ? null : compileCallers(callers, contacts)
  return { all: rules, named, forAnyone }
}

function compileRuleDestination(source: RuleBody['to']): Rule['to'] | null {
  const { ringPhones } = source
  if (ringPhones === undefined) return compileDestination(source)
  const { seconds, afterwards } = ringPhones
  return { kind: 'ringPhones', seconds, afterwards: afterwards === undefined ? null : compileDestination(afterwards) }
}

function compileDestination(source: DestinationBody): Destination | null {
  if (source.user !== undefined) return { kind: 'user', userId: source.user }
  if (source.number !== undefined) return { kind: 'number', number: source.number }
  if (source.ringGroup !== undefined) return { kind: 'ringGroup', group: ringGroupKey(source.ringGroup) }
  if (source.voicemail === true) return { kind: 'voicemail' }
  if (source.list !== undefined) return compileList(source.list)
  return source.busy === true ? { kind: 'busy' } : null
}

function compileList({ order, members, afterwards }: TargetListBody): Destination {
  return {
    kind: 'list',
    simultaneous: order === 'simultaneous',
    members: members.map(compileListMember).filter((member) => member !== null),
    afterwards: afterwards === undefined ? null : compileDestination(afterwards),
  }
}

function compileListMember(source: TargetListBody['members'][number]): ListMember | null {
  const ringSeconds = source.ringSeconds ?? 0
  if (source.user !== undefined) return { kind: 'user', userId: source.user, ringSeconds }
  if (source.number !== undefined) return { kind: 'number', number: source.number, ringSeconds }
  if (source.ringGroup === undefined) return null
  return { kind: 'ringGroup', group: ringGroupKey(source.ringGroup), ringSeconds }
}

export function compileRecording(source: RecordingBody | undefined): RecordingWish | null {
  if (source === undefined || source.mode === 'never') return null
  return { mode: source.mode, announcement: source.announcement ?? 'neither', policy: source.policy ?? '' }
}
