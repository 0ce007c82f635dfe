/** `load users`, `load list` and `load run`: loads with SIPp. */
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { Argument, Option } from 'commander'
import { ControlClient } from '../../engine/control/client.ts'
import { parentOf } from '../../load/measure/process-family.ts'
import type { LoadReport } from '../../load/report/load-report.ts'
import { reportPicture } from '../../load/report/report-picture.ts'
import { progressText, reportText } from '../../load/report/report-text.ts'
import { runLoad } from '../../load/run/run-load.ts'
import { isOwnAddress, reachServer, readServer } from '../../load/run/server-under-load.ts'
import type { Scenario } from '../../load/scenarios.ts'
import { scenarioPath, scenarios } from '../../load/scenarios.ts'
import { documentFile, writeUserFolder } from '../../load/users/user-folder.ts'
import { print, printJson, remark } from '../output.ts'
import type { CommandOptions } from '../setting-options.ts'
import { addSettings, placeSettings, settingsOf } from '../setting-options.ts'
import { table } from '../table.ts'
import { UsageError } from '../usage-error.ts'

const usersFolder = 'load-users'

export function addLoadCommands(program: Command): void {
  const group = program.command('load').helpGroup('Server:').description('load a server with SIPp, and report')
  addUsers(group)
  addList(group)
  addRun(group)
}

function addUsers(group: Command): void {
  group
    .command('users')
    .description('make users for a load: a document for the server, and files for SIPp')
    .requiredOption('--count <NUMBER>', 'users in all, 10 to 100000')
    .option('--out <FOLDER>', 'new folder for the files', usersFolder)
    .option('--pbx <ID>', 'id of the PBX, and beginning of all other ids', 'load')
    .option('--domain <DOMAIN>', 'SIP domain of the PBX; branch.DOMAIN is that of the second one', 'load.test')
    .option('--first-extension <NUMBER>', 'extension of the first user', '300000')
    .option('--dial-code <DIGITS>', 'under which the second PBX reaches the first', '81')
    .option('--from <ADDRESS:PORT>', 'from where SIPp will call, as the server sees it', '127.0.0.1:6060')
    .action((options: CommandOptions) => {
      const out = String(options['out'])
      const from = /^(\d{1,3}(?:\.\d{1,3}){3}):(\d{1,5})$/.exec(String(options['from']))
      const carrierPort = Number(from?.[2])
      if (from?.[1] === undefined || carrierPort < 1024 || carrierPort > 65_000) {
        throw new UsageError(`--from is "${options['from']}": write an IPv4 address and a port, 1024 to 65000`)
      }
      const plan = {
        count: wholeNumber(options, 'count', 1, 1_000_000),
        pbx: matching(options, 'pbx', /^[A-Za-z0-9][A-Za-z0-9-]{0,31}$/, '1 to 32 letters, digits or hyphens'),
        domain: matching(options, 'domain', /^[a-z0-9][a-z0-9.-]{0,199}$/, 'a host name in lower case'),
        firstExtension: wholeNumber(options, 'first-extension', 10, 9_999_999_999),
        dialCode: matching(options, 'dial-code', /^[0-9]{1,6}$/, '1 to 6 digits'),
        carrierAddress: from[1],
        carrierPort,
      }
      writeUserFolder(out, plan, () => randomBytes(12).toString('base64url'))
      remark(`${plan.count} users are in ${out}. Make them known to a server that is only for tests, then load it:`)
      remark(`  ringdown apply ${join(out, documentFile)}`)
      remark(`  ringdown load run call --users ${out}`)
    })
}

function addList(group: Command): void {
  group
    .command('list')
    .description('list the scenarios')
    .option('--json', 'for programs, with the files of SIPp')
    .action((options: CommandOptions) => {
      if (options['json'] === true) {
        return printJson(
          scenarios.map(({ name, about, caller, phones, lines, delay }) => {
            const files = { caller: scenarioPath(caller), phones: phones === null ? null : scenarioPath(phones) }
            return { name, about, ...files, lines, delay }
          }),
        )
      }
      const rows = scenarios.map(({ name, about }) => [name, about])
      print(table(['Scenario', 'What happens'], rows))
    })
}

function addRun(group: Command): void {
  const command = group
    .command('run')
    .description('run a scenario against a running server: progress at a terminal, then a report')
    .addArgument(new Argument('<SCENARIO>', 'what is done').choices(scenarios.map(({ name }) => name)))
    .option('--server <HOST:PORT>', 'the server; default the one of the data folder, else 127.0.0.1:5060')
    .option('--rate <NUMBER>', 'calls a second', '10')
    .option('--duration <SECONDS>', 'how long calls are begun', '10')
    .option('--calls <NUMBER>', 'how many calls; in place of --duration')
    .option('--talk <SECONDS>', 'how long an answered call lasts', '0')
    .option('--users <FOLDER>', 'the folder that "load users" made', usersFolder)
    .addOption(new Option('--report <FORM>', 'form of the report').choices(['text', 'json']).default('text'))
    .option('--out <FOLDER>', 'new folder for report.txt, report.json, report.svg and the files of SIPp')
    .option('--pid <PID>', "process of the server on this machine; default that of the data folder's server")
  addSettings(command, placeSettings).action(async (name: string, options: CommandOptions) => {
    const scenario = scenarios.find((one) => one.name === name)
    if (scenario === undefined) throw new UsageError(`There is no scenario ${name}`)
    await run(scenario, options)
  })
}

