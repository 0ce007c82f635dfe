import t from 'tap'
import { problemsWith } from './acme.test.ts'

const room = { id: 'board', name: 'Board', site: 'london', extension: '3004', pin: '271828', moderatorPin: '314159' }

function conference(change: object): object {
  return { conferences: [{ ...room, ...change }] }
}

t.test('a conference has PINs that differ and are not guessed first', async (t) => {
  t.same(problemsWith(conference({})), [])
  t.same(problemsWith(conference({ pin: '111111' })), ['conferences[0].pin: all digits are the same'])
  t.same(problemsWith(conference({ moderatorPin: '271828' })), [
    'conferences[0].moderatorPin: this is the PIN of all other participants',
  ])
})

t.test('who waits for a moderator must have one', async (t) => {
  const open = { id: 'open', name: 'Open', site: 'london', waitForModerator: true }
  t.same(problemsWith({ conferences: [open] }), ['conferences[0].waitForModerator: nobody can be the moderator'])
  t.same(problemsWith({ conferences: [{ ...open, moderator: 'anna' }] }), [])
  t.match(problemsWith({ conferences: [{ ...open, moderator: 'dora' }] }), [/moderator: there is no user with this id/])
})
