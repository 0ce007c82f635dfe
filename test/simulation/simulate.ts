/**
 * `npm run simulate -- --calls N --seed S`: makes calls in simulated worlds until N are made or an invariant is broken.
 * Every episode (ten calls unless told) has a seed of its own, S, S + 1, ...; the same seed and options replay it.
 */
import { availableParallelism } from 'node:os'
import { Command } from 'commander'
import { features, readFeatures } from './features.ts'
import type { Batch, Tally } from './tally.ts'
import { runAlone, runInThreads } from './workers.ts'

interface Options {
  readonly calls: string
  readonly seed: string
  readonly episode: string
  readonly loss: string
  readonly duplicate: string
  readonly reorder: string
  readonly crash: string
  readonly threads: string
  readonly features: string
  readonly lamps: string
  readonly trace?: boolean
  readonly keepGoing?: boolean
}

const usual = {
  episode: '10',
  loss: '0.1',
  duplicate: '0.05',
  reorder: '0.1',
  crash: '0.03',
  features: '',
  lamps: '0.25',
} as const

const program = new Command('npm run simulate --')
  .description('Simulates calls in virtual time on a bad network and checks that nothing goes wrong.')
  .option('--calls <count>', 'calls to make', '10000')
  .option('--seed <number>', 'seed of the first episode', '1')
  .option('--episode <calls>', 'calls in each episode', usual.episode)
  .option('--loss <probability>', 'of each datagram to be lost, or "varies": 0 to 0.15', usual.loss)
  .option('--duplicate <probability>', 'of each datagram to arrive twice, or "varies": 0 to 0.05', usual.duplicate)
  .option('--reorder <probability>', 'of each datagram to be overtaken, or "varies": 0 to 0.2', usual.reorder)
  .option('--crash <probability>', 'for each call, of the server to die during it', usual.crash)
  .option(
    '--features <weights>',
    'what people do with calls, beside the usual: "blind=30,park=0"; see below',
    usual.features,
  )
  .option('--lamps <probability>', 'of each episode, that phones watch the lamps of others', usual.lamps)
  .option('--threads <count>', 'episodes at once (default: one a processor)', '0')
  .option('--trace', 'print every message of the first episode; one thread')
  .option('--mutants', 'instead: show after how many calls known faults are noticed')
  .option('--keep-going', 'go on after a violation and list all that are found')
  .addHelpText('after', featureHelp())
  .parse()

process.exitCode = (await run(program.opts<Options>())) ? 0 : 1

async function run(options: Options): Promise<boolean> {
  const batch: Batch = {
    seed: count(options.seed, '--seed'),
    calls: count(options.calls, '--calls'),
    episode: Math.max(1, count(options.episode, '--episode')),
    loss: probability(options.loss, '--loss'),
    duplicate: probability(options.duplicate, '--duplicate'),
    reorder: probability(options.reorder, '--reorder'),
    crash: probability(options.crash, '--crash') ?? 0,
    features: readFeatures(options.features),
    lamps: probability(options.lamps, '--lamps') ?? 1,
    stopAtFirst: options.keepGoing !== true,
  }
  const threads = count(options.threads, '--threads') || availableParallelism()
  const started = performance.now()
  const alone = options.trace === true || threads === 1 || batch.calls <= batch.episode
  const trace = options.trace === true ? (line: string): void => console.log(line) : null
  const told = new Set<number>()
  const tellViolations = (sum: Tally): void => {
    for (const { seed, calls, text } of sum.violations) {
      if (told.has(seed)) continue
      told.add(seed)
      console.log(`Seed ${seed}, within ${(seed - batch.seed) * batch.episode + calls} calls: ${text}`)
      console.log(`Replay: npm run simulate -- --seed ${seed} --calls ${calls}${repeated(options)} --trace`)
    }
  }
  const progress = progressLine(started, batch.calls)
  const tell = (sum: Tally): void => {
    progress(sum)
    // A run of an hour tells at once what it finds; without it the lowest seed stands first.
    if (!batch.stopAtFirst) tellViolations(sum)
  }
  const tally = alone ? runAlone(batch, trace, tell) : await runInThreads(batch, threads, tell)
  const done = Object.entries(tally.done).sort(([, one], [, other]) => other - one)
  if (done.length > 0) console.log(`Done with them: ${done.map(([what, times]) => `${what} ${times}`).join(', ')}`)
  tellViolations(tally)
  const seconds = (performance.now() - started) / 1000
  console.log(
    `${tally.calls} calls (${tally.answered} answered), ${tally.messages} messages, ${tally.restarts} crashes in ` +
      `${seconds.toFixed(1)} s: ${Math.round(tally.calls / seconds)} calls a second in ` +
      `${alone ? 1 : threads} thread(s); ${tally.violations.length} violations`,
  )
  return tally.violations.length === 0
}

function featureHelp(): string {
  const lines = Object.entries(features).map(([name, what]) => `  ${name.padEnd(10)} ${what}\n`)
  return (
    `\nWhat people do with calls, each with a weight of its own:\n${lines.join('')}` +
    '"only,blind=1,park=1" leaves out all others; "none": they only talk, as phones without keys.\n' +
    'The same seed, calls and options replay an episode exactly.\n'
  )
}

/** On a terminal, one line that is written over. */
function progressLine(started: number, calls: number): (sum: Tally) => void {
  if (!process.stderr.isTTY) return () => undefined
  return (sum) => {
    const rate = Math.round((sum.calls * 1000) / (performance.now() - started))
    const end = sum.calls >= calls ? '\n' : ''
    process.stderr.write(`\r${sum.calls} of ${calls} calls, ${rate} a second ${end}`)
  }
}

/** The options that a replay needs as well. */
function repeated(options: Options): string {
  let text = ''
  for (const name of ['episode', 'loss', 'duplicate', 'reorder', 'crash', 'features', 'lamps'] as const) {
    if (options[name] !== usual[name]) text += ` --${name} ${options[name]}`
  }
  return text
}

function probability(text: string, option: string): number | null {
  if (text === 'varies') return null
  const value = Number(text)
  if (!(value >= 0 && value <= 1)) throw new RangeError(`${option} takes a number from 0 to 1, not ${text}`)
  return value
}

function count(text: string, option: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${option} takes a whole number, not ${text}`)
  return value
}
