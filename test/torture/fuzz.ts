/**
 * `npm run fuzz -- --seconds N --seed S`: conversations with spoilt messages of all kinds, until the time is over or the
 * engine throws, hangs or keeps something. Every conversation has a seed of its own, S, S + 1, ...
 */
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { Conversation } from './conversation.ts'
import { readEverything } from './read-everything.ts'

interface Options {
  readonly seconds: string
  readonly seed: string
  readonly rounds?: string
  readonly spoilt: string
  readonly save: string
}

/** A message that takes longer to read than this, ms, three times in a row, costs too much. */
const slow = 25

const program = new Command('npm run fuzz --')
  .description('Sends spoilt messages through parser, validation, transactions and call server.')
  .option('--seconds <time>', 'how long', '60')
  .option('--seed <number>', 'seed of the first conversation', '1')
  .option('--rounds <count>', 'conversations at most')
  .option('--spoilt <probability>', 'of each message to be spoilt', '0.3')
  .option('--save <folder>', 'where a message that does harm is saved, as hex', tmpdir())
  .parse()

process.exitCode = run(program.opts<Options>()) ? 0 : 1

function run(options: Options): boolean {
  const first = positive(options.seed, '--seed')
  const seconds = positive(options.seconds, '--seconds')
  const rounds = options.rounds === undefined ? Number.POSITIVE_INFINITY : positive(options.rounds, '--rounds')
  const spoilt = Number(options.spoilt)
  if (!(spoilt >= 0 && spoilt <= 1)) throw new RangeError('--spoilt takes a number from 0 to 1')
  const started = performance.now()
  let messages = 0
  let mutants = 0
  let seed = first
  let longest = 0
  for (; seed - first < rounds && performance.now() - started < seconds * 1000; seed++) {
    const conversation = new Conversation(seed, spoilt)
    const begun = performance.now()
    const fault = faultOf(conversation)
    longest = Math.max(longest, performance.now() - begun)
    messages += conversation.messages
    mutants += conversation.mutants
    if (fault === '') continue
    const file = join(options.save, `ringdown-fuzz-${seed}.hex`)
    writeFileSync(file, `${Buffer.from(conversation.last, 'latin1').toString('hex')}\n`)
    console.log(`Seed ${seed}: ${fault}`)
    console.log(`The last message, ${conversation.last.length} bytes, is saved as ${file}`)
    console.log(`Again: npm run fuzz -- --seed ${seed} --rounds 1 --spoilt ${options.spoilt}`)
    return false
  }
  const time = (performance.now() - started) / 1000
  const memory = Math.round(process.memoryUsage().heapUsed / 1024 / 1024)
  console.log(
    `${seed - first} conversations, ${messages} messages (${mutants} spoilt) in ${time.toFixed(1)} s, the longest ` +
      `${longest.toFixed(0)} ms; heap ${memory} MiB; nothing thrown, nothing left`,
  )
  return true
}

/** What went wrong in it; '' for nothing. */
function faultOf(conversation: Conversation): string {
  try {
    conversation.run()
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error)
  }
  const times = [0, 0, 0].map(() => {
    const begun = performance.now()
    readEverything(conversation.costliest)
    return performance.now() - begun
  })
  const least = Math.min(...times)
  return least < slow ? '' : `a message of ${conversation.costliest.length} bytes takes ${least.toFixed(0)} ms to read`
}

function positive(text: string, option: string): number {
  const value = Number(text)
  if (!(value >= 0)) throw new RangeError(`${option} takes a number`)
  return value
}
