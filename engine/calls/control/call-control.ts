import type { VisibleCall } from '../calls.ts'
import { Conversation } from '../conversation.ts'
import type { Leg } from '../leg.ts'
import type { CallServices } from '../services.ts'
import { attemptOfUser, placeCall } from '../transfer/place-call.ts'
import { Transfer } from '../transfer/transfer.ts'
import type { CallOrder, CallOrderResult } from './call-order.ts'
import { DialOrder } from './dial-order.ts'
import { ServerHold } from './server-hold.ts'

/** Reason of the BYEs and CANCELs when a call is ended by order (RFC 3326). */
const ordered = 'Reason: SIP;cause=200;text="Ended By Order"\r\n'

/** Carries out what is ordered of calls. Answers at once: what it leads to is seen in the calls and their records. */
export function carryOutOrder(services: CallServices, order: CallOrder): CallOrderResult {
  switch (order.order) {
    case 'hangUp': {
      const call = services.calls.get(order.call)
      if (call === undefined) return noCall(order.call)
      call.hangUp(ordered)
      return { done: true, calls: [order.call] }
    }
    case 'endAll':
      return endAll(services, order.user)
    case 'dial':
      return dial(services, order.user, order.to)
    case 'fetch':
      return fetchParked(services, order.user, order.slot)
    case 'hold':
    case 'resume':
    case 'park':
    case 'transfer': {
      const call = services.calls.get(order.call)
      if (call === undefined) return noCall(order.call)
      const leg = call instanceof Conversation ? legOf(call, order.user) : null
      if (!(call instanceof Conversation) || leg === null) {
        return { done: false, problem: 'conflict', why: `Call ${order.call} is not an answered call of ${order.user}` }
      }
      if (call.arrangement !== null || call.isAlone(leg)) {
        return { done: false, problem: 'conflict', why: `Call ${order.call} is being transferred: wait for that` }
      }
      if (order.order === 'transfer') return transfer(services, call, leg, order.user, order.to)
      if (order.order === 'park') return park(services, call, leg, order.user, order.slot)
      if (order.order === 'hold') new ServerHold(services, call, leg).start()
      else call.offers.introduce()
      return { done: true, calls: [order.call] }
    }
  }
}

function endAll(services: CallServices, user: string): CallOrderResult {
  const ended: VisibleCall[] = []
  for (const call of services.calls.all()) {
    if (call.view().parties.some(({ kind, id }) => kind === 'user' && id === user)) ended.push(call)
  }
  const calls = ended.map((call) => call.view().id)
  for (const call of ended) call.hangUp(ordered)
  return { done: true, calls }
}

function dial(services: CallServices, userId: string, to: string): CallOrderResult {
  const user = services.snapshot.users.get(userId)
  if (user === undefined) return { done: false, problem: 'not-found', why: `There is no user ${userId}` }
  const id = user.active ? new DialOrder(services, user, to).start() : ''
  if (id !== '' && services.calls.get(id) !== undefined) return { done: true, calls: [id] }
  return { done: false, problem: 'conflict', why: `No phone of ${userId} can be rung` }
}

function transfer(services: CallServices, call: Conversation, leg: Leg, user: string, to: string): CallOrderResult {
  const attempt = attemptOfUser(services, user, to, '')
  if (attempt === null) return { done: false, problem: 'conflict', why: `${user} has no phone in whose name to call` }
  const handing = new Transfer(services, call, call.other(leg), null, 'return')
  const placed = placeCall(services, handing, handing.placedFor, attempt)
  handing.rings(placed)
  if (placed !== null) return { done: true, calls: [call.id, placed.id] }
  return { done: false, problem: 'conflict', why: `${to} cannot be called: nobody has it, or ${user} may not` }
}

function park(services: CallServices, call: Conversation, leg: Leg, userId: string, slot: string): CallOrderResult {
  const user = services.snapshot.users.get(userId)
  if (user === undefined) return { done: false, problem: 'not-found', why: `There is no user ${userId}` }
  const refusal = services.parking.byOrder(call, leg, user, slot)
  if (refusal === null) return { done: true, calls: [call.id] }
  return { done: false, problem: 'conflict', why: refusal.phrase }
}

function fetchParked(services: CallServices, userId: string, slot: string): CallOrderResult {
  const user = services.snapshot.users.get(userId)
  if (user === undefined) return { done: false, problem: 'not-found', why: `There is no user ${userId}` }
  const fetched = services.parking.fetchByOrder(user, slot)
  if (typeof fetched === 'string') return { done: true, calls: [fetched] }
  return { done: false, problem: fetched.status === 404 ? 'not-found' : 'conflict', why: fetched.phrase }
}

function legOf(call: Conversation, user: string): Leg | null {
  for (const leg of [call.caller, call.callee]) {
    if (leg.party.kind === 'user' && leg.party.id === user && !leg.hungUp) return leg
  }
  return null
}

function noCall(id: string): CallOrderResult {
  return { done: false, problem: 'not-found', why: `There is no call ${id} in progress` }
}
