/** `ringdown recordings`: list, download, hold, retrieve and delete recordings of calls. */
import { createWriteStream, existsSync, rmSync } from 'node:fs'
import type { Command } from 'commander'
import { Option } from 'commander'
import type { RecordedCall, RecordingTask, RecordingUsage } from '../client/api.ts'
import type { ApiClient } from '../client/api-client.ts'
import { connect } from '../client/connect.ts'
import { filterQuery } from '../filter-query.ts'
import { print, printJson } from '../output.ts'
import type { CommandOptions } from '../setting-options.ts'
import { addSettings, serverSettings } from '../setting-options.ts'
import { duration, table } from '../table.ts'
import { UsageError } from '../usage-error.ts'
import { limitOf } from './entity-commands.ts'

const filterNames = ['user', 'extension', 'direction', 'pbx', 'site', 'number', 'call', 'state'] as const
/** How often a task is asked how far it is, in milliseconds. */
const askEvery = 300

export function addRecordingCommands(program: Command): void {
  const group = program.command('recordings').helpGroup('Calls:')
  group.description('recordings of calls: list, download, hold, retrieve, delete')
  addList(group)
  addUsage(group)
  addDownload(group)
  addHold(group)
  addRetrieve(group)
  addDelete(group)
}

function addFilters(command: Command): Command {
  return command
    .option('--since <TIME>', 'only those from this time on, as 2026-03-01T18:30 (local time) or with a zone')
    .option('--until <TIME>', 'only those up to this time')
    .option('--user <USER>', 'only those in which the user with this id took part, or that are his')
    .option('--extension <EXTENSION>', 'only those of this extension')
    .addOption(
      new Option('--direction <DIRECTION>', 'only calls that went this way').choices([
        'incoming',
        'outgoing',
        'internal',
      ]),
    )
    .option('--pbx <PBX>', 'only those of this PBX')
    .option('--site <SITE>', 'only those of this site')
    .option('--number <PART>', 'only those in whose numbers this is found')
    .option('--search <TEXT>', 'only those in whose names or numbers this is found')
    .option('--call <ID>', 'only those of this call: its id from `ringdown records`')
    .addOption(
      new Option('--state <STATE>', 'only those in this state').choices(['available', 'archived', 'retrieved']),
    )
}

/** @throws UsageError unless it is said which */
function chosen(ids: readonly string[], options: CommandOptions): object {
  const filter = filterQuery(options, filterNames)
  const isFiltered = Object.keys(filter).length > 0
  if (ids.length > 0 && isFiltered) throw new UsageError('write ids or a filter, not both')
  if (ids.length > 0) return { ids: [...ids] }
  if (isFiltered) return { filter }
  if (options['all'] === true) return { all: true }
  throw new UsageError('say which recordings: their ids, a filter, or --all')
}

function addList(group: Command): void {
  const command = group.command('list').description('list recordings, newest first')
  addFilters(command).option('--limit <COUNT>', 'at most so many; default 50').option('--json', 'for programs')
  addSettings(command, serverSettings).action(async (options: CommandOptions) => {
    const limit = limitOf(options)
    const entries: RecordedCall[] = []
    const list = connect(options).entries<RecordedCall>(
      'listRecordings',
      filterQuery(options, filterNames),
      limit === Infinity ? 50 : limit,
    )
    for await (const entry of list) entries.push(entry)
    if (options['json'] === true) return printJson(entries)
    if (entries.length === 0) return print('No recordings.')
    print(table(['ID', 'STARTED', 'LENGTH', 'CALLER', 'CALLEE', 'STATE'], entries.map(rowOf)))
  })
}

function rowOf({ id, startedAt, milliseconds, caller, callee, state, hold }: RecordedCall): string[] {
  const side = ({ number, name }: RecordedCall['caller']) => `${number} ${name}`.trim()
  return [
    id,
    startedAt.slice(0, 19),
    duration(milliseconds),
    side(caller),
    side(callee),
    hold === null ? state : `${state}, held`,
  ]
}

function addUsage(group: Command): void {
  const command = group.command('usage').description('how much recordings take').option('--json', 'for programs')
  addSettings(command, serverSettings).action(async (options: CommandOptions) => {
    const { body } = await connect(options).ask('readRecordingUsage', {})
    if (options['json'] === true) return printJson(body)
    const { recordings, bytes, isOverWarning, users } = body as RecordingUsage
    print(`${recordings} recordings, ${megabytes(bytes)} MB${isOverWarning ? ': more than the account wants' : ''}`)
    if (users.length === 0) return
    print(
      table(
        ['USER', 'RECORDINGS', 'MB'],
        users.map((one) => [one.user, String(one.recordings), megabytes(one.bytes)]),
      ),
    )
  })
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1)
}

