/** Several at once or one after the other, who are only rung: lists of users, and members of groups. */
import type { Outside, Routing, Rung } from './decision.ts'
import type { Member, RingGroup, Target, TargetList, Trunk, User } from './document.ts'
import { groupNamed, userNamed } from './document.ts'
import { isBusy, isRegistered, secondsOf } from './facts.ts'
import { hasChannel, mayForward, outsideTarget, ringOutside, trunksToTry } from './outside.ts'
import { recordingOf } from './recording.ts'
import type { Way, World } from './world.ts'
import { blockingList, inChain, shownTo, withNumber } from './world.ts'

/** How it went with those who were to be rung: the strongest of their ends. */
export type Ending = 'no answer' | 'busy' | 'not reachable'

export function stronger(a: Ending, b: Ending): Ending {
  const order: Ending[] = ['not reachable', 'busy', 'no answer']
  return order.indexOf(a) < order.indexOf(b) ? b : a
}

/** Why a user who is only to be rung is not, or null where he is. */
export function passedOver(world: World, way: Way, user: User, skipBusy: boolean): Ending | null {
  if (user.active === false || inChain(way, user)) return 'not reachable'
  if (blockingList(world.company, way, user) !== null) return 'not reachable'
  if (user.doNotDisturb === true) return 'busy'
  if (!isRegistered(world, user)) return 'not reachable'
  const inCall = (world.live.lines[user.userName] ?? 0) > 0
  return isBusy(world, user) || (skipBusy && inCall) ? 'busy' : null
}

function rung(world: World, way: Way, user: User, { seconds, group = null }: Place): Rung {
  const shown = shownTo(world.company, way.caller, user)
  const prefix = group?.callerNamePrefix
  const name = prefix === undefined ? shown.name : `${prefix} ${shown.name}`.trim()
  return { user: user.userName, ...shown, name, seconds, ...recordingOf(world.company, way.caller, user, group) }
}

/** One place of a list: a user or an outside number, and for how long. */
type Place = ({ readonly user: User } | { readonly number: string }) & {
  readonly seconds: number
  /** For which they are rung: it may want users passed over who are in any call, and a word before the caller's name. */
  readonly group?: RingGroup | null
}

function placesOf(world: World, way: Way, to: Target, seconds: number): Place[] {
  const { company } = world
  if ('user' in to) return [{ user: userNamed(company, to.user), seconds }]
  if ('ringGroup' in to) return groupPlaces(world, way, groupNamed(company, to.ringGroup), seconds)
  const ours = withNumber(company, to.number)
  if (ours === null) return [{ number: to.number, seconds }]
  if (ours.kind === 'user') return [{ user: ours.user, seconds }]
  return ours.kind === 'group' ? groupPlaces(world, way, ours.group, seconds) : []
}

/** A group that is in the chain already is as little called again as a user. */
function groupPlaces(world: World, way: Way, group: RingGroup, seconds: number): Place[] {
  if (inChain(way, group)) return []
  const members = group.members.filter((member: Member) => member.optedOut !== true)
  const places = members.flatMap((member) => placesOf(world, way, member, seconds))
  return places.map((place) => ({ ...place, group }))
}

function sameCallee(a: Place, b: Place): boolean {
  return 'user' in a ? 'user' in b && a.user === b.user : 'number' in b && a.number === b.number
}

/** Rings all places together that can be rung now. */
export function* ringTogether(
  world: World,
  way: Way,
  owner: User | RingGroup,
  places: readonly Place[],
): Routing<Ending> {
  let ending: Ending = 'not reachable'
  const targets: (Rung | Outside)[] = []
  const trunks: string[] = []
  const numbers: { readonly number: string; readonly group: RingGroup | null }[] = []
  const placed: Place[] = []
  for (const place of places) {
    if (placed.some((each) => sameCallee(each, place))) continue
    if ('user' in place) {
      const why = passedOver(world, way, place.user, place.group?.skipBusyMembers === true)
      if (why !== null) ending = stronger(ending, why)
      if (why !== null) continue
      targets.push(rung(world, way, place.user, place))
      placed.push(place)
    } else if (
      mayForward(
        world,
        owner,
        place.number,
        numbers.map((each) => each.number),
      )
    ) {
      const trunk = trunksToTry(world, place.number).find((each: Trunk) => hasChannel(world, each, trunks))
      if (trunk === undefined) continue
      targets.push(outsideTarget(world, way, trunk, place.number, owner, place.seconds, place.group ?? null))
      trunks.push(trunk.id)
      numbers.push({ number: place.number, group: place.group ?? null })
      placed.push(place)
    }
  }
  if (targets.length === 0) return ending
  const seconds = Math.max(...targets.map((each) => each.seconds))
  const [alone] = numbers
  const outcome =
    alone !== undefined && targets.length === 1
      ? yield* ringOutside(world, way, alone.number, owner, seconds, alone.group)
      : yield { ring: targets, seconds, forwardedBy: way.forwards }
  if (outcome === null) return ending
  if (typeof outcome === 'string') return stronger(ending, outcome)
  if ('phrase' in outcome) return ending
  const busy = 'forwardedBy' in outcome || outcome.trunkSays === 486 || outcome.trunkSays === 600
  return stronger(ending, busy ? 'busy' : 'not reachable')
}

export function* callList(world: World, way: Way, owner: User, list: TargetList): Routing<Ending> {
  const places = list.members.map((member) => placesOf(world, way, member, member.ringSeconds ?? secondsOf(owner)))
  if (list.order === 'simultaneous') return yield* ringTogether(world, way, owner, places.flat())
  let ending: Ending = 'not reachable'
  for (const each of places) ending = stronger(ending, yield* ringTogether(world, way, owner, each))
  return ending
}
