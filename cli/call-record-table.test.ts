import t from 'tap'
import { endedCalls, soundOf } from './call-record-table.ts'
import type { CallRecord } from './client/api.ts'
import type { AnyRequest, ApiClient } from './client/api-client.ts'

const at = (second: number) => new Date(Date.UTC(2026, 2, 1, 9, 0, second)).toISOString()
const call = (id: string, began: number, ended: number | null) =>
  ({ id, startedAt: at(began), endedAt: ended === null ? null : at(ended) }) as CallRecord

t.test('calls are given when they have ended, each once', async (t) => {
  const looks = [
    [],
    [call('one', 1, null)],
    [call('two', 2, 5), call('one', 1, null)],
    [call('three', 6, 7), call('two', 2, 5), call('one', 1, 6)],
    [call('three', 6, 7)],
    [call('four', 6, 9), call('three', 6, 7)],
  ]
  const asked: unknown[] = []
  const client = {
    async *entries(_: string, query: AnyRequest['query']) {
      asked.push(query?.['since'])
      const look = looks[asked.length - 1]
      if (look === undefined) throw new Error('the server is gone')
      yield* look
    },
  } as unknown as ApiClient
  const given: string[] = []
  const follow = async () => {
    for await (const { id } of endedCalls(client, { since: at(0), user: 'anna' }, 0)) given.push(id)
  }
  await t.rejects(follow(), { message: 'the server is gone' })
  t.same(given, ['two', 'one', 'three', 'four'])
  t.same(asked, [at(0), at(0), at(1), at(1), at(6), at(6), at(6)], 'from the first call that still goes on')
})

t.test('the sound of a call in a few words', async (t) => {
  const quality = (mos: number | null, lost: number) => ({ mos, lost }) as CallRecord['quality'][number]
  t.equal(soundOf({ quality: [], recordings: [] }), '')
  t.equal(soundOf({ quality: [quality(4.36, 0), quality(3.14, 7)], recordings: ['r'] }), '3.1, 7 lost, recorded')
  t.equal(soundOf({ quality: [quality(null, 0)], recordings: [] }), '')
})
