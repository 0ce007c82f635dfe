/** One function for each thing that people do with calls: picks who does it to whom. @returns whether anybody could */
import type { CallOrder } from '../../engine/calls/control/call-order.ts'
import { Header } from '../../engine/sip/header-names.ts'
import { dialledFrom, domainOf, emergencyNumbers } from './company.ts'
import type { Feature } from './features.ts'
import type { Leg } from './leg.ts'
import type { People } from './people.ts'
import type { Phone } from './phone.ts'
import type { CallOfUsers } from './server-process.ts'

export const doings: Readonly<Record<Feature, (people: People) => boolean>> = {
  blind,
  attended: (people) => consult(people, false),
  semi: (people) => consult(people, true),
  park: parkByTransfer,
  'park-code': parkByCode,
  fetch,
  pickup,
  takeover,
  return: (people) => dialCode(people, () => '*69'),
  settings,
  'per-call': (people) =>
    dialCode(people, (phone) => people.chance.pick(['*67', '*82', '*70']) + someNumber(people, phone)),
  hang,
  order,
  dial,
  hold,
  vanish,
  'park-order': parkByOrder,
  message,
  media,
  limits,
  connection,
}

/** Refusals that must never meet what continues a call. */
const noLines = 'All Your Lines Are In Use'

function someNumber(people: People, { settings: { domain } }: Phone): string {
  return people.chance.pick(dialledFrom(domain).filter((number) => number !== '4999'))
}

function uriOf(dialled: string, { settings: { domain } }: Phone, headers = ''): string {
  return `sip:${dialled}@${domain}${headers}`
}

/** Somebody who talks, and whose call he hands on. Now and then a carrier, who may not. */
function transferor(people: People): Leg | null {
  const talkers = people.talkers().filter((leg) => leg.user !== '' || people.chance.happens(0.05))
  return talkers.length === 0 ? null : people.chance.pick(talkers)
}

/** Hands the other side on; who does it may hang up when he likes. */
function refers(people: People, leg: Leg, target: string): boolean {
  const { chance, clock } = people
  if (!leg.refer(target, chance.happens(0.1))) return false
  if (chance.happens(0.4)) clock.start(chance.between(0, 6000), leg, 'enough')
  return true
}

function blind(people: People): boolean {
  const leg = transferor(people)
  if (leg === null) return false
  if (people.chance.happens(0.5)) leg.hold()
  return later(people, 0, 2500, () => refers(people, leg, uriOf(someNumber(people, leg.phone), leg.phone)))
}

/** Attended transfer: the phone calls somebody else besides. @param early it does not wait for his answer */
function consult(people: People, early: boolean): boolean {
  const leg = transferor(people)
  if (leg === null || leg.user === '') return false
  const { phone } = leg
  const dialled = someNumber(people, phone)
  const handsOn = (replaces: string): void => {
    if (early) people.handedOver.add(replaces.slice(0, replaces.indexOf(';')))
    later(people, 0, early ? 3000 : 5000, () =>
      refers(people, leg, uriOf(dialled, phone, `?Replaces=${encodeURIComponent(replaces)}`)),
    )
  }
  if (people.chance.happens(0.7)) leg.hold()
  later(people, 200, 2500, () =>
    people.call(phone, dialled, {
      rings: (replaces) => {
        if (early) handsOn(replaces)
      },
      answered: (second) => {
        second.handedOn = 'it was made to be handed on'
        if (!early) handsOn(second.replaces)
      },
    }),
  )
  return true
}

/** Calls of this user may be parked from now on. */
function mayBeParked(people: People, user: string): void {
  for (const leg of people.watch.legs) if (leg.user === user) leg.handedOn ||= 'it may be parked'
}

function parkByTransfer(people: People): boolean {
  const leg = transferor(people)
  if (leg === null || leg.user === '') return false
  const { phone } = leg
  const slot = people.chance.pick(['*68', ...people.slotsOf(phone.settings.domain)])
  return refers(people, leg, uriOf(slot, phone))
}

function parkByCode(people: People): boolean {
  const leg = transferor(people)
  if (leg === null || leg.user === '') return false
  const { phone } = leg
  leg.hold()
  const slot = people.chance.pick(['*68', ...people.slotsOf(phone.settings.domain)])
  return later(people, 400, 3000, () => {
    mayBeParked(people, leg.user)
    people.call(phone, slot, {
      answered: (_, response) => {
        if (response.header(Header.pAssertedIdentity).includes('Parked in')) people.count('parked')
      },
      refused: (_, phrase) => neverForLines(people, phrase, 'Parking'),
    })
  })
}

