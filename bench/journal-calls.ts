/** What plain calls with their records cost the thread that serves calls and the journal's other thread. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { OpenJournal } from '../engine/records/journal-file.ts'
import { openJournal } from '../engine/records/journal-file.ts'

const rate = 3200
const calls = 40_000
/** Calls that ring, and as many that are answered, at any time. */
const inProgress = 20
/** Lengths as they are saved for calls of `npm run bench -- calls`. */
const ringing = 'r'.repeat(590)
const answered = 'a'.repeat(580)
const answer = '2'.repeat(610)
const bye = 'b'.repeat(222)

export interface CostOfCalls {
  /** Microseconds of CPU time a call. */
  readonly servingThread: number
  readonly otherThread: number
  readonly bytes: number
}

/** Feeds a journal in `folder` with calls at 3200 a second, whose records are made meanwhile. */
export async function costOfCalls(folder: string, complain: (line: string) => void): Promise<CostOfCalls> {
  mkdirSync(folder)
  const log = { info: complain, warn: complain, error: complain }
  const records = { path: join(folder, 'records.db'), days: 90 }
  const opened = openJournal(join(folder, 'journal'), { log, records })
  await pause(1000)
  const before = threads()
  const begin = performance.now()
  let begun = 0
  let over = 0
  while (over < calls) {
    const due = Math.min(calls + 2 * inProgress, Math.floor(((performance.now() - begin) / 1000) * rate))
    for (; begun < due; begun++) {
      if (begun < calls) ring(opened, begun)
      if (begun >= inProgress && begun - inProgress < calls) take(opened, begun - inProgress)
      if (begun >= 2 * inProgress) end(opened, over++)
    }
    await pause(2)
  }
  // Records are made once a second.
  await pause(2500)
  const spent = [...threads()].map(([id, time]) => ({ id, time: (time - (before.get(id) ?? 0)) / 1000 / calls }))
  const bytes = opened.bytesWritten / calls
  await opened.close()
  const others = spent.filter(({ id }) => id !== process.pid).map(({ time }) => time)
  return {
    servingThread: spent.find(({ id }) => id === process.pid)?.time ?? 0,
    otherThread: Math.max(...others),
    bytes,
  }
}

/** Nanoseconds of CPU time of each thread of this process. */
function threads(): Map<number, number> {
  const times = new Map<number, number>()
  for (const id of readdirSync('/proc/self/task')) {
    times.set(Number(id), Number(readFileSync(`/proc/self/task/${id}/schedstat`, 'latin1').split(' ')[0]))
  }
  return times
}

function idOf(index: number): string {
  return `call${(1_000_000_000 + index).toString(36)}`
}

function ring(opened: OpenJournal, index: number): void {
  const { journal, events } = opened
  const id = idOf(index)
  events.began({
    id,
    at: Date.now(),
    callId: `${index}-1@127.0.0.1`,
    fromTag: `c${index}`,
    sequence: 1,
    source: 'UDP 127.0.0.1:5090',
    caller: { kind: 'trunk', id: 'trunk', title: '+4915112345678 (Trunk)' },
    asked: { kind: 'trunk', number: '+4915112345678', name: 'sipp', anonymous: false, ownDiversions: 0 },
    dialled: '+493020000757',
    domain: '',
    revision: 1,
    step: { facts: 'registered:u757=1 lines:u757=0', rules: '', rings: '300757 User 757', targets: 'user:u757' },
    refusal: null,
  })
  journal.put('call', id, ringing)
  opened.flush()
}

function take(opened: OpenJournal, index: number): void {
  const { journal, events } = opened
  const id = idOf(index)
  journal.put('obligation', `answer|${id}|caller`, answer)
  journal.put('call', id, answered)
  events.answered(id, Date.now(), { kind: 'user', id: 'u757', title: '300757 User 757' })
  opened.flush()
  journal.remove('obligation', `answer|${id}|caller`)
}

function end(opened: OpenJournal, index: number): void {
  const { journal, events } = opened
  const id = idOf(index)
  events.ended(id, Date.now(), 'caller', 200, 'OK')
  journal.remove('call', id)
  journal.put('obligation', `bye|${id}`, bye)
  opened.flush()
  journal.remove('obligation', `bye|${id}`)
}
