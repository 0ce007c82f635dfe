import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Command, CommanderError } from 'commander'
import { formatProblem } from '../engine/config/problem.ts'
import { readDocument } from '../engine/config/read-document.ts'
import { StoreError } from '../engine/config/store/store-error.ts'
import { NoEngineError } from '../engine/control/client.ts'
import { StartError } from '../supervisor/data-folder.ts'
import { doctor } from './doctor.ts'
import { explainCall } from './explain-call.ts'
import { showCalls, showRegistrations } from './live-tables.ts'
import { serve } from './serve.ts'
import type { ReadSettings, SettingName } from './settings.ts'
import { readSettings, SettingError, settingNames, settingTable, variableOf } from './settings.ts'
import { readSettingsFile } from './settings-file.ts'

/** Settings that commands other than `serve` and `doctor` take. */
const placeSettings: readonly SettingName[] = ['data', 'settings']

function addSettings(command: Command, names: readonly SettingName[]): Command {
  for (const name of names) {
    const { value, standard, description } = settingTable[name]
    const flags = value === '' ? `--${name}` : `--${name} <${value}>`
    const tail = standard === '' ? '' : `; default ${standard}`
    command.option(flags, `${description} [${variableOf(name)}${tail}]`)
  }
  return command
}

/** Reads the settings from commander's options, whose names are in camel case. */
function settingsOf(options: Readonly<Record<string, unknown>>): ReadSettings {
  const flags: Record<string, string> = {}
  for (const name of settingNames) {
    const value = options[name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())]
    if (value === true) flags[name] = 'yes'
    else if (typeof value === 'string') flags[name] = value
  }
  return readSettings(flags, process.env, readSettingsFile)
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

const program = new Command('ringdown')
  .description('A business phone system whose calls survive a crash and whose routing explains itself.')
  .version(version())
  .showHelpAfterError('(--help lists what there is)')
  .exitOverride()

addSettings(program.command('serve'), settingNames)
  .description('run the server; the first start writes a sample company and prints how to make a call')
  .option('--empty', 'on the first start, write a company without anybody in it')
  .addHelpText(
    'after',
    `
Each setting is a flag, the variable in brackets, or a line of the settings file (sip-port: 5080); the first of these wins.
SIGTERM or Ctrl-C: no new calls, end when the last has ended; once more: end now. SIGHUP: apply the document (--config) again.`,
  )
  .action((options) => serve(settingsOf(options), options.empty === true))

program
  .command('check')
  .description('check a configuration document: every mistake with its place and cure')
  .argument('<FILE>', 'the document, YAML or JSON')
  .action((file: string) => check(file))

addSettings(program.command('explain'), placeSettings)
  .description('say where a call would go, and why')
  .argument('<CALLER>', 'extension, extension@domain, user name or outside number')
  .argument('<DIALLED>', 'what is dialled')
  .option('--at <TIME>', 'when, as 2026-03-01T18:30 (local time) or with a zone (2026-03-01T18:30Z); default now')
  .option('--json', 'for programs')
  .action((caller: string, dialled: string, options) => {
    const { settings } = settingsOf(options)
    const at = options.at === undefined ? Date.now() : Date.parse(String(options.at))
    if (Number.isNaN(at)) throw new SettingError(`--at is "${options.at}": write a time like 2026-03-01T18:30`)
    const dataFolder = resolve(settings.data)
    return explainCall(caller, dialled, {
      dataFolder,
      at,
      json: options.json === true,
    })
  })

addSettings(program.command('registrations'), placeSettings)
  .description('list the phones that are registered at the running server')
  .option('--json', 'for programs')
  .action((options) => showRegistrations(resolve(settingsOf(options).settings.data), options.json === true))

addSettings(program.command('calls'), placeSettings)
  .description('list the calls in progress at the running server')
  .option('--json', 'for programs')
  .action((options) => showCalls(resolve(settingsOf(options).settings.data), options.json === true))

addSettings(program.command('doctor'), settingNames)
  .description('check ports, addresses, clock, disk and limits, and say what to do')
  .action(async (options) => {
    if (!(await doctor(settingsOf(options)))) process.exitCode = 1
  })

function check(file: string): void {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new StartError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
  const reading = readDocument(text, file)
  const problems = reading.ok ? [] : reading.problems
  for (const problem of problems) process.stderr.write(`${file}: ${formatProblem(problem)}\n`)
  for (const warning of reading.warnings) process.stderr.write(`${file}: warning: ${formatProblem(warning)}\n`)
  if (!reading.ok) {
    process.exitCode = 1
    return
  }
  const { document } = reading
  const counts = `${document.pbxs.length} PBXs, ${document.users?.length ?? 0} users, ${document.trunks?.length ?? 0} trunks`
  process.stdout.write(`${file}: no mistakes (${counts})\n`)
}

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode
  else if (
    error instanceof SettingError ||
    error instanceof StartError ||
    error instanceof StoreError ||
    error instanceof NoEngineError
  ) {
    process.stderr.write(`ringdown: ${error.message}\n`)
    process.exitCode = 1
  } else throw error
}
