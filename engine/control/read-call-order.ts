import type { CallOrder } from '../calls/control/call-order.ts'

/** Longest id of a call or a user, in characters. */
export const longestId = 64
const longestDialled = 128

/** Reads an order, or says what is wrong with it. */
export function readCallOrder(value: unknown): CallOrder | string {
  if (typeof value !== 'object' || value === null) return 'an order is an object'
  const { order, call, user, to } = value as Record<string, unknown>
  const isId = (id: unknown): id is string => typeof id === 'string' && id !== '' && id.length <= longestId
  const isDialled = (text: unknown): text is string =>
    typeof text === 'string' && /^[\x21-\x7e]+$/.test(text) && text.length <= longestDialled
  switch (order) {
    case 'hangUp':
      return isId(call) ? { order, call } : 'call is an id'
    case 'hold':
    case 'resume':
      return isId(call) && isId(user) ? { order, call, user } : 'call and user are ids'
    case 'park': {
      const { slot } = value as Record<string, unknown>
      if (!isId(call) || !isId(user)) return 'call and user are ids'
      return typeof slot === 'string' && /^\d{0,10}$/.test(slot) ? { order, call, user, slot } : 'slot is an extension'
    }
    case 'fetch': {
      const { slot } = value as Record<string, unknown>
      if (!isId(user)) return 'user is an id'
      return typeof slot === 'string' && /^\d{1,10}$/.test(slot) ? { order, user, slot } : 'slot is an extension'
    }
    case 'transfer':
      if (!isId(call) || !isId(user)) return 'call and user are ids'
      return isDialled(to) ? { order, call, user, to } : 'to is what could be dialled'
    case 'dial':
      if (!isId(user)) return 'user is an id'
      return isDialled(to) ? { order, user, to } : 'to is what could be dialled'
    case 'endAll':
      return isId(user) ? { order, user } : 'user is an id'
    default:
      return 'order is hangUp, hold, resume, park, fetch, transfer, dial or endAll'
  }
}