function fetch(people: People): boolean {
  const waiting = people.server.serves ? people.server.parked() : []
  const slots = waiting.length === 0 ? ['north-one', 'south-one'] : waiting.map(({ slot }) => slot)
  if (waiting.length === 0 && people.chance.happens(0.7)) return false
  const slot = people.chance.pick(slots)
  const domain = slot.startsWith('n') ? 'north.test' : 'south.test'
  const extension = slot === 'north-two' ? '702' : '701'
  const phones = people.callers(({ settings }) => settings.domain === domain)
  if (phones.length === 0) return false
  const phone = people.chance.pick(phones)
  // Where nobody waits, it parks what he holds.
  mayBeParked(people, phone.settings.user)
  people.call(
    phone,
    people.chance.happens(0.5) ? extension : `*88${extension}`,
    {
      answered: (leg) => {
        if (people.watch.peerOf(leg) !== null) people.count('fetched')
      },
      refused: (_, phrase) => neverForLines(people, phrase, 'A fetch'),
    },
    '',
    people.chance.happens(0.8),
  )
  return true
}

function neverForLines(people: People, phrase: string, what: string): void {
  if (phrase === noLines) people.watch.fail(`${what} was refused for want of lines`)
}

function pickup(people: People): boolean {
  const { chance } = people
  const ringing = people.ringing()
  if (ringing.length === 0) return false
  const call = chance.pick(ringing)
  const { settings: called } = call.phone
  const phones = people.callers(({ settings }) => settings.domain === called.domain && settings.name !== called.name)
  if (phones.length === 0) return false
  const phone = chance.pick(phones)
  const byReplaces = chance.happens(0.25)
  const code = chance.happens(0.75) ? `**${chance.happens(0.8) ? called.user.slice(1) : '1100'}` : '*8'
  people.call(
    phone,
    byReplaces ? called.user.slice(1) : code,
    {
      answered: (leg) => {
        if (people.watch.peerOf(leg) !== null) people.count('picked up')
      },
      refused: (_, phrase) => neverForLines(people, phrase, 'A pickup'),
    },
    byReplaces ? `Require: replaces\r\nReplaces: ${call.replaces}\r\n` : '',
    chance.happens(0.8),
  )
  return true
}

function takeover(people: People): boolean {
  const { chance } = people
  const several = people
    .talkers()
    .map((leg) => ({ leg, phones: people.callers((phone) => phone !== leg.phone && phone.settings.user === leg.user) }))
    .filter(({ leg, phones }) => leg.user !== '' && phones.length > 0)
  if (several.length === 0) return false
  const { leg, phones } = chance.pick(several)
  leg.handedOn ||= 'another phone may take it over'
  people.call(
    chance.pick(phones),
    leg.user.slice(1),
    {
      answered: () => people.count('taken over'),
      refused: (_, phrase) => neverForLines(people, phrase, 'Taking a call over'),
    },
    `Require: replaces\r\nReplaces: ${leg.replaces}\r\n`,
    chance.happens(0.8),
  )
  return true
}

function dialCode(people: People, code: (phone: Phone) => string): boolean {
  const phones = people.callers(() => true)
  if (phones.length === 0) return false
  const phone = people.chance.pick(phones)
  people.call(phone, code(phone), null, '', false)
  return true
}

function settings(people: People): boolean {
  const { chance, undisturbed, clock } = people
  const phones = people.callers(() => true)
  if (phones.length === 0) return false
  const phone = chance.pick(phones)
  const { user } = phone.settings
  const number = someNumber(people, phone)
  const code = chance.pick([`*72${number}`, '*73', `*90${number}`, '*91', `*92${number}`, '*93', '*78', '*79', '*79'])
  const blocks = chance.happens(0.2) ? chance.pick([`*60${number}`, `*80${number}`, '*60', '*80']) : code
  if (blocks === '*79') undisturbed.delete(user)
  people.call(phone, blocks, {
    answered: (_, response) => {
      const said = response.header(Header.pAssertedIdentity)
      // Somebody else's phone may have taken it back meanwhile.
      if (said.includes('Do not disturb on')) undisturbed.set(user, clock.now())
    },
  })
  return true
}

/** What an order may end: the sides of these calls, or those of one user. */
function mayEnd(people: People, calls: readonly CallOfUsers[], only = ''): void {
  for (const { sides } of calls) {
    for (const { user, key } of sides) if (only === '' || user === only) people.watch.ordered.add(key)
  }
}

