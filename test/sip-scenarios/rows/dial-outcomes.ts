/** What becomes of a call, as the dialling one sees it. Played elsewhere: by SIPp too, over UDP, one at a time. */
import type { ScenarioRow } from '../scenario-row.ts'

const file = 'test/wire/calls.test.ts'
const why = 'SIPp, by UDP'

export const dialOutcomes: ScenarioRow = {
  area: 'Dial outcomes',
  file: 'test/sip-scenarios/rows/dial-outcomes.ts',
  played: [],
  referred: [
    { names: ['answer'], file, test: 'a call is answered, and the caller hangs up', why },
    { names: ['hangup'], file, test: 'a call is answered, and the called one hangs up', why },
    {
      names: ['progress'],
      file: 'test/wire/forking.test.ts',
      test: 'early media, no answer, forward: never two SDP answers under one To-tag',
      why: 'the endpoint sees which tag has which session',
    },
    { names: ['busy'], file, test: 'a busy phone: 486', why },
    { names: ['congestion'], file, test: "the trunk's own failure is passed on", why },
    {
      names: ['no_answer', 'timeout'],
      file,
      test: 'nobody answers: CANCEL after the no-answer time, 480 to the caller',
      why,
    },
    { names: ['unavail'], file, test: 'a user without a registered phone: 480', why },
    {
      names: ['privacy'],
      file: 'test/sip-scenarios/rows/trunk.ts',
      test: 'a caller who withholds is anonymous at the phone, whatever the carrier asserts',
      why: 'above, with the carrier',
    },
  ],
}
