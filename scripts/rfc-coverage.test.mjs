import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { citationsIn, coverage, coverageOf, coveragePage, faultsOf } from './rfc-coverage.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

t.test('docs/rfc-coverage.md says what the code cites: if not, run npm run rfc-coverage', async (t) => {
  const cited = coverageOf(root)
  t.same(faultsOf(readFileSync(`${root}docs/rfc-coverage.md`, 'utf8'), cited), [])
  t.same(faultsOf(coveragePage(cited), cited), [])
})

t.test('citations', async (t) => {
  const cited = (text) => citationsIn(text).map(({ rfc, section }) => `${rfc} ${section}`)
  t.same(cited('// RFC 3261 §17.2.1, §17.2.3 and §9.2'), ['3261 17.2.1', '3261 17.2.3', '3261 9.2'])
  t.same(cited('/** By rport (RFC 3581), else by Via (§18.2.2). */'), ['3581 ', '3261 18.2.2'])
  t.same(cited('(RFC 3261 §8.2.6, RFC 3581 §4)'), ['3261 8.2.6', '3581 4'])
  t.same(cited('/**\n * as RFC\n * 6026\n * §7.1 says\n */'), ['6026 7.1'])
  t.same(cited('// 3GPP TS 24.229 §5.1.1.2 is no RFC'), [])
})

t.test('rows: files that cite, and the tests that cite the same', async (t) => {
  const texts = { 'a.ts': '// RFC 3261 §9.1', 'a.test.ts': "'RFC 3261 §9.1, §9.2'", 'b.ts': '// RFC 3326' }
  const rfcs = coverage(['a.ts', 'b.ts'], ['a.test.ts'], (path) => texts[path])
  t.same([...rfcs.get(3261).keys()], ['9.1'])
  t.same([...rfcs.get(3261).get('9.1').tests], ['a.test.ts'])
  t.same([...rfcs.get(3326).get('').files], ['b.ts'])
  const cited = { rfcs, tests: ['a.test.ts', 'b.test.ts'] }
  const text = coveragePage(cited)
  t.match(text, '| 9.1 | CANCEL by the client | a.ts | a.test.ts |')
  t.match(text, '| all |  | b.ts | *b.test.ts* |')
  t.same(faultsOf(text, cited), [])
  t.same(faultsOf(text.replace('| 9.1 | CANCEL by the client | a.ts | a.test.ts |\n', ''), cited), [
    'RFC 3261 §9.1 has no row, and is cited in a.ts',
  ])
  t.same(faultsOf(text.replace(' a.ts |', ' b.ts |').replace('*b.test.ts*', '*c.test.ts*'), cited), [
    'b.ts does not cite RFC 3261 §9.1',
    'c.test.ts does not test RFC 3326',
  ])
  t.same(faultsOf(text.replace('| a.test.ts |', '| b.test.ts |'), cited), ['b.test.ts does not test RFC 3261 §9.1'])
})
