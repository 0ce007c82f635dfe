/** What the last word of an unfinished command line may become. */
import type { Argument, Command, Option } from 'commander'
import { kindDefinitions } from '../../engine/config/entities/kinds.ts'
import { connect } from '../client/connect.ts'
import { commandNameOf, operationsOfKind } from '../commands/entity-commands.ts'

/** Somebody waits with a finger on the key: ids that take longer are left out. Milliseconds. */
const patience = 700
const mostIds = 200

/** @param words as typed so far without the program's name; the last one is to be completed and may be '' */
export async function candidates(program: Command, words: readonly string[]): Promise<readonly string[]> {
  const typed = words.at(-1) ?? ''
  const place = placeOf(program, words.slice(0, -1))
  const found = await candidatesAt(place, typed)
  return found.filter((candidate) => candidate.startsWith(typed)).toSorted()
}

interface Place {
  readonly command: Command
  /** The option whose value comes next. */
  readonly option: Option | null
  /** Arguments before, options and their values left out. */
  readonly given: number
  readonly options: Readonly<Record<string, string>>
}

function placeOf(program: Command, words: readonly string[]): Place {
  let command = program
  let option: Option | null = null
  let given = 0
  const options: Record<string, string> = {}
  for (const word of words) {
    if (option !== null) {
      options[option.attributeName()] = word
      option = null
      continue
    }
    if (word.startsWith('-')) {
      const named = command.options.find(({ long, short }) => word === long || word === short)
      if (named?.required === true) option = named
      continue
    }
    const inner = given === 0 ? command.commands.find((one) => one.name() === word) : undefined
    if (inner === undefined) given++
    else command = inner
  }
  return { command, option, given, options }
}

async function candidatesAt({ command, option, given, options }: Place, typed: string): Promise<readonly string[]> {
  if (option !== null) {
    if (option.argChoices !== undefined) return option.argChoices
    const choices = /<([a-z0-9-]+(?:\|[A-Za-z0-9-]+)+)>/i.exec(option.flags)?.[1]?.split('|')
    return choices ?? idsFor(option.long?.slice(2) ?? '', options)
  }
  if (typed.startsWith('-')) return [...command.options.flatMap(({ long }) => long ?? []), '--help']
  if (command.commands.length > 0) {
    const hidden = command.parent === null ? ['complete'] : []
    return [...command.commands.map((one) => one.name()).filter((name) => !hidden.includes(name)), 'help']
  }
  const argument: Argument | undefined = command.registeredArguments[given] ?? lastIfVariadic(command)
  if (argument === undefined) return []
  return argument.argChoices ?? idsFor(argument.name().toLowerCase(), options)
}

function lastIfVariadic(command: Command): Argument | undefined {
  const last = command.registeredArguments.at(-1)
  return last?.variadic === true ? last : undefined
}

/** Ids of the kind that a field or argument names (`forwarding.busy.to.ringGroup`, `phone-number`). */
async function idsFor(name: string, options: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const last = name.split('.').at(-1) ?? ''
  const definition = kindDefinitions().find(({ kind }) => kind === last || commandNameOf(kind) === last)
  if (definition === undefined || definition.kind === 'account') return []
  const ids: string[] = []
  const ask = async () => {
    for await (const entry of connect(options).entries<Record<string, unknown>>(
      operationsOfKind(definition).list,
      {},
      mostIds,
    )) {
      ids.push(definition.idOf(entry))
    }
  }
  const late = new Promise<void>((resolve) => setTimeout(resolve, patience).unref())
  // Without a server there is nothing to offer, and no place to say why.
  await Promise.race([ask().catch(() => undefined), late])
  return ids
}
