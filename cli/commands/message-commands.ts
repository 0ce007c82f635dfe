/** `messages`: what users wrote to each other. */
import type { Command } from 'commander'
import { Option } from 'commander'
import { messageStates } from '../../engine/records/message-events.ts'
import type { Message } from '../client/api.ts'
import { connect } from '../client/connect.ts'
import { filterQuery } from '../filter-query.ts'
import { print, printJson } from '../output.ts'
import type { CommandOptions } from '../setting-options.ts'
import { addSettings, serverSettings } from '../setting-options.ts'
import { table } from '../table.ts'
import { limitOf } from './entity-commands.ts'

export function addMessages(program: Command): void {
  const command = program.command('messages').helpGroup('Calls:')
  command
    .description('list the messages between users, newest first, those that wait for a phone among them')
    .option('--user <USER>', 'only messages that the user with this id sent or was to get')
    .option('--since <TIME>', 'only messages from this time on, as 2026-03-01T18:30 (local time) or with a zone')
    .option('--until <TIME>', 'only messages up to this time')
    .addOption(new Option('--state <STATE>', 'only messages that are in this state').choices([...messageStates]))
    .option('--search <TEXT>', 'only messages with this text')
    .option('--limit <COUNT>', 'at most so many; default 50')
    .option('--json', 'for programs')
  addSettings(command, serverSettings).action(async (options: CommandOptions) => {
    const query = filterQuery(options, ['user', 'state'])
    const limit = limitOf(options)
    const messages: Message[] = []
    for await (const message of connect(options).entries<Message>(
      'listMessages',
      query,
      limit === Infinity ? 50 : limit,
    )) {
      messages.push(message)
    }
    if (options['json'] === true) {
      printJson(messages)
      return
    }
    const rows = messages.map(({ sentAt, from, to, state, body }) => [
      new Date(sentAt).toLocaleString('sv-SE'),
      from.title,
      to.title,
      state,
      firstLine(body),
    ])
    print(rows.length === 0 ? 'No message.' : table(['Sent', 'From', 'To', 'State', 'Message'], rows))
  })
}

const longestLine = 60

/** What fits into a table. */
function firstLine(body: string): string {
  const [line = ''] = body.split(/[\r\n]/, 1)
  return line.length > longestLine || line.length < body.length ? `${line.slice(0, longestLine)}…` : line
}
