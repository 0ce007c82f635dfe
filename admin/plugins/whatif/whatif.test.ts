import { join } from 'node:path'
import t from 'tap'
import type { CallBegan, CallEvents } from '../../../engine/records/call-events.ts'
import { openJournal } from '../../../engine/records/journal-file.ts'
import { startTestApplication } from '../../application-under-test.ts'

t.setTimeout(120_000)

const at = Date.UTC(2026, 2, 1, 9)
const anna = { kind: 'user', id: 'anna', title: '1001 Anna Abbott' } as const
const toBen: CallBegan = {
  ...{
    id: '',
    at,
    callId: 'x@phone',
    fromTag: 'tag',
    sequence: 1,
    source: 'test',
    caller: anna,
    dialled: '1002',
    domain: '',
    revision: 1,
  },
  asked: { kind: 'device', device: 'anna-desk' },
  step: { facts: 'registered:ben=1 lines:ben=0', rules: '', rings: '1002 Ben Baker', targets: 'user:ben' },
  refusal: null,
}

/** Two calls that Ben answered, two that nobody answered, one given up, one that found him away, one of somebody gone. */
function record(events: CallEvents): void {
  for (const id of ['answered 1', 'answered 2']) {
    events.began({ ...toBen, id })
    events.answered(id, at + 3000, { kind: 'user', id: 'ben', title: '1002 Ben Baker' })
    events.ended(id, at + 9000, 'caller', 200, 'OK')
  }
  for (const id of ['unanswered 1', 'unanswered 2']) {
    events.began({ ...toBen, id })
    events.wentOn({
      ...{ id, at: at + 15_000, outcome: 'noAnswer', detail: '', revision: 1 },
      step: { facts: '', rules: '', rings: '', targets: '' },
    })
    events.ended(id, at + 15_000, 'server', 480, 'No Answer')
  }
  events.began({ ...toBen, id: 'given up' })
  events.ended('given up', at + 2000, 'caller', 487, 'Request Terminated')
  const away = { facts: 'registered:ben=0', rules: '', rings: '', targets: '' }
  events.began({ ...toBen, id: 'away', step: away, refusal: { status: 480, phrase: 'Not Reachable' } })
  events.began({ ...toBen, id: 'of nobody', caller: { ...anna, id: 'gone' } })
}

async function withCalls() {
  const application = await startTestApplication()
  const journal = openJournal(join(application.dataFolder, 'journal'), {
    log: { info() {}, warn() {}, error() {} },
    records: { path: join(application.dataFolder, 'records.db'), days: 0 },
  })
  record(journal.events)
  await journal.close()
  return application
}

const toAnna = { to: { user: 'anna' } }
const ben = (patch: object | null) => ({ entity: { kind: 'user', id: 'ben', patch } })

const message = 'take a message for Ben Baker (until mailboxes work: refuse with 480 No Answer)'

