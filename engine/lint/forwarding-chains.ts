import type { Body, ConfigurationView, EntityKey } from '../config/entities/kind.ts'
import type { ForwardingRuleBody } from '../config/entities/routing.ts'
import { reachedBy } from '../config/entities/targets.ts'
import type { LintFinding } from './lint-finding.ts'

/** A call is forwarded at most so often (docs/forwarding.md). */
const mostForwards = 10

interface Step extends EntityKey {
  readonly path: string
}

/**
 * Chains in which calls that nobody answers come back to where they were: nobody is rung twice, so the call ends
 * there as busy, long after its caller hoped for somebody. (Circles of forward all are refused when they are written.)
 */
export function* forwardingChains(configuration: ConfigurationView): Generator<LintFinding> {
  const told = new Set<string>()
  for (const user of configuration.all('user')) {
    const start: EntityKey = { kind: 'user', id: String(user['id']) }
    for (const event of ['noAnswer', 'busy', 'notReachable'] as const) {
      const way = circle(start, event, configuration)
      const [first] = way
      if (first === undefined) continue
      const name = `${event} ${way
        .map(({ id }) => id)
        .sort()
        .join(' ')}`
      if (told.has(name)) continue
      told.add(name)
      yield {
        ...start,
        path: first.path,
        value: way.at(-1)?.id ?? '',
        message: `calls that end as ${event} go in a circle: ${[start, ...way].map(({ id }) => id).join(' to ')}`,
        cure: 'Send calls from one of them to somebody else',
      }
    }
  }
}

/** The way from a user back to himself when everybody on it ends calls in this way; empty where there is none. */
function circle(start: EntityKey, event: string, configuration: ConfigurationView): Step[] {
  const way: Step[] = []
  let at: EntityKey = start
  for (let step = 0; step < mostForwards; step++) {
    const next = nextOf(at, event, configuration)
    if (next === undefined) return []
    way.push(next)
    if (next.kind === start.kind && next.id === start.id) return way
    at = next
  }
  return []
}

function nextOf(key: EntityKey, event: string, configuration: ConfigurationView): Step | undefined {
  const body: Body | undefined = configuration.get(key.kind, key.id)
  const forwarding = body?.['forwarding'] as Readonly<Record<string, ForwardingRuleBody | undefined>> | undefined
  const name = isOn(forwarding?.['all']) ? 'all' : event
  const rule = forwarding?.[name]
  if (rule === undefined || !isOn(rule)) return undefined
  const reached = reachedBy(rule.to, configuration)
  return reached === undefined ? undefined : { ...reached, path: `forwarding.${name}.to` }
}

function isOn(rule: ForwardingRuleBody | undefined): boolean {
  return rule !== undefined && rule.enabled !== false
}