async function run(scenario: Scenario, options: CommandOptions): Promise<void> {
  const rate = wholeNumber(options, 'rate', 1, 100_000)
  const duration = wholeNumber(options, 'duration', 1, 1_000_000)
  const calls = options['calls'] === undefined ? rate * duration : wholeNumber(options, 'calls', 1, 1_000_000_000)
  const talkMilliseconds = wholeNumber(options, 'talk', 0, 86_400) * 1000
  const users = String(options['users'])
  const out = options['out'] === undefined ? null : String(options['out'])

  const local = await localServer(resolve(settingsOf(options).settings.data))
  const { host, port } = readServer(String(options['server'] ?? local?.address ?? '127.0.0.1'))
  const server = await reachServer(host, port)
  const isLocal = local !== null && local.port === port && isOwnAddress(server.address)
  const given = options['pid'] === undefined ? null : processOf(options)
  const serverProcessId = given ?? (isLocal ? local.processId : null)

  const workFolder = out === null ? mkdtempSync(join(tmpdir(), 'ringdown-load-')) : newFolder(out)
  const stop = new AbortController()
  const interrupt = (): void => stop.abort()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupt)
  const isTerminal = process.stderr.isTTY === true
  try {
    const report = await runLoad(
      { scenario, server, users, rate, calls, talkMilliseconds, serverProcessId, workFolder },
      {
        step: (text) => (isTerminal ? remark(text) : undefined),
        progress: (progress) => (isTerminal ? remark(progressText(progress)) : undefined),
        stopped: stop.signal,
      },
    )
    if (out !== null) writeReport(out, report)
    if (options['report'] === 'json') printJson(report)
    else print(reportText(report))
    if (report.calls.completed < report.calls.planned || (report.phones?.failed ?? 0) > 0) process.exitCode = 1
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, interrupt)
    if (out === null) rmSync(workFolder, { recursive: true, force: true })
    else removeIfEmpty(workFolder)
  }
}

interface LocalServer {
  readonly address: string
  readonly port: number
  readonly processId: number
}

/** The server that serves a data folder; `null` where none does. */
async function localServer(dataFolder: string): Promise<LocalServer | null> {
  const client = await ControlClient.open(dataFolder).catch(() => null)
  if (client === null) return null
  try {
    const { listeners, pid } = await client.status()
    const udp = listeners.map((line) => /^UDP (\d+(?:\.\d+){3}):(\d+)$/.exec(line)).find((match) => match !== null)
    if (udp?.[1] === undefined) return null
    const host = udp[1] === '0.0.0.0' ? '127.0.0.1' : udp[1]
    // The engine's parent holds the sockets and has started the other processes; without one the engine is alone.
    const parent = parentOf(pid)
    return { address: `${host}:${udp[2]}`, port: Number(udp[2]), processId: parent > 1 ? parent : pid }
  } finally {
    client.close()
  }
}

function processOf(options: CommandOptions): number {
  const processId = wholeNumber(options, 'pid', 1, 2 ** 31)
  if (parentOf(processId) >= 0) return processId
  throw new UsageError(`--pid is ${processId}: there is no such process on this machine`)
}

/** Made at once, so that nothing is measured in vain. */
function newFolder(folder: string): string {
  try {
    mkdirSync(folder)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new UsageError(`--out: ${folder} cannot be made (${why}): name a folder that is not there yet`)
  }
  return resolve(folder)
}

/** Where a load could not begin, the same command shall do once the reason is gone. */
function removeIfEmpty(folder: string): void {
  if (readdirSync(folder).length === 0) rmdirSync(folder)
}

function writeReport(folder: string, report: LoadReport): void {
  writeFileSync(join(folder, 'report.txt'), reportText(report))
  writeFileSync(join(folder, 'report.json'), `${JSON.stringify(report, null, 2)}\n`)
  writeFileSync(join(folder, 'report.svg'), reportPicture(report))
}

/** @param name as written: `first-extension` */
function wholeNumber(options: CommandOptions, name: string, least: number, most: number): number {
  const text = textOf(options, name)
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= least && number <= most) return number
  throw new UsageError(`--${name} is "${text}": write a whole number from ${least} to ${most}`)
}

function matching(options: CommandOptions, name: string, pattern: RegExp, cure: string): string {
  const text = textOf(options, name)
  if (pattern.test(text)) return text
  throw new UsageError(`--${name} is "${text}": write ${cure}`)
}

function textOf(options: CommandOptions, name: string): string {
  return String(options[name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())])
}
