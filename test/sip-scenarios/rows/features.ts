/** What people do with calls by codes. */
import { setTimeout as sleep } from 'node:timers/promises'
import { receive, talkFor } from '../../wire/scenario.ts'
import { CalledSide } from '../called-side.ts'
import { CallingSide } from '../calling-side.ts'
import type { ScenarioRow } from '../scenario-row.ts'
import type { Stage } from '../stage.ts'

const completedElsewhere = {
  check: [{ header: 'Reason', pattern: 'SIP;cause=200;text="Call completed elsewhere"' }],
}

/** Waits until this extension is called. */
async function rings(stage: Stage, extension: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const calls = (await stage.server.calls()) as readonly { readonly dialled: string }[]
    if (calls.some(({ dialled }) => dialled === extension)) return
    await sleep(50)
  }
  throw new Error(`Nobody calls ${extension}`)
}

export const features: ScenarioRow = {
  area: 'Features',
  file: 'test/sip-scenarios/rows/features.ts',
  played: [
    {
      names: ['call_pickup'],
      title: 'a call that rings at a colleague is taken by ** and his extension: his phone gets CANCEL with the reason',
      async play(stage, carrier) {
        const [caller, callee, taker] = [stage.person(), stage.person(), stage.person()]
        const [calling, phone] = [new CallingSide(caller, callee.extension), new CalledSide()]
        const taking = new CallingSide(taker, `**${callee.extension}`)
        const shown = { check: [{ header: 'P-Asserted-Identity', pattern: `sip:${caller.extension}@` }] }
        const called = await stage.startCalled('call_pickup', carrier, {
          device: callee,
          steps: [...phone.rings, ...phone.cancelled(completedElsewhere)],
        })
        const call = await stage.startCalling('call_pickup', carrier, {
          calling: [
            ...calling.dial(),
            receive(180),
            receive(200, { dialog: true }),
            calling.acknowledge(),
            talkFor(500),
            ...calling.hangUp(),
          ],
        })
        await rings(stage, callee.extension)
        const taken = await stage.startCalling('call_pickup: taken', carrier, {
          calling: [
            ...taking.dial(),
            receive(200, { dialog: true, ...shown }),
            taking.acknowledge(),
            ...new CalledSide().isHungUp,
          ],
        })
        for (const side of [taken, call, called]) await side.succeeded()
      },
    },
  ],
  referred: [],
}
