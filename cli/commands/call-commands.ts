/** `explain`, `registrations`, `subscriptions`, `calls`, `trunks`, `toll-use`, `bans`, `records`: where calls would go, go and went. */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { Option } from 'commander'
import { recordingActions } from '../../engine/control/protocol.ts'
import { callOutcomes } from '../../engine/records/call-record.ts'
import type { Explanation } from '../../engine/router/explain.ts'
import { formatExplanation } from '../../engine/router/format-explanation.ts'
import { followRecords, showRecords } from '../call-record-table.ts'
import type {
  Call,
  ParkedCallList,
  Registration,
  Subscription,
  TollUseList,
  TrunkState,
  TrunkStateList,
} from '../client/api.ts'
import { connect } from '../client/connect.ts'
import { isServerNamed } from '../client/server-address.ts'
import { filterQuery } from '../filter-query.ts'
import { fromEngine } from '../from-engine.ts'
import {
  printBans,
  printCalls,
  printParked,
  printRegistrations,
  printSubscriptions,
  printTollUse,
  printTrunks,
} from '../live-tables.ts'
import { print, printJson } from '../output.ts'
import type { CommandOptions } from '../setting-options.ts'
import { addSettings, placeSettings, serverSettings, settingsOf } from '../setting-options.ts'
import { UsageError } from '../usage-error.ts'
import { addCallControl } from './call-control-commands.ts'
import { limitOf } from './entity-commands.ts'
import { addMessages } from './message-commands.ts'
import { addTrace } from './trace-command.ts'

export function addCallCommands(program: Command): void {
  addExplain(program)
  addLive(program)
  addCallControl(program)
  addRecordCall(program)
  addParked(program)
  addTrunks(program)
  addTollUse(program)
  addBans(program)
  addRecords(program)
  addMessages(program)
  addTrace(program)
}

function addExplain(program: Command): void {
  const command = program.command('explain').helpGroup('Calls:')
  command
    .description('say where a call would go, and why; or why a call of the past went where it went')
    .argument('[CALLER]', 'extension, extension@domain, user name or outside number')
    .argument('[DIALLED]', 'what is dialled')
    .option('--call <ID>', 'a call of the past in place of caller and dialled: its id from `ringdown records`')
    .option('--at <TIME>', 'when, as 2026-03-01T18:30 (local time) or with a zone (2026-03-01T18:30Z); default now')
    .option('--json', 'for programs')
  addSettings(command, placeSettings).action(
    async (caller?: string, dialled?: string, options: CommandOptions = {}) => {
      const json = options['json'] === true
      const past = options['call']
      if (typeof past === 'string') {
        if (caller !== undefined || options['at'] !== undefined) {
          throw new UsageError('--call names a call of the past, which has its own caller, dialled and time')
        }
        return explainPast(past, options, json)
      }
      if (caller === undefined || dialled === undefined) {
        throw new UsageError('write CALLER and DIALLED, or --call with the id of a call of the past')
      }
      const at = options['at'] === undefined ? Date.now() : Date.parse(String(options['at']))
      if (Number.isNaN(at)) throw new UsageError(`--at is "${options['at']}": write a time like 2026-03-01T18:30`)
      if (!isServerNamed(process.env)) {
        const { explainCall } = await import('../explain-call.ts')
        return explainCall(caller, dialled, { dataFolder: resolve(settingsOf(options).settings.data), at, json })
      }
      const query = { caller, dialled, at: new Date(at).toISOString() }
      const { body } = await connect(options).ask('explainCall', { query })
      if (json) printJson(body)
      else print(formatExplanation(body as unknown as Explanation))
    },
  )
}

async function explainPast(id: string, options: CommandOptions, json: boolean): Promise<void> {
  if (!isServerNamed(process.env)) {
    const { explainPastCall } = await import('../explain-call.ts')
    return explainPastCall(id, { dataFolder: resolve(settingsOf(options).settings.data), json })
  }
  const { body } = await connect(options).ask('explainCall', { query: { call: id } })
  if (json) printJson(body)
  else print(formatExplanation(body as unknown as Explanation))
}

function addLive(program: Command): void {
  const registrations = program.command('registrations').helpGroup('Calls:')
  registrations
    .description('list the phones that are registered at the running server')
    .option('--json', 'for programs')
  addSettings(registrations, placeSettings).action(async (options: CommandOptions) => {
    const entries = isServerNamed(process.env)
      ? await all<Registration>(options, 'listRegistrations')
      : await fromEngine(options, (engine) => engine.registrations())
    printRegistrations(entries, options['json'] === true)
  })

  const subscriptions = program.command('subscriptions').helpGroup('Calls:')
  subscriptions
    .description('list what phones watch at the running server: lamps, presence, waiting messages')
    .option('--json', 'for programs')
  addSettings(subscriptions, placeSettings).action(async (options: CommandOptions) => {
    const entries = isServerNamed(process.env)
      ? await all<Subscription>(options, 'listSubscriptions')
      : await fromEngine(options, (engine) => engine.subscriptions())
    printSubscriptions(entries, options['json'] === true)
  })

  const calls = program.command('calls').helpGroup('Calls:')
  calls.description('list the calls in progress at the running server').option('--json', 'for programs')
  addSettings(calls, placeSettings).action(async (options: CommandOptions) => {
    const entries = isServerNamed(process.env)
      ? await all<Call>(options, 'listCalls')
      : await fromEngine(options, (engine) => engine.calls())
    printCalls(entries, options['json'] === true)
  })
}

