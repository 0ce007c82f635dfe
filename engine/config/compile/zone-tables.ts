/** Time zones as tables, so that no call asks a calendar. */
import type { ZoneTable } from '../snapshot.ts'
import { unchecked } from './unchecked.ts'

/** What the tables cover: before and after, the first and the last offset hold. */
const firstMoment = Date.UTC(2020, 0, 1)
const lastMoment = Date.UTC(2070, 0, 1)
const minute = 60_000
/** Clocks that change twice within so short a time exist nowhere. */
const step = 7 * 24 * 60 * minute
/** How often a calendar is asked between two pauses: a fraction of a millisecond. */
const questionsBetweenPauses = 50

/** By name. A zone costs milliseconds once in a process and is then shared by all snapshots. */
const known = new Map<string, ZoneTable>()

/** The table of a zone that has been made. */
export function zoneTable(name: string): ZoneTable {
  return known.get(name) ?? unchecked(`there is no table of the time zone ${name}`)
}

/** Makes the table of a zone, unless there is one. */
export function* makeZoneTable(name: string): Generator<void, void> {
  if (known.has(name)) return
  const offsetAt = offsetsOf(name)
  const changes: number[] = []
  let offset = offsetAt(firstMoment)
  const offsets = [offset]
  let questions = 0
  for (let at = firstMoment; at < lastMoment; ) {
    if (++questions % questionsBetweenPauses === 0) yield
    const next = at + step
    if (offsetAt(next) === offset) {
      at = next
      continue
    }
    // The clocks change between the two: halved until the minute is found.
    let before = at
    let after = next
    while (after - before > minute) {
      const middle = before + Math.floor((after - before) / 2 / minute) * minute
      if (offsetAt(middle) === offset) before = middle
      else after = middle
    }
    offset = offsetAt(after)
    changes.push(after)
    offsets.push(offset)
    at = after
  }
  known.set(name, { name, changes, offsets })
}

/** Asks the calendar of Node.js, milliseconds to milliseconds. */
function offsetsOf(name: string): (at: number) => number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' })
  return (at) => {
    const [, sign = '+', hours = '0', minutes = '0'] = /GMT(?:([+-])(\d\d):(\d\d))?/.exec(format.format(at)) ?? []
    const size = (Number(hours) * 60 + Number(minutes)) * minute
    return sign === '-' ? -size : size
  }
}
