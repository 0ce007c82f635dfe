/**
 * The whole of a call, from the dialling on.
 *
 * A second implementation of the router's rules, slow and obvious, written from their description without the router's
 * text: where both were to err alike, two readers would have to misunderstand one sentence. (What it says of recording,
 * zones, special numbers, weights and the state of trunks was added later by somebody who knew the router. Likewise feature codes and limits against toll fraud.) It leaves out
 * several devices of one user, changes of the configuration during a call,
 * and call-backs from the emergency service.
 */
import { callUser, forwardTo } from './calls.ts'
import type { Final, Refusal, Routing } from './decision.ts'
import { refusals, trunkRefusal } from './decision.ts'
import type { User } from './document.ts'
import { found } from './document.ts'
import { featureAsked } from './features.ts'
import { callGroup } from './groups.ts'
import { withoutSeparators } from './numbers.ts'
import { emergency, objectionTo, ringOutside, trunksFor } from './outside.ts'
import { reading } from './reading.ts'
import { tollObjection } from './tolls.ts'
import type { Callee, Way, World } from './world.ts'
import { callerOf, numberFrom, withNumber } from './world.ts'

export function* callInside(world: World, way: Way, callee: Callee): Routing {
  if (callee.kind === 'user') return yield* callUser(world, way, callee.user)
  if (callee.kind === 'group') return yield* callGroup(world, way, callee.group, forwardTo)
  return refusals.notInService
}

export function* decide(world: World): Routing {
  const { company, call } = world
  const caller = callerOf(company, call)
  const dialled = withoutSeparators(call.dials)
  const domainIsOurs = (call.domain ?? '') === '' || company.pbxs.some(({ domain }) => domain === call.domain)
  if ('user' in caller) return yield* fromUser(world, caller.user, dialled, domainIsOurs)
  if (!domainIsOurs) return refusals.forbidden
  if ((call.ownDiversions ?? 0) >= 5) return refusals.loop
  const trunk = found(company.trunks, ({ id }) => id === call.trunk)
  const number = numberFrom(company, trunk, dialled)
  const callee = number === null ? null : withNumber(company, number)
  if (callee === null) return refusals.notInService
  return yield* callInside(world, { caller, forwards: [], sentOn: false }, callee)
}

function* fromUser(world: World, user: User, dialled: string, domainIsOurs: boolean): Routing {
  let code: 'hide' | 'show' | null = null
  let read = reading(world.company, user, dialled, world.call.domain)
  while (read !== null && 'rest' in read) {
    code = read.code ?? code
    read = reading(world.company, user, read.rest, world.call.domain)
  }
  if (read !== null && 'emergency' in read) return yield* emergency(world, user, read.emergency)
  if (user.active === false) return refusals.forbidden
  if (!domainIsOurs) return refusals.foreign
  if (read === null) return refusals.notInService
  if ('feature' in read) return featureAsked(world, user, read)
  const way: Way = { caller: { user, code }, forwards: [], sentOn: false }
  if ('inside' in read) return yield* callInside(world, way, read.inside)
  return yield* callOutside(world, way, user, read.outside)
}

function* callOutside(world: World, way: Way, user: User, number: string): Routing<Final> {
  const objection = objectionTo(world, user, number) ?? tollObjection(world, user, number, [])
  if (objection !== null) return objection
  const outcome = yield* ringOutside(world, way, number, user, 0)
  if (outcome === null) return noTrunkFor(world, number)
  if (typeof outcome === 'object' && 'phrase' in outcome) return outcome
  if (typeof outcome === 'object' && 'trunkSays' in outcome) return trunkRefusal(outcome.trunkSays)
  return outcome === 'busy' ? refusals.busy : refusals.noAnswer
}

/** Why nobody was asked: none carries it, else none answers, else none has a channel free. */
function noTrunkFor(world: World, number: string): Refusal {
  const carrying = trunksFor(world, number)
  if (carrying.length === 0) return refusals.noTrunk
  return carrying.every(({ id }) => world.live.trunkStates[id] === 'down') ? refusals.down : refusals.channels
}