function addDownload(group: Command): void {
  const command = group.command('download').description('download a recording, or many as one ZIP file')
  command.argument('[ID...]', 'ids of recordings; one alone comes as it is')
  addFilters(command).option('--all', 'every recording').requiredOption('-o, --output <FILE>', 'where to write it')
  addSettings(command, serverSettings).action(async (ids: string[], options: CommandOptions) => {
    const client = connect(options)
    const path = String(options['output'])
    if (existsSync(path)) throw new UsageError(`${path} is there already: name another file`)
    const file = createWriteStream(path, { flags: 'wx', mode: 0o600 })
    const written = new Promise<void>((resolve, reject) => file.once('finish', resolve).once('error', reject))
    // Told below, also where it comes while the server is asked.
    written.catch(() => undefined)
    const [only] = ids
    try {
      if (ids.length === 1 && only !== undefined) {
        await client.receive('downloadRecording', { path: { id: only } }, (chunk) => file.write(chunk))
      } else {
        await client.receive('downloadRecordings', { body: chosen(ids, options) }, (chunk) => file.write(chunk))
      }
      file.end()
      await written
    } catch (error) {
      // Half a file would be taken for a whole one.
      file.destroy()
      rmSync(path, { force: true })
      throw error
    }
    print(`Written to ${path}.`)
  })
}

function addHold(group: Command): void {
  const hold = group.command('hold').description('put a recording on hold, so that nobody deletes it, or lift that')
  hold
    .argument('<ID>', 'its id')
    .option('--reason <TEXT>', 'why it may not be deleted')
    .option('--lift', 'lift the hold')
  addSettings(hold, serverSettings).action(async (id: string, options: CommandOptions) => {
    const client = connect(options)
    if (options['lift'] === true) {
      await client.ask('releaseRecording', { path: { id } })
      return print(`${id} may be deleted again.`)
    }
    const reason = options['reason']
    if (typeof reason !== 'string') throw new UsageError('write --reason, or --lift')
    await client.ask('holdRecording', { path: { id }, body: { reason } })
    print(`${id} is held.`)
  })
}

function addRetrieve(group: Command): void {
  const command = group.command('retrieve').description('bring recordings back from the archive for seven days')
  command.argument('[ID...]', 'ids of recordings')
  addFilters(command).option('--all', 'every recording')
  addSettings(command, serverSettings).action(async (ids: string[], options: CommandOptions) => {
    const client = connect(options)
    const { body } = await client.ask('retrieveRecordings', { body: chosen(ids, options) })
    await follow(client, body as RecordingTask, 'retrieved')
  })
}

function addDelete(group: Command): void {
  const command = group.command('delete').description('delete recordings; what is deleted is gone')
  command.argument('[ID...]', 'ids of recordings')
  addFilters(command)
    .option('--all', 'every recording')
    .requiredOption('--confirm <WORD>', 'the word DELETE, in capital letters')
  addSettings(command, serverSettings).action(async (ids: string[], options: CommandOptions) => {
    const client = connect(options)
    const body = { ...chosen(ids, options), confirm: String(options['confirm']) }
    const { body: task } = await client.ask('deleteRecordings', { body })
    await follow(client, task as RecordingTask, 'deleted')
  })
}

/** Until the task ends; Ctrl-C stops it. */
async function follow(client: ApiClient, begun: RecordingTask, done: string): Promise<void> {
  let task = begun
  const stop = () => void client.ask('stopRecordingTask', { path: { id: task.id } }).catch(() => undefined)
  process.once('SIGINT', stop)
  while (task.endedAt === null) {
    await new Promise<void>((resolve) => setTimeout(resolve, askEvery))
    const { body } = await client.ask('readRecordingTask', { path: { id: task.id } })
    task = body as RecordingTask
  }
  process.off('SIGINT', stop)
  print(`${task.done} of ${task.total} recordings ${done}${task.state === 'stopped' ? ', then stopped' : ''}.`)
  for (const { recording, message } of task.failures) print(`${recording}: ${message}`)
  if (task.failed > 0) process.exitCode = 1
}
