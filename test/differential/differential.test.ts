/** The router decides random calls as the reference does, which was written from the rules without looking at it. */
import t from 'tap'
import { run } from './run.ts'

t.test('the router and the reference decide random calls alike', async (t) => {
  const { attempts, steps, differences } = run(2000, 1, 1)
  const [first] = differences
  t.equal(first, undefined, first === undefined ? 'no difference' : `npm run differential -- --seed ${first.seed}`)
  t.equal(attempts, 2000)
  t.ok(steps > 500, 'many of them go on after the first decision')
})
