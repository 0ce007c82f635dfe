/**
 * `npm run simulate -- --mutants`: puts one known fault after the other into a copy of the compiled engine and shows
 * after how many calls the simulator notices. A simulator that finds nothing proves nothing until it finds these.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

interface Mutant {
  readonly name: string
  readonly file: string
  /** Text of the compiled file, and what stands in its place, wherever it stands. */
  readonly changes: readonly (readonly [text: string, replacement: string])[]
}

const mostCalls = 10_000

const mutants: readonly Mutant[] = [
  {
    name: 'Timer G fires once',
    file: 'engine/sip/transaction/invite-server.js',
    changes: [["this.#timerG = this.#home.clock.start(this.#interval, this, 'G');", '']],
  },
  {
    name: 'no ACK to a retransmitted 2xx',
    file: 'engine/calls/fork.js',
    changes: [["if (this.#ackText !== '')", 'if (this.#ackText === null)']],
  },
  {
    name: 'a 200 crossing CANCEL is not BYEd',
    file: 'engine/calls/fork.js',
    changes: [["obligations.bye(dialog, '', null);", '']],
  },
  {
    name: 'the line is not given back on 487',
    file: 'engine/calls/ringing-call.js',
    changes: [['this.#giveBack(this.#callerHoldings);', 'if (status !== 487) this.#giveBack(this.#callerHoldings);']],
  },
  {
    name: 'the journal forgets the remote CSeq',
    file: 'engine/sip/dialog.js',
    changes: [['$' + '{dialog.localSequence} $' + '{dialog.remoteSequence}', '$' + '{dialog.localSequence} -1']],
  },
  {
    name: 'two SDP answers under one To-tag',
    file: 'engine/calls/ringing-call.js',
    changes: [['fork.callerTagOf(response.toTag)', 'this.#transaction.toTag']],
  },
  {
    name: 'phones that lost the race are not cancelled',
    file: 'engine/calls/ringing-call.js',
    changes: [['fork.cancel(reason)', 'void reason']],
  },
  {
    name: 'PRACK names another response',
    file: 'engine/calls/early-dialog.js',
    changes: [['$' + '{responseNumber} $' + '{this.#sequence}', '$' + '{responseNumber + 1} $' + '{this.#sequence}']],
  },
  {
    name: 'any PRACK is taken for the one awaited, and none is passed',
    file: 'engine/calls/early-requests.js',
    changes: [['early !== null && !early.over', 'early === undefined']],
  },
  {
    name: 'the number of a PRACK is used again after the answer',
    file: 'engine/calls/fork.js',
    changes: [['dialog.localSequence = Math.max(dialog.localSequence, early.localSequence);', '']],
  },
  {
    name: 'a side that is gone is never asked for',
    file: 'engine/calls/session-timers.js',
    changes: [['call.timersDue(now)', 'void now']],
  },
  {
    name: 'an answer overtakes a session that is not acknowledged',
    file: 'engine/calls/ringing-call.js',
    changes: [['this.#reliable?.awaitsSession(tag) === true', 'this.#over']],
  },
  {
    name: 'an offer under way at a crash is forgotten',
    file: 'engine/calls/conversation.js',
    changes: [["unsettled === 'u'", "unsettled === ''"]],
  },
  {
    name: 'an early session is not known to refreshes',
    file: 'engine/calls/conversation.js',
    changes: [['this.caller.describedEarly(early.said)', 'void early']],
  },
  {
    name: 'a late copy of an INVITE is a new call after a crash',
    file: 'engine/calls/call-server.js',
    changes: [['recovered.begun ?? []', '[]']],
  },
  {
    name: 'a refusal is forgotten by a crash',
    file: 'engine/calls/recovery.js',
    changes: [['services.obligations.resumeRefusal(value)', 'value']],
  },
]

const built = fileURLToPath(new URL('../../', import.meta.url))
const packages = join(dirname(createRequire(import.meta.url).resolve('yaml/package.json')), '..')

/** A copy of everything the simulator needs. */
function copyProgram(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ringdown-mutants-'))
  for (const part of ['engine', 'test/simulation', 'test/wire']) {
    cpSync(join(built, part), join(folder, part), { recursive: true })
  }
  symlinkSync(packages, join(folder, 'node_modules'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n')
  return folder
}

function mutate(text: string, mutant: Mutant): string {
  let mutated = text
  for (const [from, to] of mutant.changes) {
    if (!mutated.includes(from)) throw new Error(`Mutant "${mutant.name}" finds nothing to change in ${mutant.file}`)
    mutated = mutated.replaceAll(from, () => to)
  }
  return mutated
}

/** Makes calls with the fault in. @returns the first violation as it was printed, or '' */
function firstViolation(folder: string, mutant: Mutant): string {
  const path = join(folder, mutant.file)
  const original = readFileSync(path, 'utf8')
  writeFileSync(path, mutate(original, mutant))
  const script = join(folder, 'test/simulation/simulate.js')
  const run = spawnSync(process.execPath, [script, '--calls', String(mostCalls), '--crash', '0.1', '--threads', '1'], {
    encoding: 'utf8',
  })
  writeFileSync(path, original)
  if (run.status === 0) return ''
  const [first = ''] = run.stdout.split('\n')
  if (!first.startsWith('Seed ')) throw new Error(`Mutant "${mutant.name}" does not run:\n${run.stdout}${run.stderr}`)
  return first
}

const folder = copyProgram()
let missed = 0
try {
  for (const mutant of mutants) {
    const violation = firstViolation(folder, mutant)
    if (violation === '') missed++
    const calls = /within (\d+) calls/.exec(violation)?.[1] ?? ''
    const verdict = violation === '' ? `NOT CAUGHT within ${mostCalls} calls` : `caught within ${calls} calls`
    const what = violation.slice(violation.indexOf(': ') + 2, 160)
    console.log(`${mutant.name}: ${verdict}${violation === '' ? '' : `\n    ${what}`}`)
  }
} finally {
  rmSync(folder, { recursive: true })
}
console.log(`${mutants.length - missed} of ${mutants.length} mutants caught`)
process.exitCode = missed === 0 ? 0 : 1
