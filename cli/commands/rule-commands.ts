/** `ringdown rule`: the rules of a user, in the order in which they are asked. */
import type { Command } from 'commander'
import { Argument } from 'commander'
import { Rule } from '../../engine/config/entities/rule.ts'
import type { Rule as RuleBody } from '../client/api.ts'
import { connect } from '../client/connect.ts'
import type { Fields } from '../fields/body-change.ts'
import { mergePatchBetween } from '../fields/body-change.ts'
import { fieldsOf } from '../fields/field-list.ts'
import { addFieldOptions, writtenFields, writtenInto } from '../fields/field-options.ts'
import { print, printFields, printJson, remark } from '../output.ts'
import type { CommandOptions } from '../setting-options.ts'
import { addSettings, serverSettings } from '../setting-options.ts'
import { table } from '../table.ts'
import { UsageError } from '../usage-error.ts'
import { idArgument, tell } from './entity-commands.ts'

const ruleFields = fieldsOf(Rule)

export function addRuleCommands(program: Command): void {
  const group = program.command('rule').helpGroup('Configuration:')
  group.description('rules of a user: list, show, add, change, remove, order')
  addLooking(group)
  addWriting(group)
  addOrder(group)
}

const nameArgument = () => new Argument('<NAME>', 'name of the rule')

function addLooking(group: Command): void {
  const list = group.command('list').description('list the rules of a user: the first that fits decides')
  list.addArgument(idArgument('user')).option('--json', 'for programs')
  addSettings(list, serverSettings).action(async (id: string, options: CommandOptions) => {
    const { items } = (await connect(options).ask('listRules', { path: { id } })).body
    if (options['json'] === true) return printJson(items)
    if (items.length === 0) return remark('There is none.')
    const rows = items.map((rule, index) => [
      String(index + 1),
      rule.name,
      rule.enabled === false ? 'off' : 'on',
      rule.who === undefined ? 'anyone' : JSON.stringify(rule.who),
      rule.when === undefined ? 'any time' : JSON.stringify(rule.when),
      JSON.stringify(rule.to),
    ])
    print(table(['', 'name', 'is', 'who', 'when', 'to'], rows))
  })
  const show = group.command('show').description('show a rule')
  show.addArgument(idArgument('user')).addArgument(nameArgument()).option('--json', 'for programs')
  addSettings(show, serverSettings).action(async (id: string, rule: string, options: CommandOptions) => {
    const { body } = await connect(options).ask('readRule', { path: { id, rule } })
    if (options['json'] === true) printJson(body)
    else printFields(body)
  })
}

function addWriting(group: Command): void {
  const add = group.command('add').description('give a user one more rule')
  add
    .addArgument(idArgument('user'))
    .option('--position <NUMBER>', 'place in the order, 1 is asked first; default the last')
  addFieldOptions(add, ruleFields, false)
  addSettings(add, serverSettings).action(async (id: string, options: CommandOptions) => {
    const written = writtenFields(options, ruleFields)
    const body = writtenInto(written.body ?? {}, written)
    const answer = await connect(options).askAny('createRule', { path: { id }, query: positionOf(options), body })
    tell([`+ rule ${String(body['name'])} of user ${id}`], answer)
  })

  const change = group.command('change').description('change some fields of a rule')
  change.addArgument(idArgument('user')).addArgument(nameArgument())
  addFieldOptions(change, ruleFields, true)
  addSettings(change, serverSettings).action(async (id: string, rule: string, options: CommandOptions) => {
    const written = writtenFields(options, ruleFields)
    const client = connect(options)
    const before = await client.ask('readRule', { path: { id, rule } })
    const fields = before.body as RuleBody & Fields
    const patch = mergePatchBetween(fields, writtenInto({ ...fields, ...written.body }, written))
    if (Object.keys(patch).length === 0) return remark('It is so already: nothing was changed.')
    const answer = await client.askAny('changeRule', { path: { id, rule }, body: patch, ifMatch: before.etag })
    tell([`~ rule ${rule} of user ${id}`], answer)
  })

  const remove = group.command('remove').description('take a rule away')
  remove.addArgument(idArgument('user')).addArgument(nameArgument())
  addSettings(remove, serverSettings).action(async (id: string, rule: string, options: CommandOptions) => {
    const answer = await connect(options).ask('deleteRule', { path: { id, rule } })
    tell([`- rule ${rule} of user ${id}`], answer)
  })
}

function addOrder(group: Command): void {
  const order = group.command('order').description('put the rules of a user into another order')
  order.addArgument(idArgument('user')).argument('<NAMES...>', 'names of all rules, the first to be asked first')
  addSettings(order, serverSettings).action(async (id: string, names: readonly string[], options: CommandOptions) => {
    const answer = await connect(options).ask('orderRules', { path: { id }, body: { names } })
    tell([`~ order of the rules of user ${id}: ${names.join(', ')}`], answer)
  })
}

function positionOf(options: CommandOptions): { position?: number } {
  const text = options['position']
  if (text === undefined) return {}
  const position = Number(text)
  if (Number.isInteger(position) && position > 0) return { position }
  throw new UsageError(`--position is "${String(text)}": write a whole number above 0`)
}
