/** `check`, `apply` and `export`: the configuration as one document. */
import { writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import { compile } from '../../engine/config/compile/compile-document.ts'
import { formatDifference } from '../../engine/config/difference.ts'
import { kindNames } from '../../engine/config/entities/kind.ts'
import { kindDefinition } from '../../engine/config/entities/kinds.ts'
import { joinPath } from '../../engine/config/finding-list.ts'
import type { Problem } from '../../engine/config/problem.ts'
import { formatProblem } from '../../engine/config/problem.ts'
import { readDocument } from '../../engine/config/read-document.ts'
import { lintConfiguration } from '../../engine/lint/lint-configuration.ts'
import { StartError } from '../../supervisor/data-folder.ts'
import { documentPlace } from '../documents/choose-place.ts'
import type { Applied, ApplyRequest, DocumentPlace } from '../documents/document-place.ts'
import { print, printJson, remark } from '../output.ts'
import { readInput } from '../read-input.ts'
import type { CommandOptions } from '../setting-options.ts'
import { addSettings, serverSettings } from '../setting-options.ts'
import { confirmed, isInteractive, withProgress } from '../terminal.ts'
import { UsageError } from '../usage-error.ts'

export function addDocumentCommands(program: Command): void {
  addCheck(program)
  addApply(program)
  addExport(program)
}

function addCheck(program: Command): void {
  const command = program.command('check').helpGroup('Documents and revisions:')
  command
    .description('check a configuration document: every mistake with its place and cure')
    .argument('<FILE>', 'the document, YAML or JSON; - is standard input')
    .action((file: string) => check(file))
}

function check(file: string): void {
  const reading = readDocument(readInput(file), file)
  const problems = reading.ok ? [] : reading.problems
  for (const problem of problems) remark(`${file}: ${formatProblem(problem)}`)
  for (const warning of reading.warnings) remark(`${file}: warning: ${formatProblem(warning)}`)
  if (!reading.ok) {
    process.exitCode = 1
    if (problems.some(isMissingSecret)) {
      remark(
        `${file}: what "ringdown export" prints has no passwords: "ringdown apply ${file} --dry-run" checks such a document ` +
          'against the server, which keeps them',
      )
    }
    return
  }
  const { document, configuration } = reading
  // Whatever is told already needs no telling in other words; these have places in the document.
  const told = new Set(reading.warnings.map(({ message }) => message))
  const { findings, unlisted } = lintConfiguration(configuration, compile(document, 0), Date.now())
  for (const { kind, id, path, value, message, cure } of findings) {
    if (told.has(message)) continue
    remark(`${file}: warning: ${formatProblem({ path: joinPath(`${kind} ${id}`, path), value, message, cure })}`)
  }
  if (unlisted > 0) remark(`${file}: and ${unlisted} more warnings`)
  const counts = `${document.pbxs.length} PBXs, ${document.users?.length ?? 0} users, ${document.trunks?.length ?? 0} trunks`
  print(`${file}: no mistakes (${counts})`)
}

const secretFields = new Set(kindNames.flatMap((kind) => kindDefinition(kind).secrets))

function isMissingSecret({ path, value }: Problem): boolean {
  return value === '' && secretFields.has(path.slice(path.lastIndexOf('.') + 1))
}

function addApply(program: Command): void {
  const command = program.command('apply').helpGroup('Documents and revisions:')
  command
    .description('make the configuration what a document says, whole or not at all, and print the difference')
    .argument('<FILE>', 'the document, YAML or JSON; - is standard input')
    .option('--dry-run', 'check, print the difference and change nothing')
    .option('--prune', 'also delete what the document does not have; asks before it at a terminal')
    .option('--yes', 'delete without asking')
    .option('--json', 'for programs')
  addSettings(command, serverSettings).action(async (file: string, options: CommandOptions) => {
    const request = {
      text: readInput(file),
      fileName: file,
      dryRun: options['dryRun'] === true,
      prune: options['prune'] === true,
      expectedRevision: null,
    }
    await apply(await documentPlace(options), request, options['json'] === true, options['yes'] === true)
  })
}

async function apply(place: DocumentPlace, request: ApplyRequest, json: boolean, yes: boolean): Promise<void> {
  const asks = request.prune && !request.dryRun && !yes && isInteractive()
  const expectedRevision = asks ? await agreed(place, request) : null
  const doing = request.dryRun ? 'Checking' : 'Applying'
  const applied = await withProgress(doing, place.apply({ ...request, expectedRevision }))
  if (json) return printJson({ ...applied, changes: undefined, difference: formatDifference(applied.changes) })
  if (!asks) printDifference(applied)
  for (const warning of applied.warnings) remark(`warning: ${formatProblem(warning)}`)
  remark(outcome(applied, request.dryRun))
}

/**
 * Shows what would change and, where something would be deleted, asks.
 * @returns the revision to which that holds
 * @throws StartError where the answer is no
 */
async function agreed(place: DocumentPlace, request: ApplyRequest): Promise<number> {
  const would = await withProgress('Checking', place.apply({ ...request, dryRun: true }))
  printDifference(would)
  const deleted = would.changes.filter(({ after }) => after === null).length
  const more = would.changesInAll > would.changes.length ? ' or more' : ''
  const entries = deleted === 1 ? '1 entry' : `${deleted}${more} entries`
  if (deleted > 0 && !(await confirmed(`Delete ${entries} of ${place.title}?`))) {
    throw new StartError('Nothing was changed')
  }
  return would.revision
}

function printDifference({ changes, changesInAll }: Applied): void {
  for (const line of formatDifference(changes)) print(line)
  if (changesInAll > changes.length) print(`... and ${changesInAll - changes.length} more entries`)
}

function outcome({ changesInAll, revision, inForce }: Applied, dryRun: boolean): string {
  if (changesInAll === 0) return `Nothing differs from revision ${revision}.`
  const entries = changesInAll === 1 ? '1 entry' : `${changesInAll} entries`
  if (dryRun) return `${entries} of revision ${revision} would change.`
  const force = inForce === null ? '' : inForce ? ', in force' : ', not yet in force: no engine has confirmed it'
  return `${entries} changed: revision ${revision}${force}.`
}

function addExport(program: Command): void {
  const command = program.command('export').helpGroup('Documents and revisions:')
  command
    .description('print the whole configuration as a document, without secrets; applied again it changes nothing')
    .option('--output <FILE>', 'write it to a file that is not there yet')
    .option('--json', 'JSON in place of YAML')
  addSettings(command, serverSettings).action(async (options: CommandOptions) => {
    const place = await documentPlace(options)
    const text = await withProgress('Exporting', place.export(options['json'] === true ? 'json' : 'yaml'))
    const output = options['output']
    if (typeof output !== 'string') return print(text)
    try {
      writeFileSync(output, text, { flag: 'wx', mode: 0o600 })
    } catch (error) {
      throw new UsageError(`${output} cannot be written: ${error instanceof Error ? error.message : String(error)}`)
    }
    remark(`Written to ${output}.`)
  })
}
