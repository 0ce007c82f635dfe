import t from 'tap'
import { acme, problemsWith, user, warningsWith } from './acme.test.ts'

function plan(change: object): object {
  return { callingPlans: [{ id: 'europe', name: 'Europe', allow: ['GB', 'FR', '+49'], deny: ['+33836'], ...change }] }
}

t.test('a plan names countries that are known, and nothing twice or both ways', async (t) => {
  t.same(problemsWith(plan({})), [])
  t.same(problemsWith(plan({ allow: ['XX', 'FR'] })), [
    'callingPlans[0].allow[0]: the calling code of this country is not known',
  ])
  t.same(problemsWith(plan({ allow: ['FR', '+33'] })), ['callingPlans[0].allow[1]: this is the same as allow[0]'])
  t.same(problemsWith(plan({ deny: ['+49'] })), [
    'callingPlans[0].deny[0]: this is allowed (allow[2]) and denied at once',
  ])
  t.same(problemsWith(plan({ allow: ['0044'] })), ['callingPlans[0].allow[0]: this is not in the expected form'])
  t.same(problemsWith(plan({ id: 'domestic' })), ['callingPlans[0].id: this is the name of a built-in plan'])
})

t.test('countries that share a calling code are told apart', async (t) => {
  t.same(problemsWith(plan({ allow: ['US'], deny: ['CA', '+1900'] })), [])
})

t.test('a plan that allows nothing and a denial of what is not allowed are warnings', async (t) => {
  t.same(warningsWith(plan({ allow: [], deny: [] })), ['callingPlans[0].allow: this plan allows no outside number'])
  t.same(warningsWith(plan({ deny: ['+81'] })), [
    'callingPlans[0].deny[0]: nothing that the plan allows is denied by this',
  ])
})

t.test('users, sites and PBXs name a built-in plan or one that is there', async (t) => {
  t.same(problemsWith({ users: [user('anna', { callingPlan: 'international' })], devices: [], phoneNumbers: [] }), [])
  const [problem, ...others] = problemsWith({ sites: [{ ...acme.sites[0], callingPlan: 'europ' }, acme.sites[1]] })
  t.match(problem, /^sites\[0\]\.callingPlan: there is no calling plan with this id/)
  t.same(others, [])
})
