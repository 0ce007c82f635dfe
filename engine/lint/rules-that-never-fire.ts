import type { ConfigurationView } from '../config/entities/kind.ts'
import type { ForwardingRuleBody } from '../config/entities/routing.ts'
import type { RuleBody } from '../config/entities/rule.ts'
import type { LintFinding } from './lint-finding.ts'

/** How long a period may be over before it is told, in milliseconds: no place on Earth is further behind. */
const furthestBehind = 14 * 3_600_000

interface Rules {
  readonly id?: string
  readonly rules?: readonly RuleBody[]
  readonly forwarding?: Readonly<Record<string, ForwardingRuleBody | undefined>>
}

/** Rules whose time is over, or that forward all calls keeps from firing. Shadowed ones are told of by the configuration. */
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
  for (const [index, rule] of (rules ?? []).entries()) {
    if (rule.enabled === false) continue
    const until = rule.when?.until
    if (until === undefined || Date.parse(`${until}Z`) + furthestBehind >= now) continue
    const cure = 'Take the rule out, or give it another time'
    yield { path: `rules[${index}].when.until`, value: until, message: `the time of ${rule.name} is over`, cure }
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
