/** SIPp plays the scenarios of `rows/`, all at one server and side by side (docs/sip-scenarios.md). */
import t from 'tap'
import { skipWithout } from '../wire/programs.ts'
import { rows } from './rows.ts'
import { allCarriers } from './scenario-row.ts'
import { Stage } from './stage.ts'

t.setTimeout(240_000)
// They wait for each other's timers most of the time.
t.jobs = 8

const skip = skipWithout('sipp')
const stage = skip === false ? await Stage.open() : null
t.teardown(() => stage?.close())
/** To work on one scenario: only those whose title or names contain this. */
const wanted = process.env['SCENARIO'] ?? ''

for (const { area, played } of rows) {
  for (const { names, title, carriers = allCarriers, play } of played) {
    if (![title, ...names].some((text) => text.includes(wanted))) continue
    for (const carrier of carriers) {
      t.test(`${area}: ${title}: ${carrier}`, { buffered: true, skip }, async () => {
        if (stage) await play(stage, carrier)
      })
    }
  }
}
