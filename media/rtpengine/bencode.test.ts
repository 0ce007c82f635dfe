import fc from 'fast-check'
import t from 'tap'
import type { Bencoded } from './bencode.ts'
import { bdecode, bencode } from './bencode.ts'

t.test('there and back', async (t) => {
  t.equal(
    bencode({ command: 'offer', 'call-id': 'x', flags: ['a', 1, -2] }),
    'd7:call-id1:x7:command5:offer5:flagsl1:ai1ei-2eee',
  )
  const value = fc.letrec<{ value: Bencoded }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.string({ unit: 'binary-ascii' }),
      fc.integer(),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.string({ unit: 'binary-ascii', minLength: 1 }), tie('value'), {
        maxKeys: 4,
        noNullPrototype: true,
      }),
    ),
  })).value
  fc.assert(
    fc.property(value, (one) => {
      const read = bdecode(bencode(one))
      return JSON.stringify(sorted(read)) === JSON.stringify(sorted(one))
    }),
    { numRuns: 300 },
  )
})

t.test('what is none', async (t) => {
  for (const text of [
    '',
    'i',
    'ie',
    'i1',
    '3:ab',
    '-1:a',
    'l',
    'l1:a',
    'd1:a',
    'd1:ae',
    'di1ei1ee',
    'i1ei2e',
    'l'.repeat(1000),
  ]) {
    t.equal(bdecode(text), undefined, JSON.stringify(text).slice(0, 20))
  }
  fc.assert(
    fc.property(fc.string(), (text) => {
      bdecode(text)
      return true
    }),
    { numRuns: 300 },
  )
})

function sorted(value: Bencoded | undefined): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object') return value
  return Object.entries(value as { [key: string]: Bencoded })
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, entry]) => [key, sorted(entry)])
}
