import type { ConfigurationView } from '../../../engine/config/entities/kind.ts'
import type { ForwardingRuleBody } from '../../../engine/config/entities/routing.ts'
import type { RuleBody } from '../../../engine/config/entities/rule.ts'
import type { LintFinding } from './lint-finding.ts'

/** How long a period may be over before it is told, in milliseconds: no place on Earth is further behind. */
const furthestBehind = 14 * 3_600_000

interface Rules {
  readonly id?: string
  readonly rules?: readonly RuleBody[]
  readonly forwarding?: Readonly<Record<string, ForwardingRuleBody | undefined>>
}

/** Rules whose time is over, that fit only calls which a rule above takes, or that forward all calls keeps from firing. */
export function* rulesThatNeverFire(configuration: ConfigurationView, now: number): Generator<LintFinding> {
  for (const kind of ['user', 'ringGroup'] as const) {
    for (const body of configuration.all(kind)) {
      const id = String(body['id'])
      for (const found of [...ofRules(body as Rules, now), ...ofForwarding(body as Rules)]) yield { kind, id, ...found }
    }
  }
}

type Found = Omit<LintFinding, 'kind' | 'id'>

function* ofRules({ rules }: Rules, now: number): Generator<Found> {
  const seen = new Map<string, string>()
  for (const [index, rule] of (rules ?? []).entries()) {
    if (rule.enabled === false) continue
    const path = `rules[${index}]`
    const until = rule.when?.until
    if (until !== undefined && Date.parse(`${until}Z`) + furthestBehind < now) {
      const cure = 'Take the rule out, or give it another time'
      yield { path: `${path}.when.until`, value: until, message: `the time of ${rule.name} is over`, cure }
    }
    // One without any condition is told of by the configuration itself.
    if (rule.who === undefined && rule.when === undefined) continue
    const condition = JSON.stringify([rule.who ?? null, rule.when ?? null])
    const first = seen.get(condition)
    if (first === undefined) seen.set(condition, rule.name)
    else {
      const message = `this never applies: ${first} above it has the same conditions`
      yield { path, value: rule.name, message, cure: 'Take one of the two out, or change its conditions' }
    }
  }
}

function* ofForwarding({ rules, forwarding }: Rules): Generator<Found> {
  const all = forwarding?.['all']
  const always = (rules ?? []).find(
    (rule) => rule.enabled !== false && rule.who === undefined && rule.when === undefined,
  )
  const phonesRing = always?.to.ringPhones !== undefined
  const takesAll = always === undefined ? isOn(all) : !phonesRing
  if (!takesAll) return
  const what = always === undefined ? 'forward all calls' : `the rule ${always.name}`
  for (const event of ['notReachable', 'busy', 'noAnswer']) {
    if (!isOn(forwarding?.[event])) continue
    yield {
      path: `forwarding.${event}`,
      value: '',
      message: `this never applies: ${what} takes every call before it`,
      cure: 'Take it out, or switch the other off',
    }
  }
}

function isOn(rule: ForwardingRuleBody | undefined): boolean {
  return rule !== undefined && rule.enabled !== false
}
