/** Finds calls that would be passed on for ever: users and services that forward everything to each other. */
import type { AutoAttendantBody } from './auto-attendant.ts'
import type { ConfigurationView, EntityKey, Findings } from './kind.ts'
import type { ForwardingRuleBody, TargetBody } from './routing.ts'
import type { RuleBody } from './rule.ts'
import { reachedBy } from './targets.ts'

/** More steps than any sensible chain has; a call itself ends after ten. */
const longestWalk = 1000

interface Forwarding {
  readonly rules?: readonly RuleBody[]
  readonly forwarding?: { readonly all?: ForwardingRuleBody }
}

/** Where every call to a user or service goes on to, or `undefined` where it does not go on unasked. */
function nextOf(key: EntityKey, configuration: ConfigurationView): EntityKey | undefined {
  if (key.kind === 'autoAttendant') return nextOfAttendant(key.id, configuration)
  const body = configuration.get(key.kind, key.id) as Forwarding | undefined
  const rule = body?.rules?.find(isUnconditional)
  const all = body?.forwarding?.all
  const to: TargetBody | undefined = rule?.to ?? (all === undefined || all.enabled === false ? undefined : all.to)
  return to === undefined ? undefined : reachedBy(to, configuration)
}

/** An attendant passes every call on if the only menu that it plays offers nothing and its time-out leads on. */
function nextOfAttendant(id: string, configuration: ConfigurationView): EntityKey | undefined {
  const body = configuration.get('autoAttendant', id) as AutoAttendantBody | undefined
  if (body === undefined || body.schedule !== undefined) return undefined
  const mode = body.mode ?? 'open'
  const menu = mode === 'schedule' ? undefined : body.menus.find(({ name }) => name === body[mode])
  if (menu === undefined || (menu.keys ?? []).length > 0 || menu.timeout?.to === undefined) return undefined
  const dialling = menu.extensionDialling ?? (body.extensionDialling === true ? 'immediately' : 'off')
  return dialling === 'off' ? reachedBy(menu.timeout.to, configuration) : undefined
}

/** Whether a rule fits every call at any time. */
export function isUnconditional(rule: RuleBody): boolean {
  return rule.enabled !== false && rule.who === undefined && rule.when === undefined
}

/** The way from `start` back to it, ends included; empty where there is none. */
function circleFrom(start: EntityKey, configuration: ConfigurationView): EntityKey[] {
  const way = [start]
  const seen = new Set([nameOf(start)])
  for (let step = 0; step < longestWalk; step++) {
    const next = nextOf(way.at(-1) ?? start, configuration)
    if (next === undefined) return []
    way.push(next)
    if (nameOf(next) === nameOf(start)) return way
    if (seen.has(nameOf(next))) return []
    seen.add(nameOf(next))
  }
  return []
}

/**
 * For `checkTogether`: follows what forwards everything from each that was checked, and reports each circle once, at the
 * first of them. A circle of one is forwarding to oneself, which is told at the destination.
 */
export function checkCircles(
  checked: readonly EntityKey[],
  configuration: ConfigurationView,
  findingsOf: (entity: EntityKey) => Findings,
): void {
  const settled = new Set<string>()
  for (const start of checked) {
    const way: EntityKey[] = []
    const places = new Map<string, number>()
    let next: EntityKey | undefined = start
    while (next !== undefined && !settled.has(nameOf(next)) && !places.has(nameOf(next))) {
      if (way.length >= longestWalk) break
      places.set(nameOf(next), way.length)
      way.push(next)
      next = nextOf(next, configuration)
    }
    const from = next === undefined ? undefined : places.get(nameOf(next))
    for (const name of places.keys()) settled.add(name)
    const circle = from === undefined ? [] : way.slice(from)
    if (circle.length < 2) continue
    const reported = checked.find((key) => places.has(nameOf(key)) && (places.get(nameOf(key)) ?? 0) >= (from ?? 0))
    if (reported !== undefined) report(reported, configuration, findingsOf(reported))
  }
}

function report(entity: EntityKey, configuration: ConfigurationView, findings: Findings): void {
  const names = circleFrom(entity, configuration).map((key) => (key.kind === 'user' ? key.id : nameOf(key)))
  const byRule = (configuration.get(entity.kind, entity.id) as Forwarding | undefined)?.rules?.some(isUnconditional)
  const cure = 'Take one of these rules out or give it another destination'
  const path = entity.kind === 'autoAttendant' ? 'menus' : byRule === true ? 'rules' : 'forwarding.all'
  findings.problems.add(path, '', `forward all goes in a circle: ${names.join(' to ')}`, cure)
}

function nameOf(key: EntityKey): string {
  return `${key.kind} ${key.id}`
}
