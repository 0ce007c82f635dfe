/** One thread of the simulator: runs the batches it is given, one after the other. */
import { parentPort } from 'node:worker_threads'
import type { Batch } from './tally.ts'
import { runBatch } from './tally.ts'

parentPort?.on('message', (batch: Batch) => parentPort?.postMessage(runBatch(batch, null)))
