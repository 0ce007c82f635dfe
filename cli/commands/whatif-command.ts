import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import type { CallPath, WhatIf, WhatIfQuestion } from '../client/api.ts'
import type { Answer, ApiClient } from '../client/api-client.ts'
import { RequestRefusedError } from '../client/api-error.ts'
import { connect } from '../client/connect.ts'
import { readSingleChange } from '../fields/single-change.ts'
import { print, printJson, remark } from '../output.ts'
import { readInput } from '../read-input.ts'
import type { CommandOptions } from '../setting-options.ts'
import { addSettings, serverSettings } from '../setting-options.ts'
import { printable } from '../table.ts'
import { withProgress } from '../terminal.ts'
import { UsageError } from '../usage-error.ts'

/** Calls that are shown of each change of path. */
const mostExamples = 3

/** `whatif`: what a change would do to calls, before it is made. */
export function addWhatIfCommand(program: Command): void {
  const command = program.command('whatif').helpGroup('Calls:')
  command
    .description('try a change on calls of the past, save nothing, and list the calls that would take another path')
    .argument(
      '<CHANGE>',
      'a document as for apply (- is standard input), or one change: user/ben/forwarding.busy.to.user=cora; ' +
        'the value null takes the field away, and user/ben=null the user',
    )
    .option('--last <COUNT>', 'try the newest records of calls, so many; default 1000')
    .option('--calls <FILE>', 'try the calls of a list in their place: CSV with the columns caller, dialled, at')
    .option('--prune', 'as if apply deleted what the document does not have')
    .option('--limit <COUNT>', 'list at most so many calls; default 100')
    .option('--json', 'for programs')
  addSettings(command, serverSettings).action(async (change: string, options: CommandOptions) => {
    const question = questionOf(change, options)
    const asked = ask(connect(options), question, options['calls'])
    const { body } = await withProgress('Trying calls', asked)
    if (options['json'] === true) printJson(body)
    else printWhatIf(body)
  })
}

/** @throws RequestRefusedError in which a mistake of the list of calls is a mistake of the file that it came from */
async function ask(client: ApiClient, question: WhatIfQuestion, file: unknown): Promise<Answer<WhatIf>> {
  try {
    return await client.ask('whatIf', { body: question })
  } catch (error) {
    if (typeof file !== 'string' || !(error instanceof RequestRefusedError)) throw error
    const problems = error.problem.problems?.map((one) => ({
      ...one,
      path: one.path.replace(/^csv(?= line |$)/, () => file),
    }))
    throw new RequestRefusedError(error.status, { ...error.problem, ...(problems === undefined ? {} : { problems }) })
  }
}

function questionOf(change: string, options: CommandOptions): WhatIfQuestion {
  const { calls, last, limit, prune } = options
  if (calls !== undefined && last !== undefined) throw new UsageError('write --calls or --last, not both')
  const entity = change === '-' || existsSync(change) ? null : readSingleChange(change)
  if (entity !== null && prune === true) throw new UsageError('--prune goes with a document')
  return {
    ...(entity === null ? { document: readInput(change), ...(prune === true ? { prune } : {}) } : { entity }),
    ...(typeof calls === 'string' ? { csv: readInput(calls) } : {}),
    ...(last === undefined ? {} : { last: countOf('--last', last, 1) }),
    ...(limit === undefined ? {} : { limit: countOf('--limit', limit, 0) }),
  }
}

function countOf(name: string, text: unknown, least: number): number {
  const count = Number(text)
  if (Number.isInteger(count) && count >= least) return count
  throw new UsageError(`${name} is "${String(text)}": write a whole number from ${least}`)
}

function printWhatIf({ revision, changes, changesInAll, warnings, comparison }: WhatIf): void {
  const { calls, changed, skipped, groups, unlistedGroups } = comparison
  for (const { kind, id, change } of changes) print(`${signs[change]} ${kind} ${id}`)
  if (changesInAll > changes.length) print(`... and ${changesInAll - changes.length} more`)
  if (changesInAll === 0) remark(`This changes nothing in revision ${revision}.`)
  for (const { path, message, cure } of warnings) remark(`warning: ${path}: ${message}. ${cure}`)
  print('\n')
  print(verdictOn(calls, changed))
  for (const { because, calls: count } of skipped) print(`${count} could not be tried: ${because}`)
  for (const { calls: count, before, after, listed } of groups) {
    print('\n')
    print(`${count} ${count === 1 ? 'call' : 'calls'}:`)
    printPath('now', before)
    printPath('then', after)
    for (const { id, at, caller, dialled } of listed.slice(0, mostExamples)) {
      print(printable(`  ${new Date(at).toISOString()}  ${caller} dialled ${dialled}  (${id})`))
    }
    if (count > Math.min(listed.length, mostExamples)) {
      print(`  ... and ${count - Math.min(listed.length, mostExamples)} more`)
    }
  }
  if (unlistedGroups > 0) print(`\n... and ${unlistedGroups} calls that change in other ways`)
}

function verdictOn(calls: number, changed: number): string {
  if (calls === 0) {
    return (
      'There are no calls to try it on: none has been made yet. Write some into a file and give it with --calls FILE:\n' +
      '  caller,dialled,at\n  anna,1002,2026-03-01T18:30:00Z'
    )
  }
  if (changed > 0) return `${changed} of ${calls} calls would take another path.`
  return calls === 1 ? 'The call would take the same path.' : `All ${calls} calls would take the same path.`
}

const signs = { added: '+', changed: '~', deleted: '-' } as const

function printPath(when: string, { text }: CallPath): void {
  for (const [index, line] of text.entries()) print(printable(`  ${(index === 0 ? when : '').padEnd(5)} ${line}`))
}
