/**
 * `npm run differential -- --attempts N --seed S`: random calls are decided by the router and by the reference, which was
 * written from the rules alone. The first differences are printed, made as small as they go; the same seed shows them again.
 */
import { Command } from 'commander'
import type { Difference } from './compare.ts'
import type { Found } from './run.ts'
import { run } from './run.ts'
import { shrunk } from './shrink.ts'

const options = new Command('npm run differential --')
  .description('Compares the router with a slow and obvious second implementation of its rules, by random calls.')
  .option('--attempts <count>', 'calls to make', '100000')
  .option('--seed <number>', 'seed of the first company; each further one has the next', '1')
  .option('--show <count>', 'differences after which to stop', '3')
  .option('--whole', 'show differences as they were found: not made smaller, which may turn one into another')
  .parse()
  .opts<{ attempts: string; seed: string; show: string; whole?: boolean }>()

const started = performance.now()
const result = run(Number(options.attempts), Number(options.seed), Number(options.show))
for (const each of result.differences) console.log(inWords(each))
const seconds = ((performance.now() - started) / 1000).toFixed(1)
console.log(
  `${result.attempts} calls with ${result.steps} further steps in ${result.companies} companies (${result.refused} more were refused), ` +
    `${result.differences.length} differences, ${seconds} s`,
)
process.exitCode = result.differences.length === 0 ? 0 : 1

function inWords({ seed, ...difference }: Found): string {
  return inFull(seed, options.whole === true ? difference : shrunk(difference))
}

function inFull(seed: number, { company, call, moments, router, reference }: Difference): string {
  const filled = Object.entries(company).filter(([, list]) => !Array.isArray(list) || list.length > 0)
  return [
    `Seed ${seed}:`,
    ...filled.flatMap(([name, value]) =>
      Array.isArray(value)
        ? [`  ${name}:`, ...value.map((each) => `    - ${JSON.stringify(each)}`)]
        : `  ${name}: ${JSON.stringify(value)}`,
    ),
    `  call: ${JSON.stringify(call)}`,
    ...moments.map(({ after, now, live }) => {
      const facts = Object.entries(live).filter(([, fact]) => Object.keys(fact).length > 0)
      return `  ${after === null ? 'first' : `after ${JSON.stringify(after)}`} ${new Date(now).toISOString()} ${JSON.stringify(Object.fromEntries(facts))}`
    }),
    `  router:    ${router}`,
    `  reference: ${reference}`,
    '',
  ].join('\n')
}
