/** `trace`: the SIP messages of a recent call. */
import { writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import type { CallMessage, CallMessageList } from '../client/api.ts'
import { connect } from '../client/connect.ts'
import { isServerNamed } from '../client/server-address.ts'
import { fromEngine } from '../from-engine.ts'
import { print, printJson } from '../output.ts'
import type { CommandOptions } from '../setting-options.ts'
import { addSettings, placeSettings } from '../setting-options.ts'
import { captureFile } from '../trace/capture-file.ts'
import { ladderText } from '../trace/ladder-text.ts'
import { UsageError } from '../usage-error.ts'

export function addTrace(program: Command): void {
  const command = program.command('trace').helpGroup('Calls:')
  command
    .description('show the SIP messages of a call in progress or of a recent one, between all its parties')
    .argument('<CALL>', 'its id, from `ringdown calls` or `ringdown records`')
    .option('--messages', 'the whole messages below the ladder')
    .option('--pcap <FILE>', 'write them to a capture file instead, for Wireshark')
    .option('--json', 'for programs')
  addSettings(command, placeSettings).action(async (call: string, options: CommandOptions) => {
    const { items, more, notes } = await messagesOf(call, options)
    const file = options['pcap']
    if (typeof file === 'string') {
      writeFileSync(file, captureFile(items))
      print(`${items.length} messages are in ${file}.`)
    } else if (options['json'] === true) {
      printJson({ items, more, notes })
    } else {
      print(ladderText(items, timeOfDay))
      // Written by strangers: what a terminal would obey is shown as a dot.
      for (const note of notes) print(`\n${note.replace(/\p{Cc}/gu, '.')}`)
      if (options['messages'] === true) for (const message of items) print(wholeMessage(message))
    }
    if (more > 0) print(`${more} more messages of this call are kept and not shown.`)
  })
}

async function messagesOf(call: string, options: CommandOptions): Promise<CallMessageList> {
  if (isServerNamed(process.env)) {
    const { body } = await connect(options).ask('listCallMessages', { path: { id: call } })
    return body as CallMessageList
  }
  const ladder = await fromEngine(options, (engine) => engine.ladder(call))
  if (ladder === null) throw new UsageError('this server keeps no messages: start it with --ladder-mb, for later calls')
  if (ladder.messages.length === 0) {
    throw new UsageError(
      `no messages of call ${call} are kept: there is no such call, it is too long ago, or the engine was started since`,
    )
  }
  return { items: [...ladder.messages], more: ladder.more, notes: [...ladder.notes] }
}

function timeOfDay(at: number): string {
  const time = new Date(at)
  const two = (number: number) => String(number).padStart(2, '0')
  const seconds = `${two(time.getSeconds())}.${String(time.getMilliseconds()).padStart(3, '0')}`
  return `${two(time.getHours())}:${two(time.getMinutes())}:${seconds}`
}

function wholeMessage(message: CallMessage): string {
  const { direction, at, transport, remoteAddress, remotePort, text, cut } = message
  const where = `${direction === 'sent' ? 'to' : 'from'} ${remoteAddress} port ${remotePort} (${transport})`
  // Bytes become characters again; what a terminal would obey is shown as a dot.
  const readable = Buffer.from(text, 'latin1')
    .toString('utf8')
    .replace(/\r\n/g, '\n')
    .replace(/[^\n\t\P{Cc}]/gu, '.')
  return `\n${timeOfDay(at)} ${direction} ${where}\n${readable.trimEnd()}${cut ? '\n(cut: the message was longer)' : ''}`
}
