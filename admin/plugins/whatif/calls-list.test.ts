import t from 'tap'
import { readCallsList } from './calls-list.ts'

const now = Date.UTC(2026, 2, 1)

t.test('a list of calls', async (t) => {
  const text =
    '\uFEFFdialled, Caller ,at,remark\r\n1002,anna,2026-03-01T18:30:00+01:00,"says ""hi"",\n twice"\r\n\r\n"1003",+441632960000,,\n1004,anonymous'
  t.same(readCallsList(text, now), {
    ok: true,
    calls: [
      { id: 'line 2', caller: 'anna', dialled: '1002', at: Date.UTC(2026, 2, 1, 17, 30) },
      { id: 'line 5', caller: '+441632960000', dialled: '1003', at: now },
      { id: 'line 6', caller: 'anonymous', dialled: '1004', at: now },
    ],
  })
})

t.test('what is wrong in a list is told with its line', async (t) => {
  for (const [text, problem] of [
    ['', { path: 'csv', message: /empty/ }],
    ['from,to\n1,2', { path: 'csv', message: /name the columns/, cure: /caller,dialled,at/ }],
    ['caller,dialled\nanna,', { path: 'csv line 2', message: /nothing is dialled/ }],
    ['caller,dialled\n,1002', { path: 'csv line 2', message: /nobody calls/ }],
    ['caller,dialled,at\nanna,1002,yesterday', { path: 'csv line 2', value: 'yesterday', message: /no time/ }],
    ['caller,dialled,at\nanna,1002,2026-03-01T18:30', { value: '2026-03-01T18:30', message: /zone/ }],
    ['caller,dialled\n"anna,1002', { message: /nothing is dialled/ }],
  ] as const) {
    t.match(readCallsList(text, now), { ok: false, problems: [problem] }, text)
  }
  const many = readCallsList(`caller,dialled\n${',\n'.repeat(100)}`, now)
  t.equal(many.ok ? 0 : many.problems.length, 20, 'not all of many')
})
