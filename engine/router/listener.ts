/**
 * What the router tells somebody who wants to know why. Nothing of this is built while nobody listens, and a listener
 * changes no decision.
 */

/** How a step ended: the call ends or goes on here, or the next step is looked at. */
export type Verdict = 'applies' | 'does not apply' | 'fails'

export type StepName =
  | 'domain'
  | 'loop guard'
  | 'caller'
  | 'emergency number'
  | 'feature code'
  | 'extension'
  | 'dial code and extension'
  | 'phone number'
  | 'extension of another PBX'
  | 'not in service'
  | 'user active'
  | 'block list'
  | 'custom rule'
  | 'forward all'
  | 'do not disturb'
  | 'reachable'
  | 'busy'
  | 'ring'
  | 'no answer'
  | 'not reachable'
  | 'forward by the phone'
  | 'forward'
  | 'list'
  | 'ring group'
  | 'member'
  | 'voicemail'
  | 'outbound block list'
  | 'calling plan'
  | 'toll fraud limit'
  | 'trunk'

export interface RouteStep {
  readonly step: StepName
  readonly verdict: Verdict
  /** One sentence for people: what was found, with the names and numbers that decided it. */
  readonly because: string
  /** Id of the user or ring group whose rules are looked at, or '' while the dialled string is read. */
  readonly user: string
  /** The name of the rule or list that was looked at, or ''. */
  readonly rule: string
}

export interface RouteListener {
  step(step: RouteStep): void
}
