import t from 'tap'
import { TapResults } from './tap-results.mjs'

function read(text, fault) {
  const results = new TapResults('x.test.js')
  for (const line of text.split('\n')) results.line(line)
  results.end(fault)
  return { passed: results.passed, failed: results.failed, skipped: results.skipped }
}

t.test('a leaf is one test, however many assertions it holds', async (t) => {
  const text = `TAP version 14
# Subtest: outer
    # Subtest: first
        ok 1 - should be equal
        ok 2 - should be equal
        1..2
    ok 1 - first # time=3ms
    # Subtest: second \\# two
        not ok 1 - should be equal
          ---
          source: |
            # Subtest: not one
            ok 1 - not one either
          ...
        1..1
    not ok 2 - second \\# two # time=1ms
    1..2
not ok 1 - outer # time=5ms
1..1`
  t.same(read(text, 'exit code 1'), { passed: 1, failed: ['x.test.js > outer > second # two'], skipped: [] })
})

t.test('skipped and to-do points are counted and named', async (t) => {
  const text = `ok 1 - no phone here # SKIP no phone
# Subtest: half
    ok 1 - later # SKIP
    1..1
ok 2 - half # time=1ms
ok 3 - some day # TODO
1..3`
  t.same(read(text, null), {
    passed: 0,
    failed: [],
    skipped: ['x.test.js > no phone here (no phone)', 'x.test.js > half > later (skip)', 'x.test.js > some day (todo)'],
  })
})

t.test('a file of bare assertions is one test', async (t) => {
  t.same(read('ok 1 - a\nok 2 - b\n1..2', null), { passed: 1, failed: [], skipped: [] })
})

t.test('a fault outside every leaf is one failed test more', async (t) => {
  const text = '# Subtest: good\n    ok 1 - a\n    1..1\nok 1 - good # time=1ms\n1..1'
  t.same(read(text, 'exit code 3'), { passed: 1, failed: ['x.test.js: exit code 3'], skipped: [] })
})

t.test('a file that runs nothing fails', async (t) => {
  t.same(read('TAP version 14\n1..0', null), { passed: 0, failed: ['x.test.js: ran no test'], skipped: [] })
})
