import t from 'tap'
import { problemsWith, warningsWith } from './acme.test.ts'

const help = { id: 'help', name: 'Help', site: 'london', extension: '3002', members: [{ user: 'anna' }] }

function queue(change: object): object {
  return { callQueues: [{ ...help, ...change }] }
}

t.test('a queue has two rows of members, and nobody stands in both', async (t) => {
  t.same(problemsWith(queue({ secondaryMembers: [{ user: 'ben' }], overflow: { longerThan: 5 } })), [])
  t.same(problemsWith(queue({ secondaryMembers: [{ user: 'anna' }] })), [
    'callQueues[0].secondaryMembers[0]: this is also members[0]',
  ])
  t.same(problemsWith(queue({ overflow: { longerThan: 5 } })), [
    'callQueues[0].overflow: there is nobody to overflow to',
  ])
})

t.test('what happens outside of its hours needs hours', async (t) => {
  const forwarding = { closed: { to: { user: 'ben' } } }
  t.same(problemsWith(queue({ forwarding })), [
    'callQueues[0].forwarding.closed: a queue without schedule is never closed',
  ])
  const schedules = [
    { id: 'office', name: 'Office', timeZone: 'Europe/London', weekly: { monday: [{ from: '09:00', to: '17:00' }] } },
  ]
  t.same(problemsWith({ schedules, ...queue({ forwarding, schedule: 'office' }) }), [])
  t.match(problemsWith(queue({ schedule: 'office' })), [/schedule: there is no schedule with this id/])
})

t.test('priorities name a number that was called or a caller', async (t) => {
  const dialled = { dialled: '+442079460102', priority: 9 }
  t.same(problemsWith(queue({ priorities: [dialled, { caller: '+4420*', priority: 7 }] })), [])
  t.same(problemsWith(queue({ priorities: [{ priority: 9 }, { ...dialled, caller: 'anonymous' }] })), [
    'callQueues[0].priorities[0]: this names not one thing',
    'callQueues[0].priorities[1]: this names not one thing',
  ])
})

t.test('its mailbox needs an address to notify, and a PIN that is not guessed first', async (t) => {
  t.same(problemsWith(queue({ voicemail: { enabled: true, notification: 'notice' } })), [
    'callQueues[0].voicemail.addresses: there is nobody to notify',
  ])
  t.same(problemsWith(queue({ voicemailPin: '123456' })), [
    'callQueues[0].voicemailPin: the digits only run up or down',
  ])
})

t.test('a limit on waiting without a way on is a warning', async (t) => {
  t.same(warningsWith(queue({ maximumWaitSeconds: 60 })), [
    'callQueues[0].maximumWaitSeconds: callers who waited so long are hung up on',
  ])
})
