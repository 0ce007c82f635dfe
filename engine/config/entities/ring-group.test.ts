import t from 'tap'
import { acme, problemsWith, user, warningsWith } from './acme.test.ts'

const sales = { id: 'sales', name: 'Sales', site: 'london', extension: '3001', members: [{ user: 'anna' }] }

function group(change: object): object {
  return { ringGroups: [{ ...sales, ...change }] }
}

t.test('a ring group has members, each one user or number, once', async (t) => {
  t.same(problemsWith(group({ members: [{ user: 'anna' }, { number: '+442079461234', ringSeconds: 20 }] })), [])
  t.same(problemsWith(group({ members: [] })), ['ringGroups[0].members: there is no member'])
  t.same(problemsWith(group({ members: [{}] })), ['ringGroups[0].members[0]: there is no destination'])
  t.same(problemsWith(group({ members: [{ user: 'anna' }, { user: 'anna' }] })), [
    'ringGroups[0].members[1]: this is also members[0]',
  ])
  t.match(problemsWith(group({ members: [{ user: 'dora' }] })), [/members\[0\]\.user: there is no user with this id/])
  t.match(problemsWith(group({ members: [{ user: 'anna', ringSeconds: 121 }] })), [
    /ringSeconds: this is more than 120/,
  ])
})

t.test('a ring group does not ring itself, and not abroad unless it may', async (t) => {
  const phoneNumbers = [...acme.phoneNumbers, { number: '+442079460103', ringGroup: 'sales' }]
  t.same(problemsWith({ ...group({ members: [{ number: '+442079460103' }] }), phoneNumbers }), [
    'ringGroups[0].members[0].number: this number leads back to the group itself',
  ])
  const abroad = [{ number: '+33123456789' }]
  t.same(problemsWith(group({ members: abroad })), [
    'ringGroups[0].members[0].number: this number is abroad and the service may not forward abroad',
  ])
  t.same(problemsWith(group({ members: abroad, internationalForwarding: true })), [])
})

t.test('its extension is one of the PBX, like those of users', async (t) => {
  t.match(problemsWith(group({ extension: '2001' })), [/extension: this extension is already taken by/])
  t.match(problemsWith(group({ extension: '999' })), [
    /extension: this extension equals the emergency number 999 of GB/,
  ])
  t.match(problemsWith(group({ extension: '555' })), [/extension: this extension equals a feature code/])
})

t.test('its four rules lead to voicemail, users, services or numbers, forward-all not to numbers', async (t) => {
  t.match(problemsWith(group({ forwarding: { noAnswer: { to: { voicemail: true } } } })), [
    /noAnswer\.to\.voicemail: there is no mailbox, or it is switched off/,
  ])
  const voicemail = { enabled: true }
  t.same(problemsWith(group({ voicemail, forwarding: { noAnswer: { to: { voicemail: true } } } })), [])
  t.same(problemsWith(group({ forwarding: { busy: { to: { number: '+442079461234' } } } })), [])
  t.match(problemsWith(group({ forwarding: { all: { to: { number: '+442079461234' } } } })), [/forwarding\.all\.to/])
  t.match(problemsWith(group({ forwarding: { busy: { to: { ringGroup: 'sales' } } } })), [
    /leads back to where it begins/,
  ])
  t.same(
    warningsWith(group({ forwarding: { busy: { to: { user: 'cora' } } } })).filter((words) =>
      /deactivated/.test(words),
    ),
    ['ringGroups[0].forwarding.busy.to.user: this user is deactivated'],
  )
})

t.test('a member who cannot be called is a warning', async (t) => {
  t.same(warningsWith(group({ members: [{ user: 'anna' }, { user: 'cora' }] })), [
    'ringGroups[0].members[1].user: this user is deactivated',
  ])
})

t.test('circles of forwarding everything are found over users, groups, queues and numbers', async (t) => {
  const queue = { id: 'help', name: 'Help', site: 'london', members: [{ user: 'ben' }] }
  const users = [user('anna', { forwarding: { all: { to: { ringGroup: 'sales' } } } }), user('ben'), user('cora')]
  const phoneNumbers = [{ number: '+442079460101', user: 'anna' }]
  const circle = {
    users,
    devices: [],
    phoneNumbers,
    ...group({ forwarding: { all: { to: { callQueue: 'help' } } } }),
    callQueues: [{ ...queue, forwarding: { all: { to: { number: '+442079460101' } } } }],
  }
  const problems = problemsWith(circle)
  t.ok(problems.length > 0)
  for (const problem of problems) t.match(problem, /forward all goes in a circle/)
  t.match(problems.join(), /ringGroup sales/)
  const open = { ...queue, forwarding: { all: { enabled: false, to: { user: 'anna' } } } }
  t.same(problemsWith({ ...circle, callQueues: [open] }), [])
})
