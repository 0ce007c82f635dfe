import t from 'tap'
import { problemsWith, user } from './acme.test.ts'

const policy = { id: 'locked', name: 'Locked', locks: ['forwarding-rules', 'external-caller-id'] }

t.test('a policy locks known parts, each once', async (t) => {
  t.same(problemsWith({ profilePolicies: [policy] }), [])
  t.same(problemsWith({ profilePolicies: [{ ...policy, locks: ['fax', 'fax'] }] }), [
    'profilePolicies[0].locks[1]: this is listed twice',
  ])
  t.match(problemsWith({ profilePolicies: [{ ...policy, locks: ['everything'] }] }), [/locks\[0\]: this is not one of/])
})

t.test('users and the account name a policy that is there', async (t) => {
  const users = [user('anna', { profilePolicy: 'locked' })]
  const more = { users, devices: [], phoneNumbers: [], account: { name: 'Acme', defaultProfilePolicy: 'locked' } }
  t.same(problemsWith({ ...more, profilePolicies: [policy] }), [])
  t.same(
    problemsWith(more).map((problem) => problem.split(':')[0]),
    ['account.defaultProfilePolicy', 'users[0].profilePolicy'],
  )
})
