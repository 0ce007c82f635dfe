/** `ringdown load` against a real server: every scenario, the commands of docs/load-testing.md, and what it refuses. */
import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { Document } from '../../engine/config/document.ts'
import { ControlClient } from '../../engine/control/client.ts'
import { udpPortInUse } from '../../load/measure/udp-ports.ts'
import type { LoadReport } from '../../load/report/load-report.ts'
import { registerPhones } from '../../load/run/register-phones.ts'
import { runLoad } from '../../load/run/run-load.ts'
import { reachServer } from '../../load/run/server-under-load.ts'
import { scenarios } from '../../load/scenarios.ts'
import { phonesOf, readRows } from '../../load/users/user-folder.ts'
import { skipWithout } from './programs.ts'
import { commandLine, RingdownServer } from './server.ts'

const skip = skipWithout('sipp')
t.setTimeout(240_000)

const root = join(import.meta.dirname, '..', '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'ringdown-test-load-'))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))

/** First of five UDP ports that are free on every address of this machine; below those that other tests take. */
function carrierPort(): number {
  for (;;) {
    const first = 2000 + 5 * Math.floor(Math.random() * 1500)
    if ([0, 1, 2, 3, 4].every((step) => !udpPortInUse(first + step))) return first
  }
}

const port = carrierPort()
const users = join(folder, 'load-users')
let server: RingdownServer | null = null
t.teardown(() => server?.remove())

/** Its port is free again only when it is gone. */
async function killed(child: ChildProcess | null): Promise<void> {
  if (child === null || child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

/** The server that the page's commands have started. */
function started(): RingdownServer {
  if (server === null) throw new Error('No server was started by the commands of docs/load-testing.md')
  return server
}

/** The commands of the page's blocks, in order. */
function documentedCommands(): string[] {
  const page = readFileSync(join(root, 'docs', 'load-testing.md'), 'utf8')
  return [...page.matchAll(/^ *```sh\n([\s\S]*?)^ *```$/gm)].flatMap(([, block = '']) =>
    block
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  )
}

t.test('the commands of docs/load-testing.md do what the page says', { skip }, async (t) => {
  let phones: ChildProcess | null = null
  t.teardown(() => killed(phones))
  const here = (word: string): string =>
    word
      .replace(/^load-(users|data|call)/, (name) =>
        name === 'load-data' ? (server?.dataFolder ?? '') : join(folder, name),
      )
      .replace('127.0.0.1:5060', `${server?.address.address}:${server?.address.port}`)
      .replace(/^606([0-4])$/, (_, step: string) => String(port + Number(step)))
  const commands = documentedCommands()
  t.equal(commands.length, 9)
  for (const command of commands) {
    const [program = '', ...words] = command.split(' ')
    // People have more time than tests.
    const given = words.map(here).map((word, index) => (words[index - 1] === '--duration' ? '1' : word))
    if (program === 'ringdown' && given[0] === 'serve') {
      const document = JSON.parse(readFileSync(join(users, 'document.json'), 'utf8')) as Document
      server = await RingdownServer.start({ document })
      continue
    }
    if (program === 'ringdown' && given[1] === 'users') given.push('--from', `127.0.0.1:${port}`)
    const [file, all] =
      program === 'ringdown' ? [process.execPath, [commandLine, ...given]] : ['sipp', [...given, '-nostdin']]
    const options = { cwd: root, env: { ...process.env, TERM: 'dumb' } }
    if (command.includes('phone-answers.xml')) {
      phones = spawn(file, all, { ...options, stdio: 'ignore' })
      while (!udpPortInUse(port + 1) && phones.exitCode === null)
        await new Promise((resolve) => setTimeout(resolve, 10))
      continue
    }
    const child = spawn(file, all, { ...options, stdio: 'ignore' })
    const code = await new Promise((resolve) => child.once('exit', resolve))
    t.equal(code, 0, command)
  }
  // A phone that is killed before it answered the last BYE is sent it again for half a minute, and whoever has its port
  // next would take that for a call.
  await new Promise((resolve) => setTimeout(resolve, 2000))
  // The page's phones would stay registered for minutes.
  await killed(phones)
  const { address, port: serverPort } = started().address
  const names = new Set(readRows(users, 'users.csv').map(([name = '']) => name))
  await registerPhones({
    ...{ phones: phonesOf(users, names), serverAddress: address, serverPort, address: '127.0.0.1', port: port + 1 },
    ...{ expiresSeconds: 0, cure: '' },
  })
})

t.test('every scenario runs without a failed call', { skip }, async (t) => {
  const server = started()
  const control = await ControlClient.open(server.dataFolder)
  t.teardown(() => control.close())
  const reached = await reachServer(server.address.address, server.address.port)
  for (const scenario of scenarios) {
    const { name } = scenario
    const workFolder = mkdtempSync(join(folder, 'work-'))
    const plan = { scenario, server: reached, users, rate: 20, calls: 10, talkMilliseconds: 0, workFolder }
    const report = await runLoad(
      { ...plan, serverProcessId: null },
      { step: () => undefined, progress: () => undefined, stopped: new AbortController().signal },
    )
    t.same(report.calls, { planned: 10, offered: 10, completed: 10, failed: 0 }, name)
    t.same(report.failures, [], name)
    t.equal(report.delay.count, 10, `${name}: a delay of each call`)
    const called = name === 'call-waiting' ? 20 : 10
    t.same(report.phones, scenario.phones === null ? null : { called, failed: 0, failures: [] }, name)
    const completed = report.perSecond.reduce((sum, second) => sum + second.completed, 0)
    t.equal(completed, 10, `${name}: the seconds add up`)
    t.same(await control.registrations(), [], `${name} leaves no phone registered`)
  }

  const out = join(folder, 'report')
  const given = [
    'load',
    'run',
    'call',
    '--users',
    users,
    '--rate',
    '10',
    '--calls',
    '10',
    '--report',
    'json',
    '--out',
    out,
  ]
  const { code, output, errors } = await server.command(...given)
  t.equal(code, 0)
  t.equal(errors, '', 'no progress where nobody sits')
  const report = JSON.parse(output) as LoadReport
  t.same(report.calls, { planned: 10, offered: 10, completed: 10, failed: 0 })
  t.equal(report.server, `${server.address.address}:${server.address.port}`, 'found by the data folder')
  t.ok(report.serverProcesses?.processIds.includes(server.supervisorPid), 'with its processes')
  t.ok(report.serverProcesses?.processIds.includes(await server.enginePid()))
  t.ok((report.serverProcesses?.memoryBytesMost ?? 0) > 1_000_000)
  for (const file of ['report.txt', 'report.json', 'report.svg']) t.ok(existsSync(join(out, file)), file)
  const again = await server.command(...given)
  t.equal(again.code, 2)
  t.match(again.errors, /--out: .* name a folder that is not there yet/)
})

t.test('calls that fail are told by what came in place of the answer', { skip }, async (t) => {
  const server = started()
  const target = `${server.address.address}:${server.address.port}`
  const others = join(folder, 'others')
  const made = await server.command(
    'load',
    'users',
    ...['--count', '20', '--out', others, '--from', `127.0.0.1:${port}`],
  )
  t.equal(made.code, 0)
  const elsewhere = ['--server', target, '--data', join(folder, 'none'), '--users', others]
  const run = (name: string, ...more: string[]) => server.command('load', 'run', name, ...elsewhere, ...more)

  // The same ids with other passwords.
  for (const name of ['call', 'register']) {
    const refused = await run(name)
    t.equal(refused.code, 1, name)
    t.match(refused.errors, /refused the REGISTER of load-0000000: SIP\/2\.0 401 .*ringdown apply .*document\.json/)
  }
  // Numbers of this server that nobody is blocked at: they ring nowhere.
  const calls = readFileSync(join(others, 'calls.csv'), 'utf8').replaceAll(/;[^;]*$/gm, ';')
  writeFileSync(join(others, 'blocked-caller.csv'), calls)
  const failed = await run('blocked-caller', '--rate', '5', '--calls', '5')
  t.equal(failed.code, 1)
  t.match(failed.output, /^Failed {9}5$/m)
  t.match(failed.output, /^ {15}5 x 480 Not Reachable$/m)
  t.match(failed.output, /^Note: Processor and memory of the server are not known/m)
  await server.stopEmpty()

  const gone = await run('call')
  t.equal(gone.code, 3)
  t.match(gone.errors, /The server .* is not reached: nothing listens there/)
})
