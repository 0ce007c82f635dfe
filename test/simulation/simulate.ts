/**
 * `npm run simulate -- --calls N --seed S`: makes calls in simulated worlds until N are made or an invariant is broken.
 * Every episode (ten calls unless told) has a seed of its own, S, S + 1, ...; the same seed and options replay it.
 */
import { Command } from 'commander'
import type { EpisodeOptions } from './episode.ts'
import { runEpisode } from './episode.ts'

interface Options {
  readonly calls: string
  readonly seed: string
  readonly episode: string
  readonly loss?: string
  readonly duplicate?: string
  readonly reorder?: string
  readonly crash: string
  readonly trace?: boolean
  readonly keepGoing?: boolean
}

const program = new Command('npm run simulate --')
  .description('Simulates calls in virtual time on a bad network and checks that nothing goes wrong.')
  .option('--calls <count>', 'calls to make', '10000')
  .option('--seed <number>', 'seed of the first episode', '1')
  .option('--episode <calls>', 'calls in each episode', '10')
  .option('--loss <probability>', 'of each datagram to be lost (default: varies from 0 to 0.15)')
  .option('--duplicate <probability>', 'of each datagram to arrive twice (default: varies from 0 to 0.05)')
  .option('--reorder <probability>', 'of each datagram to be overtaken (default: varies from 0 to 0.2)')
  .option('--crash <probability>', 'for each call, of the server to die during it', '0.03')
  .option('--trace', 'print every message of the first episode')
  .option('--mutants', 'instead: show after how many calls known faults are noticed')
  .option('--keep-going', 'go on after a violation and list all that are found')
  .parse()

process.exitCode = run(program.opts<Options>()) ? 0 : 1

function run(options: Options): boolean {
  const calls = count(options.calls, '--calls')
  const each = count(options.episode, '--episode')
  const first = count(options.seed, '--seed')
  const started = performance.now()
  let made = 0
  let answered = 0
  let messages = 0
  let restarts = 0
  let failures = 0
  for (let seed = first; made < calls; seed++) {
    const episode: EpisodeOptions = {
      seed,
      calls: Math.min(each, calls - made),
      loss: probability(options.loss),
      duplicate: probability(options.duplicate),
      reorder: probability(options.reorder),
      crash: probability(options.crash) ?? 0,
      trace: options.trace === true && seed === first ? (line) => console.log(line) : null,
    }
    const result = runEpisode(episode)
    made += episode.calls
    answered += result.answered
    messages += result.messages
    restarts += result.restarts
    if (result.violation === '') continue
    failures++
    console.log(`Seed ${seed}, within ${made} calls: ${result.violation}`)
    if (options.keepGoing !== true) {
      console.log(`Replay: npm run simulate -- --seed ${seed} --calls ${episode.calls}${repeated(options)} --trace`)
      break
    }
  }
  const seconds = (performance.now() - started) / 1000
  console.log(
    `${made} calls (${answered} answered), ${messages} messages, ${restarts} crashes in ${seconds.toFixed(1)} s: ` +
      `${Math.round(made / seconds)} calls a second; ${failures} violations`,
  )
  return failures === 0
}

/** The options that a replay needs as well. */
function repeated(options: Options): string {
  let text = options.episode === '10' ? '' : ` --episode ${options.episode}`
  for (const name of ['loss', 'duplicate', 'reorder'] as const) {
    if (options[name] !== undefined) text += ` --${name} ${options[name]}`
  }
  return options.crash === '0.03' ? text : `${text} --crash ${options.crash}`
}

function probability(text: string | undefined): number | null {
  if (text === undefined) return null
  const value = Number(text)
  if (!(value >= 0 && value <= 1)) throw new RangeError(`${text} is no probability: write a number from 0 to 1`)
  return value
}

function count(text: string, option: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${option} takes a whole number`)
  return value
}
