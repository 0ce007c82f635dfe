import type { AccountBody } from '../entities/account.ts'
import type { ScheduleBody } from '../entities/schedule.ts'
import type { Schedule } from '../snapshot.ts'
import type { ChangesByKind, ChangesOfKind } from './changes-by-kind.ts'
import { entitiesBetweenPauses } from './changes-by-kind.ts'
import { compileSchedule } from './compile-times.ts'
import { makeZoneTable } from './zone-tables.ts'

/** Schedules as they are now. */
export class Times {
  schedules: ReadonlyMap<string, Schedule> = new Map();

  *apply(changes: ChangesOfKind): Generator<void, void> {
    if (changes.size === 0) return
    const schedules = new Map(this.schedules)
    for (const [id, body] of changes) {
      if (body === null) schedules.delete(id)
      else schedules.set(id, compileSchedule(body as ScheduleBody))
      yield
    }
    this.schedules = schedules
  }
}

/** Makes the tables of all time zones that these changes name. */
export function* makeZoneTables(changes: ChangesByKind): Generator<void, void> {
  const names = new Set<string>()
  let count = 0
  for (const kind of ['schedule', 'site', 'user'] as const) {
    for (const [, body] of changes[kind]) {
      const name = body?.['timeZone']
      if (typeof name === 'string') names.add(name)
      if (++count % (20 * entitiesBetweenPauses) === 0) yield
    }
  }
  for (const [, body] of changes.account) {
    const limits = (body as AccountBody | null)?.tollFraud
    if (limits !== undefined) names.add(limits.timeZone ?? 'UTC')
  }
  for (const name of names) yield* makeZoneTable(name)
}