function addRecordCall(program: Command): void {
  const command = program.command('record-call').helpGroup('Calls:')
  command
    .description('start, pause, resume or stop the recording of a call in progress')
    .argument('<ID>', 'id of the call, from `ringdown calls --json`')
    .argument('<ACTION>', recordingActions.join(', '))
  addSettings(command, placeSettings).action(async (call: string, word: string, options: CommandOptions) => {
    const action = recordingActions.find((name) => name === word)
    if (action === undefined) throw new UsageError(`ACTION is "${word}": write ${recordingActions.join(', ')}`)
    if (isServerNamed(process.env)) {
      await connect(options).ask('recordCall', { path: { id: call }, body: { action } })
    } else {
      const { outcome, reason } = await fromEngine(options, (engine) => engine.recordCall(call, action))
      if (outcome === 'unknown')
        throw new UsageError(`no answered call has the id ${call}: "ringdown calls" lists them`)
      if (outcome === 'refused') throw new UsageError(reason)
    }
    print(`Recording of ${call}: ${action}.`)
  })
}

function addParked(program: Command): void {
  const parked = program.command('parked').helpGroup('Calls:')
  parked.description('list the calls that wait in park slots at the running server').option('--json', 'for programs')
  addSettings(parked, placeSettings).action(async (options: CommandOptions) => {
    const entries = isServerNamed(process.env)
      ? ((await connect(options).ask('listParkedCalls', {})).body as ParkedCallList).items
      : await fromEngine(options, (engine) => engine.parked())
    printParked(entries, options['json'] === true)
  })
}

function addTrunks(program: Command): void {
  const trunks = program.command('trunks').helpGroup('Calls:')
  trunks
    .description('list the trunks as they are at the running server: whether they answer and are registered')
    .option('--json', 'for programs')
  addSettings(trunks, placeSettings).action(async (options: CommandOptions) => {
    const entries = isServerNamed(process.env)
      ? await trunkStates(options)
      : await fromEngine(options, (engine) => engine.trunks())
    printTrunks(entries, options['json'] === true)
  })
}

function addTollUse(program: Command): void {
  const command = program.command('toll-use').helpGroup('Calls:')
  command
    .description('list who has used what of the limits against toll fraud today, and how many outside calls go on')
    .option('--json', 'for programs')
  addSettings(command, placeSettings).action(async (options: CommandOptions) => {
    const entries = isServerNamed(process.env)
      ? ((await connect(options).ask('listTollUse', {})).body as TollUseList).items
      : await fromEngine(options, (engine) => engine.tollUse())
    printTollUse(entries, options['json'] === true)
  })
}

async function trunkStates(options: CommandOptions): Promise<readonly TrunkState[]> {
  const { body } = await connect(options).ask('listTrunkStates', {})
  return (body as TrunkStateList).items
}

function addBans(program: Command): void {
  const command = program.command('bans').helpGroup('Calls:')
  command
    .description('list the addresses that get no answer because sign-ins failed too often, or lift a ban')
    .option('--lift <ADDRESS>', 'answer this address again from now on')
    .option('--json', 'for programs')
  addSettings(command, placeSettings).action(async (options: CommandOptions) => {
    const address = options['lift']
    if (typeof address === 'string') {
      const lifted = await fromEngine(options, (engine) => engine.liftBan(address))
      if (!lifted) throw new UsageError(`${address} is not banned: "ringdown bans" lists those that are`)
      print(`${address} is answered again.`)
      return
    }
    printBans(await fromEngine(options, (engine) => engine.bans()), options['json'] === true)
  })
}

async function all<Entry>(
  options: CommandOptions,
  id: 'listRegistrations' | 'listSubscriptions' | 'listCalls',
): Promise<Entry[]> {
  const entries: Entry[] = []
  for await (const entry of connect(options).entries<Entry>(id)) entries.push(entry)
  return entries
}

function addRecords(program: Command): void {
  const command = program.command('records').helpGroup('Calls:')
  command
    .description('list the records of calls, newest first: who called whom, and why it went where it went')
    .option('--user <USER>', 'only calls that the user with this id made or answered')
    .option('--trunk <TRUNK>', 'only calls that came or left by the trunk with this id')
    .option('--since <TIME>', 'only calls from this time on, as 2026-03-01T18:30 (local time) or with a zone')
    .option('--until <TIME>', 'only calls up to this time')
    .addOption(new Option('--outcome <OUTCOME>', 'only calls that went so').choices([...callOutcomes]))
    .option('--search <TEXT>', 'only calls with this text in caller, dialled number or who answered')
    .option('--limit <COUNT>', 'at most so many; default 50')
    .option('--csv', 'all of them that fit, as CSV')
    .option('--follow', 'go on with calls as they end, until Ctrl-C')
    .option('--json', 'for programs; with --follow one a line')
  addSettings(command, serverSettings).action(async (options: CommandOptions) => {
    const query = filterQuery(options, ['user', 'trunk', 'outcome'])
    const client = connect(options)
    if (options['csv'] === true) {
      return client.receive('exportRecords', { query }, (chunk) => process.stdout.write(chunk))
    }
    const json = options['json'] === true
    if (options['follow'] === true) return followRecords(client, query, json)
    const limit = limitOf(options)
    await showRecords(client, query, limit === Infinity ? 50 : limit, json)
  })
}