function carryOut(people: People, order: CallOrder): boolean {
  const result = people.server.order(order)
  people.watch.note(`--- ordered ${JSON.stringify(order)}: ${JSON.stringify(result)}`)
  return result?.done === true
}

function hang(people: People): boolean {
  if (!people.server.serves) return false
  const calls = [...people.server.callsOfUsers()]
  if (calls.length === 0) return false
  const call = people.chance.pick(calls)
  const [user] = call.users
  if (user === undefined || people.chance.happens(0.6)) {
    mayEnd(people, [call])
    return carryOut(people, { order: 'hangUp', call: call.id })
  }
  mayEnd(
    people,
    calls.filter(({ users }) => users.includes(user)),
  )
  return carryOut(people, { order: 'endAll', user })
}

/** An answered call of a user, and him; `null`: there is none. */
function someCall(people: People): { readonly call: CallOfUsers; readonly user: string } | null {
  if (!people.server.serves) return null
  const calls = [...people.server.callsOfUsers()].filter(({ users, sides }) => users.length > 0 && sides.length > 0)
  if (calls.length === 0) return null
  const call = people.chance.pick(calls)
  return { call, user: people.chance.pick(call.users) }
}

function parkByOrder(people: People): boolean {
  const found = someCall(people)
  if (found === null) return false
  const { call, user } = found
  mayEnd(people, [call], user)
  const slots = people.slotsOf(domainOf(user))
  return carryOut(people, { order: 'park', call: call.id, user, slot: people.chance.pick(['', ...slots]) })
}

function order(people: People): boolean {
  const found = someCall(people)
  if (found === null) return false
  const { call, user } = found
  const kind = people.chance.weighted({ hold: 30, resume: 30, transfer: 40 })
  if (kind !== 'transfer') return carryOut(people, { order: kind, call: call.id, user })
  const [phone] = people.callers(({ settings }) => settings.domain === domainOf(user))
  if (phone === undefined) return false
  mayEnd(people, [call], user)
  return carryOut(people, { order: 'transfer', call: call.id, user, to: someNumber(people, phone) })
}

function dial(people: People): boolean {
  const phones = people.callers(() => true)
  if (phones.length === 0) return false
  const phone = people.chance.pick(phones)
  return carryOut(people, { order: 'dial', user: phone.settings.user, to: someNumber(people, phone) })
}

function hold(people: People): boolean {
  const talkers = people.talkers()
  if (talkers.length === 0) return false
  people.chance.pick(talkers).hold()
  return true
}

function vanish(people: People): boolean {
  const talkers = people.talkers()
  if (talkers.length === 0) return false
  const leg = people.chance.pick(talkers)
  leg.vanish()
  const peer = people.watch.peerOf(leg)
  if (peer?.talks === true && people.chance.happens(0.3)) peer.vanish()
  return true
}

/** Sometimes several at once: they come in their order. */
function message(people: People): boolean {
  const phones = people.callers(() => true)
  if (phones.length === 0) return false
  const phone = people.chance.pick(phones)
  const dialled = someNumber(people, phone)
  for (let count = people.chance.pick([1, 1, 2, 3]); count > 0; count--) people.post.write(phone, dialled)
  return true
}

function media(people: People): boolean {
  people.server.mediaIsThere(false)
  return later(people, 500, 8000, () => people.server.mediaIsThere(true))
}

/** Several call at once, or somebody calls for help. */
function limits(people: People): boolean {
  const { chance } = people
  const phones = people.callers(() => true)
  if (phones.length === 0) return false
  const phone = chance.pick(phones)
  if (chance.happens(0.4)) {
    people.call(phone, chance.pick(emergencyNumbers), {
      refused: (_, phrase) => people.limits.emergencyRefused(phrase),
    })
    return true
  }
  const colleagues = phones.filter(({ settings }) => settings.domain === phone.settings.domain)
  for (let count = 0; count < 3; count++) {
    const caller = chance.pick(colleagues)
    people.call(caller, someNumber(people, caller), null)
  }
  return true
}

/** A phone loses its connection, and comes back by another. */
function connection(people: People): boolean {
  const phones = people.stations.filter((phone) => phone.connection !== null)
  return phones.length > 0 && people.chance.pick(phones).connection?.lose() === true
}

function later(people: People, least: number, most: number, run: () => void): boolean {
  people.clock.start(people.chance.between(least, most), { timerFired: run }, 'later')
  return true
}
