import t from 'tap'
import { acme, problemsWith, user, warningsWith } from './acme.test.ts'

const rules = (...list: object[]) => ({ users: [user('anna', { rules: list }), ...acme.users.slice(1)] })
const toBen = { name: 'To Ben', to: { user: 'ben' } }

t.test('a rule has a name of its own and goes to one destination', async (t) => {
  t.same(
    problemsWith(rules(toBen, { name: 'Ring long', to: { ringPhones: { seconds: 60, afterwards: { busy: true } } } })),
    [],
  )
  t.same(problemsWith(rules(toBen, { ...toBen, enabled: false })), ['users[0].rules[1].name: rules[0] has this name'])
  t.match(problemsWith(rules({ name: 'Nowhere', to: {} })), [/rules\[0\]\.to: there is no destination/])
  t.match(problemsWith(rules({ name: 'Me', to: { user: 'anna' } })), [/rules\[0\]\.to: the user forwards to himself/])
  t.match(problemsWith(rules({ name: 'Me', to: { number: '+442079460101' } })), [/the user forwards to himself/])
  t.match(problemsWith(rules({ name: 'Abroad', to: { number: '+33123456789' } })), [
    /to\.number: this number is abroad/,
  ])
})

t.test('who: somebody is named, and ranges begin before they end', async (t) => {
  t.same(
    problemsWith(rules({ ...toBen, who: { callers: ['anonymous', '+4420*', '+442079460000-+442079460099'] } })),
    [],
  )
  t.match(problemsWith(rules({ ...toBen, who: {} })), [/rules\[0\]\.who: nobody is named/])
  t.match(problemsWith(rules({ ...toBen, who: { callers: ['+442079460099-+442079460000'] } })), [
    /who\.callers\[0\]: this range has no beginning and end/,
  ])
  const contacts = [{ id: 'tran', firstName: 'Minh', lastName: 'Trần' }]
  t.same(problemsWith({ ...rules({ ...toBen, who: { contacts: ['tran'] } }), contacts }), [])
  t.match(problemsWith(rules({ ...toBen, who: { contacts: ['tran'] } })), [/who\.contacts\[0\]: there is no contact/])
})

t.test('when: one sort of time, in order', async (t) => {
  const when = (value: object) => problemsWith(rules({ ...toBen, when: value }))
  t.same(when({ from: '2027-01-31T17:30', until: '2027-02-01T09:00' }), [])
  t.same(when({ weekly: { saturday: [{ from: '00:00', to: '24:00' }] } }), [])
  t.match(when({}), [/when: no time is named/])
  t.match(when({ from: '2027-01-31T17:30', weekly: {} }), [/when: more than one sort of time is named/])
  t.match(when({ from: '2027-02-01T09:00', until: '2027-01-31T17:30' }), [/until: this is not after the beginning/])
  t.match(when({ until: '2027-02-30T09:00' }), [/until: there is no such day/])
  t.match(when({ until: '2027-02-03T09:00', during: 'closed' }), [/during: there is no schedule/])
  t.match(when({ schedule: 'office' }), [/when\.schedule: there is no schedule with this id/])
})

t.test('rules that never apply are warnings', async (t) => {
  const never = (list: object) => warningsWith(list).filter((words) => /never applies/.test(words))
  t.same(never(rules(toBen, { name: 'Second', to: { busy: true } })), [
    'users[0].rules[1]: this never applies: To Ben above it fits every call',
  ])
  t.same(never(rules({ ...toBen, enabled: false }, { name: 'Second', to: { busy: true } })), [])
  t.same(never(rules({ ...toBen, when: { weekly: { monday: [] } } })), [
    'users[0].rules[0].when.weekly: this rule never applies: no hours are named',
  ])
})

t.test('unconditional rules that lead back are a circle', async (t) => {
  const users = [user('anna', { rules: [toBen] }), user('ben', { forwarding: { all: { to: { user: 'anna' } } } })]
  const found = problemsWith({ users })
  t.equal(found.length, 1)
  t.match(found, [/^users\[0\]\.rules: forward all goes in a circle: anna to ben to anna/])
  const at = { when: { weekly: { monday: [{ from: '09:00', to: '10:00' }] } } }
  t.same(problemsWith({ users: [user('anna', { rules: [{ ...toBen, ...at }] }), users[1]] }), [])
})
