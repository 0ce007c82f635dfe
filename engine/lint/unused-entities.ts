import type { ConfigurationView, Kind } from '../config/entities/kind.ts'
import type { LintFinding } from './lint-finding.ts'

const owners = ['user', 'ringGroup', 'callQueue', 'autoAttendant', 'pagingGroup', 'conference'] as const

/** Numbers that nobody has: who calls them hears that they are not in service. */
export function* numbersOfNobody(configuration: ConfigurationView): Generator<LintFinding> {
  for (const body of configuration.all('phoneNumber')) {
    const number = String(body['number'])
    if (body['status'] !== undefined || owners.some((owner) => body[owner] !== undefined)) continue
    if (isReferred(configuration, 'phoneNumber', number)) continue
    yield {
      kind: 'phoneNumber',
      id: number,
      path: '',
      value: number,
      message: 'nobody has this number: who calls it is told that it is not in service',
      cure: 'Give it to a user or a service, or take it out',
    }
  }
}

/** Schedules that decide nothing. */
export function* schedulesOfNobody(configuration: ConfigurationView): Generator<LintFinding> {
  for (const body of configuration.all('schedule')) {
    const id = String(body['id'])
    if (isReferred(configuration, 'schedule', id)) continue
    yield {
      kind: 'schedule',
      id,
      path: '',
      value: '',
      message: 'nothing goes by this schedule',
      cure: 'Name it in a rule or an auto attendant, or take it out',
    }
  }
}

function isReferred(configuration: ConfigurationView, kind: Kind, id: string): boolean {
  for (const _ of configuration.referrersOf(kind, id)) return true
  return false
}
