/** What `ringdown phone-number` can do beyond what every kind can. */
import type { Command } from 'commander'
import type { NumberHolder } from '../client/api.ts'
import { connect } from '../client/connect.ts'
import type { CommandOptions } from '../setting-options.ts'
import { addSettings, serverSettings } from '../setting-options.ts'
import { UsageError } from '../usage-error.ts'
import { commandNameOf, tell } from './entity-commands.ts'

/** Fields by which a phone number names who has it. */
const holderFields = ['user', 'ringGroup', 'callQueue', 'autoAttendant', 'pagingGroup', 'conference'] as const

/** Comes after the commands of every kind. */
export function addNumberCommands(program: Command): void {
  const group = program.commands.find((command) => command.name() === commandNameOf('phoneNumber'))
  if (group === undefined) throw new Error('there is no command for phone numbers to add to')
  const command = group.command('exchange').description('let two users or services exchange their phone numbers')
  command
    .argument('<ONE>', `who has numbers: ${holderFields.map((field) => `${commandNameOf(field)}=ID`).join(', ')}`)
    .argument('<OTHER>', 'the other, likewise')
  addSettings(command, serverSettings).action(async (one: string, other: string, options: CommandOptions) => {
    const body = { one: holderFrom(one), other: holderFrom(other) }
    const answer = await connect(options).askAny('exchangePhoneNumbers', { body })
    tell([`~ phone numbers of ${one} and ${other}`], answer)
  })
}

/** @throws UsageError */
function holderFrom(text: string): NumberHolder {
  const [, kind, id] = /^([a-z-]+)=(.+)$/.exec(text) ?? []
  const field = holderFields.find((known) => commandNameOf(known) === kind)
  if (field === undefined || id === undefined) {
    throw new UsageError(`"${text}" names nobody who has numbers: write it like user=anna or ring-group=sales`)
  }
  return { [field]: id }
}
