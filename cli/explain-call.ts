import { join } from 'node:path'
import { PastSnapshots } from '../engine/config/past-snapshots.ts'
import { ControlClient } from '../engine/control/client.ts'
import { KnownFacts, noFacts, withFacts } from '../engine/control/known-facts.ts'
import { CallRecords } from '../engine/records/call-records.ts'
import { recordsDatabaseName } from '../engine/records/records-file.ts'
import { attemptFromText } from '../engine/router/attempt-from-text.ts'
import type { Explanation } from '../engine/router/explain.ts'
import { explain } from '../engine/router/explain.ts'
import { explainPast } from '../engine/router/explain-past.ts'
import { formatExplanation } from '../engine/router/format-explanation.ts'
import { StartError } from '../supervisor/data-folder.ts'
import { storedSnapshot, withStore } from './stored-configuration.ts'

/**
 * Prints why a call of the past went where it went, by its record and the configuration of then.
 * @throws StartError where there is no such record, or it does not hold enough
 */
export async function explainPastCall(id: string, options: Omit<ExplainOptions, 'at'>): Promise<void> {
  const records = new CallRecords(join(options.dataFolder, recordsDatabaseName))
  const record = await records.find(id).finally(() => records.close())
  if (record === null) throw new StartError(`There is no record of a call ${id}: \`ringdown records\` lists them`)
  const snapshots = await withStore(options.dataFolder, (store) =>
    new PastSnapshots(store).all(record.steps.map(({ revision }) => revision)),
  )
  const past = explainPast(record, (revision) => snapshots.get(revision) ?? null)
  if (!past.ok) throw new StartError(`The call ${id} cannot be explained. ${past.message}`)
  printExplanation(past.explanation, options.json)
}

function printExplanation(explanation: Explanation, json: boolean): void {
  process.stdout.write(json ? `${JSON.stringify(explanation, null, 2)}\n` : formatExplanation(explanation))
}

export interface ExplainOptions {
  readonly dataFolder: string
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly json: boolean
}

/**
 * Prints where a call would go and why, by the router's own code. The present moment is that of the running server if
 * there is one, else it is assumed and the output says so.
 * @throws StartError where caller or what was dialled make no sense
 */
export async function explainCall(caller: string, dialled: string, options: ExplainOptions): Promise<void> {
  const snapshot = await storedSnapshot(options.dataFolder)
  const reading = attemptFromText(snapshot, caller, dialled)
  if (!reading.ok) throw new StartError(reading.message)
  const client = await ControlClient.open(options.dataFolder).catch(() => null)
  let explanation: Explanation
  if (client === null) explanation = explain(snapshot, null, reading.attempt, options.at)
  else {
    // The router asks without waiting: what is not known yet is fetched, and the same question put again.
    let known = noFacts
    for (;;) {
      const facts = new KnownFacts(known)
      explanation = explain(snapshot, facts, reading.attempt, options.at)
      const { users, trunks } = facts.missing
      if (users.length + trunks.length === 0) break
      known = withFacts(known, await client.facts(users, trunks), users, trunks)
    }
    client.close()
  }
  printExplanation(explanation, options.json)
}
