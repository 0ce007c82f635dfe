import t from 'tap'
import { acme, problemsWith, user, warningsWith } from './acme.test.ts'

const main = {
  name: 'main',
  keys: [
    { key: '1', to: { user: 'anna' } },
    { key: '2', to: { menu: 'offices' } },
    { key: '#', to: { dialByName: 'last' } },
  ],
}
const offices = { name: 'offices', keys: [{ key: '*', to: { menu: 'main' } }] }
const front = { id: 'front', name: 'Front', site: 'london', extension: '3003', open: 'main', menus: [main, offices] }

function attendant(change: object): object {
  return { autoAttendants: [{ ...front, ...change }] }
}

t.test('a key has one meaning, and an action is one thing', async (t) => {
  t.same(problemsWith(attendant({})), [])
  const twice = { ...main, keys: [...main.keys, { key: '1', to: { hangUp: true } }] }
  t.same(problemsWith(attendant({ menus: [twice, offices] })), [
    'autoAttendants[0].menus[0].keys[3].key: key 1 has a meaning already (keys[0])',
  ])
  const both = { ...main, keys: [{ key: '1', to: { user: 'anna', hangUp: true } }] }
  t.same(problemsWith(attendant({ menus: [both] })), [
    'autoAttendants[0].menus[0].keys[0].to: there is more than one destination: user, hangUp',
  ])
  const letter = { ...main, keys: [{ key: 'A', to: { user: 'anna' } }] }
  t.same(problemsWith(attendant({ menus: [letter] })), [
    'autoAttendants[0].menus[0].keys[0].key: this is not in the expected form',
  ])
})

t.test('menus that are named exist, and have names of their own', async (t) => {
  t.same(problemsWith(attendant({ open: 'mian' })), ['autoAttendants[0].open: there is no menu with this name'])
  t.same(problemsWith(attendant({ menus: [main] })), [
    'autoAttendants[0].menus[0].keys[1].to.menu: there is no menu with this name',
  ])
  t.same(problemsWith(attendant({ menus: [main, offices, main] })), [
    'autoAttendants[0].menus[2].name: another menu has this name',
  ])
})

t.test('a menu from which nothing leads on is a dead end', async (t) => {
  const round = { name: 'round', keys: [{ key: '1', to: { menu: 'about' } }] }
  const about = {
    name: 'about',
    keys: [
      { key: '1', to: { menu: 'round' } },
      { key: '2', to: { repeat: true } },
    ],
  }
  t.same(problemsWith(attendant({ menus: [main, offices, round, about] })), [
    'autoAttendants[0].menus[2]: this menu is a dead end: nothing leads on from it',
    'autoAttendants[0].menus[3]: this menu is a dead end: nothing leads on from it',
  ])
  const ending = { ...about, timeout: { count: 1, to: { hangUp: true } } }
  t.same(problemsWith(attendant({ menus: [main, offices, round, ending] })), [])
  t.same(problemsWith(attendant({ extensionDialling: true, menus: [main, offices, round, about] })), [])
})

t.test('a menu by time needs a schedule, and one by hand a menu', async (t) => {
  t.same(problemsWith(attendant({ mode: 'schedule' })), ['autoAttendants[0].mode: there is no schedule'])
  t.same(problemsWith(attendant({ mode: 'alternate' })), ['autoAttendants[0].mode: there is no menu for alternate'])
  const schedules = [
    { id: 'office', name: 'Office', timeZone: 'Europe/London', weekly: { monday: [{ from: '09:00', to: '17:00' }] } },
  ]
  t.same(warningsWith({ schedules, ...attendant({ schedule: 'office' }) }), [
    'autoAttendants[0].closed: outside of its hours the attendant plays the menu for open',
  ])
})

t.test('what keys lead to exists and may be reached', async (t) => {
  const to = (action: object) => attendant({ menus: [{ name: 'main', keys: [{ key: '1', to: action }] }] })
  t.match(problemsWith(to({ user: 'dora' })), [/keys\[0\]\.to\.user: there is no user with this id/])
  t.match(problemsWith(to({ play: 'hello' })), [/keys\[0\]\.to\.play: there is no audio file/, /dead end/])
  t.match(problemsWith(to({ voicemailOf: {} })), [/voicemailOf: there is no destination/])
  t.match(problemsWith(to({ number: '+33123456789' })), [/to\.number: this number is abroad/])
  t.match(problemsWith(to({ autoAttendant: 'front' })), [/leads back to where it begins/])
})

t.test('an attendant that only passes calls on may be part of a circle', async (t) => {
  const silent = { name: 'main', timeout: { count: 1, to: { ringGroup: 'sales' } } }
  const back = { all: { to: { autoAttendant: 'front' } } }
  const ringGroups = [{ id: 'sales', name: 'Sales', site: 'london', members: [{ user: 'anna' }], forwarding: back }]
  const problems = problemsWith({ ...attendant({ menus: [silent] }), ringGroups })
  t.match(problems.join('\n'), /^autoAttendants\[0\]\.menus: forward all goes in a circle/m)
  const offering = { ...silent, keys: [{ key: '1', to: { user: 'anna' } }] }
  t.same(problemsWith({ ...attendant({ menus: [offering] }), ringGroups }), [])
})

t.test('users whose directory scope is not company may not forward to an attendant', async (t) => {
  const forwarding = { noAnswer: { to: { autoAttendant: 'front' } } }
  const users = (more: object) => [user('anna', { forwarding, ...more }), ...acme.users.slice(1)]
  t.same(problemsWith({ ...attendant({}), users: users({}), devices: [] }), [])
  t.same(problemsWith({ ...attendant({}), users: users({ directoryScope: 'site' }), devices: [] }), [
    'users[0].forwarding.noAnswer.to.autoAttendant: an auto attendant can be chosen only by users whose directory ' +
      'scope is company',
  ])
})
