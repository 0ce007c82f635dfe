import type { BanEntry, TollUseEntry } from '../engine/control/protocol.ts'
import type { Call, ParkedCall, Registration, Subscription, TrunkState } from './client/api.ts'
import { print, printJson } from './output.ts'
import { duration, table } from './table.ts'

/** Who is registered, of the fields that the control port and the API both give. */
type ShownRegistration = Pick<
  Registration,
  'extension' | 'user' | 'sipUserName' | 'contact' | 'transport' | 'source' | 'expiresAt' | 'userAgent'
>
type ShownCall = Pick<Call, 'id' | 'state' | 'caller' | 'dialled' | 'callee' | 'startedAt' | 'answeredAt' | 'heldBy'>

/** Prints what was used of the limits against toll fraud, whoever has used most first. */
export function printTollUse(entries: readonly TollUseEntry[], json: boolean): void {
  if (json) {
    printJson(entries)
    return
  }
  const weight = ({ seconds: { low, medium, high } }: TollUseEntry) => high * 100 + medium * 10 + low
  const rows = [...entries]
    .sort((one, other) => weight(other) - weight(one))
    .map(({ key, name, calls, seconds, outsideHours }) => [
      key,
      name,
      calls,
      ...[seconds.high, seconds.medium, seconds.low].map((used) => duration(used * 1000)),
      outsideHours,
    ])
  const head = ['Who', 'Name', 'Calls now', 'High risk', 'Medium', 'Low', 'Outside hours']
  const nothing = 'Nothing was used today, or the account sets no limits (tollFraud).'
  print(
    rows.length === 0
      ? nothing
      : table(
          head,
          rows.map((row) => row.map(String)),
        ),
  )
}

/** Prints who is registered. */
export function printRegistrations(registrations: readonly ShownRegistration[], json: boolean): void {
  if (json) {
    printJson(registrations)
    return
  }
  const now = Date.now()
  const rows = registrations.map((one) => [
    one.extension,
    one.user,
    one.sipUserName,
    one.contact,
    `${one.transport} ${one.source}`,
    duration(one.expiresAt - now),
    one.userAgent,
  ])
  const head = ['Extension', 'User', 'SIP user name', 'Contact', 'From', 'Expires in', 'Phone']
  print(rows.length === 0 ? 'No phone is registered.' : table(head, rows))
}

/** Prints what phones watch. */
export function printSubscriptions(subscriptions: readonly Subscription[], json: boolean): void {
  if (json) {
    printJson(subscriptions)
    return
  }
  const now = Date.now()
  const rows = subscriptions.map((one) => [
    one.event,
    one.watchedName === '' ? one.watched : one.watchedName,
    one.extension,
    one.user,
    one.sipUserName,
    one.flowLost ? `${one.transport}, away` : `${one.transport} ${one.source}`,
    duration(one.expiresAt - now),
  ])
  const head = ['Event', 'Of', 'Extension', 'Watched by', 'SIP user name', 'At', 'Expires in']
  print(rows.length === 0 ? 'No phone watches anything.' : table(head, rows))
}

/** Prints the calls in progress. */
export function printCalls(calls: readonly ShownCall[], json: boolean): void {
  if (json) {
    printJson(calls)
    return
  }
  const now = Date.now()
  const rows = calls.map((call) => [
    call.heldBy === 'nobody' ? call.state : 'on hold',
    call.caller,
    call.dialled,
    call.callee,
    duration(now - (call.answeredAt || call.startedAt)),
    call.id,
  ])
  const head = ['State', 'Caller', 'Dialled', 'With', 'For', 'Call']
  print(rows.length === 0 ? 'No call is in progress.' : table(head, rows))
}

/** Prints who waits in park slots. */
export function printParked(calls: readonly ParkedCall[], json: boolean): void {
  if (json) {
    printJson(calls)
    return
  }
  const now = Date.now()
  const rows = calls.map(({ extension, name, parked, by, since, call }) => [
    extension,
    name,
    parked,
    by,
    duration(now - since),
    call,
  ])
  print(rows.length === 0 ? 'Nobody is parked.' : table(['Slot', 'Name', 'Waits', 'Parked by', 'For', 'Call'], rows))
}

/** Prints how trunks are. */
export function printTrunks(trunks: readonly TrunkState[], json: boolean): void {
  if (json) {
    printJson(trunks)
    return
  }
  const now = Date.now()
  const rows = trunks.map(({ id, name, state, registration, channelsInUse, channels, addresses, problem }) => [
    id,
    name,
    state,
    registration === null ? '-' : registrationText(registration, now),
    channels === 0 ? String(channelsInUse) : `${channelsInUse} of ${channels}`,
    addresses.map((one) => (one.state === 'up' ? one.address : `${one.address} (${one.state})`)).join(', '),
    problem,
  ])
  const head = ['Id', 'Name', 'State', 'Registration', 'Calls', 'Addresses', 'Problem']
  print(rows.length === 0 ? 'There is no trunk.' : table(head, rows))
}

function registrationText({ state, expiresAt }: NonNullable<TrunkState['registration']>, now: number): string {
  return expiresAt === 0 ? state : `${state}, for ${duration(expiresAt - now)}`
}

/** Prints the addresses that get no answer. */
export function printBans(bans: readonly BanEntry[], json: boolean): void {
  if (json) {
    printJson(bans)
    return
  }
  const now = Date.now()
  const rows = bans.map(({ source, until }) => [source, duration(until - now)])
  print(rows.length === 0 ? 'No address is banned.' : table(['Address', 'For'], rows))
}