t.test('the calls that a change would send another way, and no others', async (t) => {
  const application = await withCalls()
  t.teardown(() => application.close())
  const ask = async (question: object) => {
    const answer = await application.ask('POST', '/v1/whatif', question)
    t.equal(answer.statusCode, 200, answer.body)
    return answer.json()
  }
  const longer = await ask(ben({ forwarding: { noAnswer: { name: 'To the desk', to: { number: '+442079460101' } } } }))
  t.match(longer, {
    revision: 1,
    changesInAll: 1,
    changes: [{ kind: 'user', id: 'ben', change: 'changed' }],
    comparison: {
      calls: 7,
      changed: 2,
      skipped: [{ because: 'There is no user gone any more.', calls: 1 }],
      groups: [
        {
          calls: 2,
          before: {
            text: ['ring Ben Baker (1002) for 15 s: nobody answers', message],
            end: 'refused',
          },
          after: {
            text: [
              'ring Ben Baker (1002) for 15 s: nobody answers',
              'by "To the desk" ring Anna Abbott (1001) for 15 s: nobody answers (assumed)',
              message.replace('Ben Baker', 'Anna Abbott'),
            ],
            decisions: [
              { outcome: 'noAnswer', assumed: false, rules: [], result: { kind: 'ring', targets: [{ user: 'ben' }] } },
              { outcome: 'noAnswer', assumed: true, rules: ['To the desk'] },
              { outcome: null, result: { kind: 'voicemail', status: 480 } },
            ],
          },
          listed: [{ id: 'unanswered 2', at, dialled: '1002' }, { id: 'unanswered 1' }],
        },
      ],
    },
  })
  t.match((await ask({ ...ben({ lastName: 'Bishop', extension: '1002' }) })).comparison, { changed: 0 }, 'a name only')
  const all = await ask({ ...ben({ forwarding: { all: toAnna } }), limit: 1 })
  t.match(all.comparison, { changed: 6 })
  const ends = all.comparison.groups.map(({ calls, before }: { calls: number; before: { end: string } }) => [
    calls,
    before.end,
  ])
  t.same(ends.sort(), [
    [1, 'left'],
    [1, 'refused'],
    [2, 'answered'],
    [2, 'refused'],
  ])
  const listed = all.comparison.groups.flatMap(({ listed }: { listed: object[] }) => listed)
  t.equal(listed.length, 1, 'no more are listed than are asked for')
  t.match(await ask({ ...ben({ forwarding: { all: toAnna } }), last: 2 }), { comparison: { calls: 2 } })
  t.match(
    await ask({ ...ben({ forwarding: { all: toAnna } }), last: 50_000 }),
    { comparison: { calls: 7 } },
    'as many as are asked for in a process of its own',
  )

  const gone = await ask({ entity: { kind: 'device', id: 'anna-desk', patch: null } })
  t.match(gone.comparison.groups[0].after, { text: ['Anna Abbott has no phone any more.'], end: 'not possible' })
  t.equal(application.configuration.revision, 1, 'nothing is saved')
  t.equal(application.configuration.configuration.get('user', 'ben')?.['lastName'], 'Baker')
})

t.test('a document, and calls that nobody has made', async (t) => {
  const application = await withCalls()
  t.teardown(() => application.close())
  const document = (await application.ask('GET', '/v1/document')).body.replace(
    'lastName: Baker',
    '$&\n    active: false',
  )
  const csv = 'caller,dialled,at\nanna,1002,2026-03-01T18:30:00Z\nben,1001,\n+441632960000,+442079460101,\nnobody,1,\n'
  const answer = await application.ask('POST', '/v1/whatif', { document, csv })
  t.equal(answer.statusCode, 200, answer.body)
  t.match(answer.json(), {
    changesInAll: 1,
    comparison: {
      calls: 4,
      changed: 2,
      groups: [
        { before: { text: [/ring Ben/, /480/] }, after: { text: ['refuse with 480 Not Available'] } },
        {
          before: { text: [/ring Anna/, /480/] },
          after: { text: ['refuse with 403 Forbidden'] },
          listed: [{ id: 'line 3' }],
        },
      ],
    },
  })
  t.equal(answer.json().comparison.skipped.length, 2, 'a caller who is not known, and a trunk that is not there')
})

t.test('what cannot be tried', async (t) => {
  const application = await withCalls()
  t.teardown(() => application.close())
  for (const [question, status, detail] of [
    [{}, 422, /what is to be changed/],
    [{ document: 'version: 1', ...ben({}) }, 422, /what is to be changed/],
    [{ document: 'version: [' }, 422, /./],
    [ben({ extension: '1001' }), 422, /extension/],
    [ben({ colour: 'red' }), 422, /colour/],
    [{ entity: { kind: 'pbx', id: 'north', patch: null } }, 422, /site/],
    [{ ...ben({}), last: 5, csv: 'caller,dialled\n' }, 422, /list of calls too/],
    [{ ...ben({}), csv: 'caller\n' }, 422, /columns/],
    [{ ...ben({}), last: 0 }, 422, /last/],
    [{ entity: { kind: 'person', id: 'x', patch: {} } }, 422, /kind/],
  ] as const) {
    const answer = await application.ask('POST', '/v1/whatif', question)
    t.equal(answer.statusCode, status, JSON.stringify(question) + answer.body)
    t.match(answer.body, detail)
  }
  const many = await Promise.all(
    Array.from({ length: 4 }, () => application.ask('POST', '/v1/whatif', ben({ ringSeconds: 20 }))),
  )
  t.same(many.map(({ statusCode }) => statusCode).sort(), [200, 200, 200, 503])
  t.equal((await application.ask('POST', '/v1/whatif', ben({}), { authorization: '' })).statusCode, 401)
})
