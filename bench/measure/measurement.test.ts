import t from 'tap'
import { countProblems } from './measurement.ts'

const sound = { offered: 100, completed: 100, failed: 0, retransmissions: 2 }

t.test('counts that add up, retransmissions or not', async (t) => {
  t.strictSame(countProblems(100, sound, sound), [])
})

t.test('where nobody is called, one end is all', async (t) => {
  t.strictSame(countProblems(100, sound, null), [])
  t.strictSame(countProblems(100, { ...sound, completed: 99, failed: 1 }, null), ['caller: 1 calls failed'])
})

t.test('every way not to add up is named', async (t) => {
  t.strictSame(countProblems(101, sound, sound), ['100 calls offered instead of 101'])
  t.strictSame(countProblems(100, { ...sound, completed: 99 }, { ...sound, completed: 99 }), [
    'caller: 100 offered, but 99 completed and 0 failed',
  ])
  t.strictSame(countProblems(100, { ...sound, completed: 99, failed: 1 }, { ...sound, completed: 99, failed: 1 }), [
    'caller: 1 calls failed',
    'callee: 1 calls failed',
  ])
  t.strictSame(countProblems(100, sound, { ...sound, offered: 101 }), ['101 of 100 calls arrived'])
  t.strictSame(countProblems(100, sound, { ...sound, completed: 99 }), ['caller completed 100 calls, callee 99'])
})
