/** `ringdown user list`, `ringdown site add` and so on: the same commands for every kind, from the registry of kinds. */
import type { Command } from 'commander'
import { Argument, Option } from 'commander'
import { formatDifference } from '../../engine/config/difference.ts'
import type { Body, Kind, KindDefinition } from '../../engine/config/entities/kind.ts'
import { kindDefinitions } from '../../engine/config/entities/kinds.ts'
import { formatProblem } from '../../engine/config/problem.ts'
import type { Answer, ApiClient, OperationId } from '../client/api-client.ts'
import { connect } from '../client/connect.ts'
import { entityTable } from '../entity-table.ts'
import type { Fields } from '../fields/body-change.ts'
import { mergePatchBetween } from '../fields/body-change.ts'
import { fieldsOf } from '../fields/field-list.ts'
import type { WrittenFields } from '../fields/field-options.ts'
import { addFieldOptions, writtenFields, writtenInto } from '../fields/field-options.ts'
import { print, printFields, printJson, remark } from '../output.ts'
import type { CommandOptions } from '../setting-options.ts'
import { addSettings, serverSettings } from '../setting-options.ts'
import { UsageError } from '../usage-error.ts'

/** `phoneNumber` is `phone-number` on the command line. */
export function commandNameOf(kind: string): string {
  return kind.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

/** Operations of the API for a kind, by the names they have in its description. */
export function operationsOfKind({ kind, collection }: KindDefinition) {
  const type = kind.charAt(0).toUpperCase() + kind.slice(1)
  const list = `list${collection.charAt(0).toUpperCase()}${collection.slice(1)}`
  const id = (name: string) => name as OperationId
  return {
    list: id(list),
    create: id(`create${type}`),
    read: id(`read${type}`),
    change: id(`change${type}`),
    delete: id(`delete${type}`),
  }
}

export function addEntityCommands(program: Command): void {
  for (const definition of kindDefinitions()) {
    const group = program.command(commandNameOf(definition.kind)).helpGroup('Configuration:')
    const label = definition.label
    if (definition.kind === 'account') {
      group.description('show and change the account')
      addShow(group, definition)
      addChange(group, definition)
      continue
    }
    group.description(`${label}: list, show, add, change, remove`)
    addList(group, definition)
    addShow(group, definition)
    addAdd(group, definition)
    addChange(group, definition)
    addRemove(group, definition)
  }
}

/** The argument by which completion knows whose ids to ask for. */
export function idArgument(kind: Kind): Argument {
  return new Argument(`<${commandNameOf(kind).toUpperCase()}>`, 'its id')
}

function addList(group: Command, definition: KindDefinition): void {
  const command = group.command('list').description(`list: ${definition.label}`)
  command
    .addOption(
      new Option('--filter <FIELD=VALUE>', 'only those whose field is this; may be repeated').argParser(
        (text: string, before: readonly string[] | undefined) => [...(before ?? []), text],
      ),
    )
    .option('--search <TEXT>', 'only those with this text in a field')
    .option('--sort <FIELDS>', 'fields to sort by, with commas between; - before those that go down')
    .option('--columns <FIELDS>', 'fields to show, with commas between')
    .option('--limit <COUNT>', 'at most so many; default all')
    .option('--json', 'for programs')
  addSettings(command, serverSettings).action(async (options: CommandOptions) => {
    const query = listQuery(options)
    const entries: Fields[] = []
    const list = connect(options).entries<Fields>(operationsOfKind(definition).list, query, limitOf(options))
    for await (const entry of list) entries.push(entry)
    if (options['json'] === true) return printJson(entries)
    if (entries.length === 0) return remark('There is none.')
    const columns = typeof options['columns'] === 'string' ? options['columns'].split(',') : null
    print(entityTable(definition, entries, columns))
  })
}

function listQuery(options: CommandOptions): Record<string, string> {
  const query: Record<string, string> = {}
  for (const text of (options['filter'] ?? []) as readonly string[]) {
    const place = text.indexOf('=')
    if (place < 1) throw new UsageError(`--filter is "${text}": write a field and its value, like site=london`)
    query[text.slice(0, place)] = text.slice(place + 1)
  }
  const { search, sort, columns } = options
  if (typeof search === 'string') query['q'] = search
  if (typeof sort === 'string') query['sort'] = sort
  if (typeof columns === 'string') {
    query['fields'] = [...new Set(columns.split(',').map((path) => path.split('.')[0]))].join(',')
  }
  return query
}

/** @throws UsageError */
export function limitOf(options: CommandOptions): number {
  const text = options['limit']
  if (text === undefined) return Infinity
  const limit = Number(text)
  if (Number.isInteger(limit) && limit > 0) return limit
  throw new UsageError(`--limit is "${String(text)}": write a whole number above 0`)
}

function addShow(group: Command, definition: KindDefinition): void {
  const command = group.command('show').description(`show all fields but secrets: ${definition.label}`)
  if (definition.kind !== 'account') command.addArgument(idArgument(definition.kind))
  command.option('--json', 'for programs')
  addSettings(command, serverSettings).action(async (...given: unknown[]) => {
    const { id, options } = argumentsOf(definition, given)
    const { body } = await read(connect(options), definition, id)
    if (options['json'] === true) printJson(body)
    else printFields(body)
  })
}

function addAdd(group: Command, definition: KindDefinition): void {
  const fields = fieldsOf(definition.schema)
  const command = group.command('add').description(`add: ${definition.label}`)
  addFieldOptions(command, fields, false).option('--json', 'for programs: print what was added')
  addSettings(command, serverSettings).action(async (options: CommandOptions) => {
    const written = writtenFields(options, fields)
    const body = writtenInto(written.body ?? {}, written)
    const answer = await connect(options).askAny(operationsOfKind(definition).create, { body })
    if (options['json'] === true) return printJson(answer.body)
    const made = { ...body, ...(isEntity(answer) ? (answer.body as Fields) : {}) }
    tell(formatDifference([{ kind: definition.kind, id: definition.idOf(made), before: null, after: made }]), answer)
  })
}

function addChange(group: Command, definition: KindDefinition): void {
  const fields = fieldsOf(definition.schema)
  const command = group.command('change').description(`change some fields: ${definition.label}`)
  if (definition.kind !== 'account') command.addArgument(idArgument(definition.kind))
  addFieldOptions(command, fields, true).option('--json', 'for programs: print what it is now')
  addSettings(command, serverSettings).action(async (...given: unknown[]) => {
    const { id, options } = argumentsOf(definition, given)
    const written = writtenFields(options, fields)
    if (written.values.length === 0 && written.unset.length === 0 && written.body === null) {
      throw new UsageError('Say what to change: --help lists the fields')
    }
    const client = connect(options)
    const before = await read(client, definition, id)
    const patch = patchOf(definition, before.body as Fields, written)
    if (Object.keys(patch).length === 0) {
      if (options['json'] === true) return printJson(before.body)
      return remark('It is so already: nothing was changed.')
    }
    const place = id === null ? {} : { path: { id } }
    const request = { ...place, body: patch, ifMatch: before.etag }
    const answer = await client.askAny(operationsOfKind(definition).change, request)
    if (options['json'] === true) return printJson(answer.body)
    const after = isEntity(answer) ? (answer.body as Body) : writtenInto(before.body as Fields, written)
    const { kind } = definition
    const lines = formatDifference([{ kind, id: id ?? 'account', before: before.body as Body, after }])
    const secrets = definition.secrets.filter((field) => Object.hasOwn(patch, field))
    tell([...lines, ...secrets.map((field) => `~ ${definition.label} ${id}: ${field} changed`)], answer)
  })
}

/** Secrets are not shown: they are in the patch as written. */
function patchOf(definition: KindDefinition, before: Fields, written: WrittenFields): Fields {
  const patch = { ...mergePatchBetween(before, writtenInto({ ...before, ...written.body }, written)) }
  for (const field of written.unset) if (definition.secrets.includes(field)) patch[field] = null
  return patch
}

function addRemove(group: Command, definition: KindDefinition): void {
  const command = group.command('remove').description(`remove: ${definition.label}`)
  command
    .addArgument(idArgument(definition.kind))
    .option('--clear-references', 'also take away the fields that point at it, where they may be missing')
  addSettings(command, serverSettings).action(async (id: string, options: CommandOptions) => {
    const query = options['clearReferences'] === true ? { references: 'clear' } : {}
    const answer = await connect(options).askAny(operationsOfKind(definition).delete, { path: { id }, query })
    tell([`- ${definition.label} ${id}`], answer)
  })
}

/** The account has no id on the command line. */
function argumentsOf(
  definition: KindDefinition,
  given: readonly unknown[],
): { id: string | null; options: CommandOptions } {
  if (definition.kind === 'account') return { id: null, options: given[0] as CommandOptions }
  return { id: given[0] as string, options: given[1] as CommandOptions }
}

function read(client: ApiClient, definition: KindDefinition, id: string | null): Promise<Answer<unknown>> {
  return client.askAny(operationsOfKind(definition).read, id === null ? {} : { path: { id } })
}

/** 202 tells only that it is not in force yet. */
function isEntity({ status, body }: Answer<unknown>): boolean {
  return status !== 202 && typeof body === 'object' && body !== null
}

/** Prints what was changed, and whether calls go by it. */
export function tell(
  lines: readonly string[],
  answer: Pick<Answer<unknown>, 'revision' | 'inForce' | 'warnings' | 'moreWarnings'>,
): void {
  const { revision, inForce, warnings, moreWarnings } = answer
  for (const line of lines) print(line)
  for (const warning of warnings) remark(`Warning: ${formatProblem(warning)}`)
  if (moreWarnings > 0) remark(`${moreWarnings} more warnings: \`ringdown lint\` lists all`)
  if (revision !== null)
    remark(`Revision ${revision}${inForce ? ', in force' : ', not yet in force: no engine has confirmed it'}.`)
}
