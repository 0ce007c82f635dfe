/** Records of calls for people, and following them. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { CallRecord } from './client/api.ts'
import type { ApiClient } from './client/api-client.ts'
import { print, printJson, remark } from './output.ts'
import { duration, table } from './table.ts'

type Query = Readonly<Record<string, string>>

const head = ['Began', 'Caller', 'Dialled', 'Outcome', 'Answered by', 'Talked', 'Sound', 'Because of', 'Call']
/** How often new records are asked for, in milliseconds: they come about a second after a call's end. */
const followPause = 1000

export async function showRecords(client: ApiClient, query: Query, limit: number, json: boolean): Promise<void> {
  const records: CallRecord[] = []
  for await (const record of client.entries<CallRecord>('listRecords', query, limit)) records.push(record)
  if (json) return printJson(records)
  if (records.length === 0) return remark('There is none.')
  print(table(head, records.map(cellsOf)))
}

/** Prints each call when it has ended, until the process is told to stop. */
export async function followRecords(client: ApiClient, query: Query, json: boolean): Promise<void> {
  for await (const record of endedCalls(client, query, followPause)) {
    print(
      json
        ? JSON.stringify(record)
        : table(head, [cellsOf(record)])
            .split('\n')
            .slice(1)
            .join('\n'),
    )
  }
}

/**
 * Calls as they end, each once, those that end together in the order of their ends; without end itself.
 * @param pause between two looks, in milliseconds
 */
export async function* endedCalls(client: ApiClient, query: Query, pause: number): AsyncGenerator<CallRecord> {
  const given = new Set<string>()
  let since = query['since'] ?? new Date().toISOString()
  for (;;) {
    const records: CallRecord[] = []
    for await (const record of client.entries<CallRecord>('listRecords', { ...query, since })) records.push(record)
    const ended = records.filter(({ id, endedAt }) => endedAt !== null && !given.has(id))
    for (const record of ended.toSorted((one, other) => (one.endedAt ?? '').localeCompare(other.endedAt ?? ''))) {
      given.add(record.id)
      yield record
    }
    since = nextSince(records, since)
    const known = new Set(records.map(({ id }) => id))
    for (const id of given) if (!known.has(id)) given.delete(id)
    await sleep(pause)
  }
}

/** From the first call that still goes on; where none does, from the last one: others may have begun with it. */
function nextSince(records: readonly CallRecord[], before: string): string {
  const going = records.filter(({ endedAt }) => endedAt === null).map(({ startedAt }) => startedAt)
  const times = (going.length > 0 ? going : records.map(({ startedAt }) => startedAt)).toSorted()
  return (going.length > 0 ? times[0] : times.at(-1)) ?? before
}

/** How sound was that passed through the server: the worst estimate, what was lost both ways, and that it is recorded. */
export function soundOf({ quality, recordings }: Pick<CallRecord, 'quality' | 'recordings'>): string {
  const words: string[] = []
  const estimates = quality.map(({ mos }) => mos).filter((mos) => mos !== null)
  if (estimates.length > 0) words.push(Math.min(...estimates).toFixed(1))
  const lost = quality.reduce((sum, one) => sum + one.lost, 0)
  if (lost > 0) words.push(`${lost} lost`)
  if (recordings.length > 0) words.push('recorded')
  return words.join(', ')
}

function cellsOf(record: CallRecord): string[] {
  const { startedAt, caller, dialled, outcome, status, callee, talkSeconds, steps, id } = record
  const rules = steps.flatMap((step) => step.rules.map(({ rule }) => rule))
  return [
    new Date(startedAt).toLocaleString('sv-SE'),
    caller.title,
    dialled,
    outcome === null ? 'in progress' : `${outcome}${status === null ? '' : ` (${status})`}`,
    callee?.title ?? '',
    talkSeconds === 0 ? '' : duration(talkSeconds * 1000),
    soundOf(record),
    rules.join(', '),
    id,
  ]
}
