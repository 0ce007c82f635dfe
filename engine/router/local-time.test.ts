import fc from 'fast-check'
import t from 'tap'
import { makeZoneTable, zoneTable } from '../config/compile/zone-tables.ts'
import type { Schedule, ZoneTable } from '../config/snapshot.ts'
import { isWithinWeek, localMinute, localText, momentOf, scheduleState } from './local-time.ts'

const zones = [
  'Europe/London',
  'America/New_York',
  'Africa/Casablanca',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Pacific/Apia',
  'UTC',
]

function zoneOf(name: string): ZoneTable {
  const made = makeZoneTable(name)
  while (made.next().done !== true);
  return zoneTable(name)
}

const minute = 60_000
const moments = fc.integer({ min: Date.UTC(2020, 0, 2) / minute, max: Date.UTC(2069, 11, 31) / minute })

/** What the calendar of Node.js says, as local minutes since 1970. */
function calendar(name: string): (now: number) => number {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: name,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  return (now) => {
    const parts = new Map(format.formatToParts(now).map(({ type, value }) => [type, Number(value)]))
    const of = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0
    return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute')) / minute
  }
}

t.test('clocks are those of the calendar, at any time and at every change', async (t) => {
  for (const name of zones) {
    const zone = zoneOf(name)
    const expected = calendar(name)
    fc.assert(
      fc.property(moments, (at) => localMinute(zone, at * minute) === expected(at * minute)),
      { numRuns: 300 },
    )
    for (const change of zone.changes) {
      for (const at of [change - minute, change, change + minute]) {
        if (localMinute(zone, at) !== expected(at)) t.fail(`${name} at ${new Date(at).toISOString()}`)
      }
    }
  }
  t.equal(zoneOf('UTC').changes.length, 0)
  t.equal(zoneOf('Europe/London'), zoneOf('Europe/London'), 'a table is made once')
})

t.test('a local time is the first moment at which the clocks show it or are past it', async () => {
  for (const name of zones) {
    const zone = zoneOf(name)
    fc.assert(
      fc.property(moments, (local) => {
        const moment = momentOf(zone, local)
        return localMinute(zone, moment) >= local && localMinute(zone, moment - minute) < local
      }),
      { numRuns: 300 },
    )
    for (const change of zone.changes) {
      for (const shift of [-61, -30, -1, 0, 1, 30, 61]) {
        const local = localMinute(zone, change) + shift
        const moment = momentOf(zone, local)
        if (localMinute(zone, moment) < local || localMinute(zone, moment - minute) >= local) {
          throw new Error(`${name}: ${localText(local)} is not ${new Date(moment).toISOString()}`)
        }
      }
    }
  }
})

t.test('a week is open between its minutes', async (t) => {
  const local = (text: string) => Date.parse(`${text}Z`) / minute
  // Monday 9:00 to 12:00, and Sunday 22:00 to Monday 6:00 as two.
  const hours = [0, 360, 540, 720, 6 * 1440 + 22 * 60, 7 * 1440]
  for (const [text, open] of [
    ['2026-03-02T08:59', false],
    ['2026-03-02T09:00', true],
    ['2026-03-02T11:59', true],
    ['2026-03-02T12:00', false],
    ['2026-03-08T21:59', false],
    ['2026-03-08T23:59', true],
    ['2026-03-09T00:00', true],
    ['2026-03-09T06:00', false],
    ['1969-12-29T10:00', true],
  ] as const) {
    t.equal(isWithinWeek(hours, local(text)), open, text)
  }
  t.equal(isWithinWeek([], 0), false)
})

t.test('of many exceptions the one that holds a day is found', async (t) => {
  const exceptions = Array.from({ length: 50 }, (_, index) => ({
    name: `e${index}`,
    firstDay: 20_000 + index * 10,
    lastDay: 20_000 + index * 10 + (index % 3),
    holiday: index % 2 === 0,
    minutes: index % 2 === 0 ? [] : [600, 660],
  }))
  const schedule: Schedule = { id: 's', name: 'S', timeZone: zoneOf('UTC'), weekly: [0, 10_080], exceptions }
  for (let day = 19_990; day < 20_520; day++) {
    const expected = exceptions.find(({ firstDay, lastDay }) => day >= firstDay && day <= lastDay)
    for (const ofDay of [599, 600, 659, 660]) {
      const { open, exception } = scheduleState(schedule, day * 1440 + ofDay)
      const isOpen = expected === undefined || (!expected.holiday && ofDay >= 600 && ofDay < 660)
      if (exception?.name !== expected?.name || open !== isOpen) t.fail(`day ${day}, minute ${ofDay}`)
    }
  }
})

t.test('a local minute reads as a date', async () => {
  const names = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
  const day = fc.integer({ min: Date.UTC(1600, 0, 1) / minute, max: Date.UTC(2500, 0, 1) / minute })
  fc.assert(
    fc.property(day, (local) => {
      const date = new Date(local * minute)
      return (
        localText(local) ===
        `${names[date.getUTCDay()]} ${date.toISOString().slice(0, 10)} ${date.toISOString().slice(11, 16)}`
      )
    }),
  )
})
