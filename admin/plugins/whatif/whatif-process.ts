/** A program that answers one what-if which takes seconds, and ends: calls come first. */
import { giveWay } from '../../../engine/control/give-way.ts'
import { answerWhatIf } from './whatif-answer.ts'
import type { WhatIfReport, WhatIfTask } from './whatif-task.ts'

// Whoever asked has the answer, or is gone.
process.once('disconnect', () => process.exit())
process.once('message', async (task: WhatIfTask) => {
  giveWay()
  let report: WhatIfReport
  try {
    report = { kind: 'answer', answer: await answerWhatIf(task) }
  } catch (error) {
    report = { kind: 'failed', message: error instanceof Error ? error.message : String(error) }
  }
  process.send?.(report)
})
