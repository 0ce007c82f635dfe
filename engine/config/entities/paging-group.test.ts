import t from 'tap'
import { problemsWith } from './acme.test.ts'

const all = { id: 'all', name: 'Everybody', site: 'london', extension: '801', members: ['anna', 'ben'] }

function group(change: object): object {
  return { pagingGroups: [{ ...all, ...change }] }
}

t.test('a paging group has members, each once', async (t) => {
  t.same(problemsWith(group({})), [])
  t.same(problemsWith(group({ members: [] })), ['pagingGroups[0].members: there is no member'])
  t.same(problemsWith(group({ members: ['anna', 'anna'] })), ['pagingGroups[0].members[1]: this is also members[0]'])
  t.match(problemsWith(group({ members: ['dora'] })), [/members\[0\]: there is no user with this id/])
})

t.test('phones listen to a multicast address that is not for routers', async (t) => {
  t.same(problemsWith(group({ multicast: { address: '239.255.0.1', port: 5004 } })), [])
  for (const address of ['192.0.2.1', '224.0.0.1', '240.0.0.1', '239.255.0.256']) {
    t.same(problemsWith(group({ multicast: { address, port: 5004 } })), [
      'pagingGroups[0].multicast.address: this is no multicast address for phones',
    ])
  }
})
