/** The search in a list of callers, against looking at each of its entries. */
import fc from 'fast-check'
import t from 'tap'
import { compileCallers } from '../config/compile/compile-callers.ts'
import { compile } from '../config/compile/compile-document.ts'
import { listNames } from './caller-identity.ts'
import type { Attempt } from './decision.ts'
import { startPosition } from './position.ts'

const snapshot = compile(
  {
    account: { name: 'Acme' },
    pbxs: [{ id: 'p', name: 'P', domain: 'p.test', country: 'GB' }],
    trunks: [{ id: 't', name: 'T', address: '192.0.2.1', trusted: [], prefixes: [] }],
  },
  1,
)
const [trunk] = snapshot.trunks
if (trunk === undefined) throw new Error('There is no trunk')
const attempt: Attempt = {
  caller: { kind: 'trunk', trunk, number: '', name: '', anonymous: false },
  dialled: '',
  domain: '',
  ownDiversions: 0,
}

// Few digits and all lengths, so that much of it meets.
const digits = fc.string({ unit: fc.constantFrom('0', '4', '9'), minLength: 1, maxLength: 15 })
const number = digits.map((text) => `+${text}`)
const beginning = fc.oneof(number, fc.constant('+')).map((text) => `${text}*`)
const range = fc
  .tuple(digits, fc.nat({ max: 500 }))
  .map(
    ([text, more]) =>
      `+${text}-+${String(Number(text) + more)
        .padStart(text.length, '0')
        .slice(-text.length)}`,
  )
  .filter((text) => (text.split('-')[0] ?? '') <= (text.split('-')[1] ?? ''))

function isNamed(entry: string, number: string): boolean {
  if (entry.endsWith('*')) return number.startsWith(entry.slice(0, -1))
  const [first = '', last = first] = entry.split('-')
  return number.length === first.length && number >= first && number <= last
}

t.test('a list names whom one of its entries names', async () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(number, beginning, range), { maxLength: 20 }),
      fc.array(number, { minLength: 20, maxLength: 20 }),
      (entries, callers) => {
        const list = compileCallers(entries)
        for (const caller of [...callers, ...entries.map((entry) => entry.split(/[-*]/)[0] ?? '')]) {
          if (caller.length < 2) continue
          const named = listNames(snapshot, list, '', startPosition(attempt, caller, 'from nobody'))
          if (named !== entries.some((entry) => isNamed(entry, caller))) return false
        }
        return true
      },
    ),
    { numRuns: 2000 },
  )
})
