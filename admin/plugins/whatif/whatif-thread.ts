/** A thread that answers one short what-if, and ends. */
import { parentPort, workerData } from 'node:worker_threads'
import { stepAside } from '../../../engine/control/give-way.ts'
import { answerWhatIf } from './whatif-answer.ts'
import type { WhatIfTask } from './whatif-task.ts'

stepAside()
parentPort?.postMessage(await answerWhatIf(workerData as WhatIfTask))
