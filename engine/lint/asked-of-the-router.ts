/** What only the router can say: calls are tried on it, at a moment when everybody is there and nothing is in use. */
import type { Body, ConfigurationView } from '../config/entities/kind.ts'
import type { Device, Snapshot, User } from '../config/snapshot.ts'
import type { Attempt, Decision, Live } from '../router/decision.ts'
import type { RouteStep } from '../router/listener.ts'
import { PastFacts } from '../router/past-call.ts'
import { refusalOf, refusals } from '../router/refusals.ts'
import { route } from '../router/route.ts'
import type { LintFinding } from './lint-finding.ts'

/** Rules that send calls to outside numbers which their user may not call, or which no trunk carries. */
export function* refusedForwards(
  configuration: ConfigurationView,
  now: number,
  snapshot: Snapshot,
): Generator<LintFinding> {
  for (const body of configuration.all('user')) {
    const user = snapshot.users.get(String(body['id']))
    if (user === undefined || !user.active) continue
    for (const { path, number } of [
      ...numbersIn(body['rules'], 'rules'),
      ...numbersIn(body['forwarding'], 'forwarding'),
    ]) {
      const why = objection(snapshot, user, number, now)
      if (why === '') continue
      const cure = 'Choose another destination, or let the user call this number: see his calling plan'
      yield {
        kind: 'user',
        id: user.id,
        path,
        value: number,
        message: `calls will not be forwarded there: ${why}`,
        cure,
      }
    }
  }
}

function objection(snapshot: Snapshot, user: User, number: string, now: number): string {
  const owned = snapshot.phoneNumbers.get(number)
  if (owned !== undefined) return ''
  const { decision, steps } = tried(snapshot, user, number, now)
  if (decision.kind === 'ring') return ''
  const end = refusalOf(decision)
  // By day they will.
  if (end === refusals.outsideHours) return ''
  return steps.findLast(({ verdict }) => verdict === 'fails')?.because ?? `${end.status} ${end.reason}`
}

/** Users whom calls can reach, while nobody is rung by them: no phone, and nothing that goes on to another. */
export function* usersNobodyReaches(
  _configuration: ConfigurationView,
  now: number,
  snapshot: Snapshot,
): Generator<LintFinding> {
  for (const user of snapshot.users.values()) {
    const { active, devices, extension, numbers, forwarding } = user
    if (!active || devices.length > 0 || (extension === '' && numbers.length === 0)) continue
    // The configuration warns of an extension without a phone by itself.
    if (extension !== '' && forwarding === null) continue
    // Somebody like him who is on no list, so that only his own rules decide.
    const stranger: User = {
      ...user,
      id: '',
      extension: '',
      extensionWithDialCode: '',
      extensionLengths: 0,
      numbers: [],
      numberKeys: [],
    }
    const dialled = extension || (numbers[0] ?? '')
    const { decision } = tried(snapshot, stranger, dialled, now)
    if (decision.kind !== 'refuse') continue
    const { status, reason } = refusalOf(decision)
    const reached = `calls to this user end with ${status} ${reason}`
    const cure = 'Add a device for the user, or say where his calls go when he is not reachable'
    yield {
      kind: 'user',
      id: user.id,
      path: '',
      value: '',
      message: `${reached}: he has no phone, and they go nowhere`,
      cure,
    }
  }
}

/** Sites whose emergency calls no trunk takes. */
export function* sitesWithoutEmergencyCalls(
  _configuration: ConfigurationView,
  now: number,
  snapshot: Snapshot,
): Generator<LintFinding> {
  const seen = new Set<string>()
  for (const user of snapshot.users.values()) {
    const { site } = user
    if (seen.has(site.id)) continue
    seen.add(site.id)
    const [number] = site.numbering.emergencyNumbers
    if (number === undefined || tried(snapshot, user, number, now).decision.kind === 'ring') continue
    yield {
      kind: 'site',
      id: site.id,
      path: '',
      value: number,
      message: 'emergency calls from here cannot leave: there is no trunk that takes them',
      cure: 'Add a trunk, and tell people to use a local telephone in an emergency until then',
    }
  }
}

const nobody: Device = {
  id: '',
  userId: '',
  sipUserName: '',
  password: '',
  digestAlgorithms: null,
  secureCalling: null,
}

function tried(
  snapshot: Snapshot,
  user: User,
  dialled: string,
  now: number,
): { readonly decision: Decision; readonly steps: readonly RouteStep[] } {
  const steps: RouteStep[] = []
  const attempt: Attempt = { caller: { kind: 'device', device: nobody, user }, dialled, domain: '', ownDiversions: 0 }
  const everybodyIsThere: Live = new PastFacts()
  return { decision: route(snapshot, everybodyIsThere, attempt, now, { step: (step) => steps.push(step) }), steps }
}

/** Every outside number that calls are sent to, wherever it stands within rules. */
function* numbersIn(value: unknown, path: string): Generator<{ readonly path: string; readonly number: string }> {
  if (Array.isArray(value)) {
    for (const [index, entry] of value.entries()) yield* numbersIn(entry, `${path}[${index}]`)
    return
  }
  if (typeof value !== 'object' || value === null) return
  if ((value as Body)['enabled'] === false) return
  for (const [name, inner] of Object.entries(value)) {
    if (name === 'number' && typeof inner === 'string') yield { path: `${path}.${name}`, number: inner }
    else yield* numbersIn(inner, `${path}.${name}`)
  }
}
