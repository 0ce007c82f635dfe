import t from 'tap'
import { buildProgram } from '../program.ts'
import { candidates } from './candidates.ts'
import { completionScripts } from './scripts.ts'

const complete = (...words: string[]) => candidates(buildProgram(), words)

t.test('commands, options and choices are completed', async (t) => {
  t.same(await complete('use'), ['user'])
  t.same(await complete('c'), [
    'call',
    'call-queue',
    'calling-plan',
    'calls',
    'check',
    'completion',
    'conference',
    'contact',
  ])
  t.same(await complete('user', ''), ['add', 'change', 'help', 'list', 'remove', 'show'])
  t.same(await complete('user', 'add', '--first'), ['--firstName'])
  t.same(await complete('user', 'add', '--forwarding.busy.to.call'), ['--forwarding.busy.to.callQueue'])
  t.same(await complete('user', 'add', '--active', ''), ['false', 'true'])
  t.same(await complete('records', '--outcome', 'ans'), ['answered'])
  t.same(await complete('completion', ''), ['bash', 'fish', 'zsh'])
  t.same(await complete('check', ''), [], 'files are up to the shell')
  t.same(await complete('nothing', ''), await complete(''))
})

t.test('without a server there are no ids, and no error', async (t) => {
  const folder = t.testdir()
  t.same(await complete('user', 'show', '--data', folder, ''), [])
  t.same(await complete('user', 'add', '--data', folder, '--site', ''), [])
})

t.test('each shell has a script that asks this program', async (t) => {
  for (const script of Object.values(completionScripts)) t.match(script, /complete --/)
})
