/**
 * The whole of a call, from the dialling on.
 *
 * A second implementation of the router's rules, slow and obvious, written from their description without the router's
 * text: where both were to err alike, two readers would have to misunderstand one sentence. (What it says of recording,
 * zones, special numbers, weights and the state of trunks was added later by somebody who knew the router.) It leaves out
 * feature codes that do something by themselves, several devices of one user, changes of the configuration during a call,
 * and call-backs from the emergency service.
 */
import { callUser, forwardTo } from './calls.ts'
import type { Final, Routing } from './decision.ts'
import type { User } from './document.ts'
import { found } from './document.ts'
import { callGroup } from './groups.ts'
import { withoutSeparators } from './numbers.ts'
import { emergency, mayCall, ringOutside, trunksFor } from './outside.ts'
import { reading } from './reading.ts'
import type { Callee, Way, World } from './world.ts'
import { callerOf, numberFrom, withNumber } from './world.ts'

export function* callInside(world: World, way: Way, callee: Callee): Routing {
  if (callee.kind === 'user') return yield* callUser(world, way, callee.user)
  if (callee.kind === 'group') return yield* callGroup(world, way, callee.group, forwardTo)
  return { refuse: 404 }
}

export function* decide(world: World): Routing {
  const { company, call } = world
  const caller = callerOf(company, call)
  const dialled = withoutSeparators(call.dials)
  const domainIsOurs = (call.domain ?? '') === '' || company.pbxs.some(({ domain }) => domain === call.domain)
  if ('user' in caller) return yield* fromUser(world, caller.user, dialled, domainIsOurs)
  if (!domainIsOurs) return { refuse: 403 }
  if ((call.ownDiversions ?? 0) >= 5) return { refuse: 482 }
  const trunk = found(company.trunks, ({ id }) => id === call.trunk)
  const number = numberFrom(company, trunk, dialled)
  const callee = number === null ? null : withNumber(company, number)
  if (callee === null) return { refuse: 404 }
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
  if (user.active === false) return { refuse: 403 }
  if (!domainIsOurs || read === null) return { refuse: 404 }
  const way: Way = { caller: { user, code }, forwards: [], sentOn: false }
  if ('inside' in read) return yield* callInside(world, way, read.inside)
  return yield* callOutside(world, way, user, read.outside)
}

function* callOutside(world: World, way: Way, user: User, number: string): Routing<Final> {
  if (!mayCall(world, user, number)) return { refuse: 403 }
  const outcome = yield* ringOutside(world, way, number, user, 0)
  if (outcome === null) return { refuse: trunksFor(world, number).length === 0 ? 404 : 503 }
  if (typeof outcome === 'object' && 'trunkSays' in outcome) return { refuse: outcome.trunkSays }
  return { refuse: outcome === 'busy' ? 486 : 480 }
}
