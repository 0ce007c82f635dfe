/** `revisions`, `diff`, `restore` and `audit`: what changed, who did it, and bringing it back. */
import type { Command } from 'commander'
import { formatDifference } from '../../engine/config/difference.ts'
import type { AuditEvent, Change, Restoring, Revision } from '../client/api.ts'
import { connect } from '../client/connect.ts'
import { changeOf } from '../documents/server-documents.ts'
import { print, printJson, remark } from '../output.ts'
import { readYaml } from '../read-input.ts'
import type { CommandOptions } from '../setting-options.ts'
import { addSettings, serverSettings } from '../setting-options.ts'
import { table } from '../table.ts'
import { withProgress } from '../terminal.ts'
import { UsageError } from '../usage-error.ts'
import { limitOf } from './entity-commands.ts'

/** Where no limit is given, so many lines are shown to people. */
const usualLines = 50

export function addRevisionCommands(program: Command): void {
  addRevisions(program)
  addDiff(program)
  addRestore(program)
  addAudit(program)
}

function addRevisions(program: Command): void {
  const command = program.command('revisions').helpGroup('Documents and revisions:')
  command
    .description('list the revisions of the configuration, newest first')
    .option('--limit <COUNT>', `at most so many; default ${usualLines}`)
    .option('--json', 'for programs')
  addSettings(command, serverSettings).action(async (options: CommandOptions) => {
    const items = await newest<Revision>(options, 'listRevisions', {})
    if (options['json'] === true) return printJson(items)
    const rows = items.map((one) => [String(one.revision), localTime(one.at), byWhom(one), one.source, one.summary])
    print(table(['revision', 'at', 'by', 'by way of', 'what'], rows))
  })
}

function addDiff(program: Command): void {
  const command = program.command('diff').helpGroup('Documents and revisions:')
  command
    .description('print what leads from one revision to another')
    .argument('<FROM>', 'number of a revision')
    .argument('<TO>', 'number of the other one')
    .option('--json', 'for programs')
  addSettings(command, serverSettings).action(async (from: string, to: string, options: CommandOptions) => {
    const path = { revision: revisionNumber(from) }
    const { body } = await connect(options).ask('compareRevisions', { path, query: { to: revisionNumber(to) } })
    if (options['json'] === true) return printJson(body.changes)
    if (body.changes.length === 0) return remark('Nothing differs.')
    printChanges(body.changes)
  })
}

function addRestore(program: Command): void {
  const command = program.command('restore').helpGroup('Documents and revisions:')
  command
    .description('make the configuration as it was at a revision; that is a new revision')
    .argument('<REVISION>', 'its number ("ringdown restore-backup" brings back a backup)')
    .option('--dry-run', 'print what would change and change nothing')
    .option(
      '--new-secrets <FILE>',
      'passwords of entries that come back and whose own nobody keeps: a list of kind, id, field, value',
    )
    .option('--json', 'for programs')
  addSettings(command, serverSettings).action(async (revision: string, options: CommandOptions) => {
    const dryRun = options['dryRun'] === true
    const request = {
      path: { revision: revisionNumber(revision) },
      query: { dryRun },
      body: newSecrets(options['newSecrets']),
    }
    const { body } = await withProgress('Restoring', connect(options).ask('restoreRevision', request))
    if (options['json'] === true) return printJson(body)
    printChanges(body.changes)
    const more = body.changesInAll - body.changes.length
    if (more > 0) print(`... and ${more} more`)
    if (body.changes.length === 0) remark(`Nothing differs from revision ${revision}.`)
    else if (dryRun) remark(`Revision ${body.revision} would change so.`)
    else remark(`Restored: revision ${body.revision}${body.inForce ? ', in force' : ', not yet in force'}.`)
  })
}

function newSecrets(file: unknown): Restoring {
  if (typeof file !== 'string') return {}
  const value = readYaml(file)
  if (Array.isArray(value)) return { newSecrets: value as NonNullable<Restoring['newSecrets']> }
  throw new UsageError(`${file}: write a list, each entry with kind, id, field and value`)
}

function addAudit(program: Command): void {
  const command = program.command('audit').helpGroup('Documents and revisions:')
  command
    .description('list who changed what and who signed in, newest first')
    .option('--actor <NAME>', 'only what this administrator did')
    .option('--action <ACTION>', 'only this: change, sign-in, sign-in-failed, ...')
    .option('--source <SOURCE>', 'only what came this way: api, document, restore, command or start')
    .option('--kind <KIND>', 'only what is about entities of this kind, as phoneNumber')
    .option('--id <ID>', 'only what is about the entity with this id; goes with --kind')
    .option('--since <TIME>', 'only from this time on, as 2026-03-01T18:30Z')
    .option('--until <TIME>', 'only up to this time')
    .option('--limit <COUNT>', `at most so many; default ${usualLines}`)
    .option('--json', 'for programs')
  addSettings(command, serverSettings).action(async (options: CommandOptions) => {
    const query: Record<string, string> = {}
    for (const name of ['actor', 'action', 'source', 'kind', 'id', 'since', 'until']) {
      const value = options[name]
      if (typeof value === 'string') query[name] = value
    }
    const items = await newest<AuditEvent>(options, 'listAuditEvents', query)
    if (options['json'] === true) return printJson(items)
    if (items.length === 0) return remark('There is none.')
    const rows = items.map((one) => [String(one.number), localTime(one.at), byWhom(one), one.action, one.summary])
    print(table(['number', 'at', 'by', 'action', 'what'], rows))
  })
}

async function newest<Entry>(
  options: CommandOptions,
  id: 'listRevisions' | 'listAuditEvents',
  query: Record<string, string>,
): Promise<Entry[]> {
  const limit = limitOf(options)
  const items: Entry[] = []
  for await (const entry of connect(options).entries<Entry>(id, query, limit === Infinity ? usualLines : limit))
    items.push(entry)
  return items
}

function printChanges(changes: readonly Change[]): void {
  for (const line of formatDifference(changes.map(changeOf))) print(line)
}

/** @throws UsageError */
function revisionNumber(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new UsageError(`"${text}" is no revision: write its number ("ringdown revisions" lists them)`)
}

function byWhom({ actor, address }: { actor: string; address: string }): string {
  return address === '' || address === '127.0.0.1' || address === '::1' ? actor : `${actor} (${address})`
}

/** On this machine's clock. */
export function localTime(text: string): string {
  return new Date(text).toLocaleString('sv-SE')
}
