import { join } from 'node:path'
import { PastSnapshots } from '../engine/config/past-snapshots.ts'
import { ControlClient } from '../engine/control/client.ts'
import { CallRecords } from '../engine/records/call-records.ts'
import { recordsDatabaseName } from '../engine/records/records-file.ts'
import { attemptFromText } from '../engine/router/attempt-from-text.ts'
import type { Live } from '../engine/router/decision.ts'
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
    const facts = new RemoteFacts(client)
    do explanation = explain(snapshot, facts, reading.attempt, options.at)
    while (await facts.fetchMissing())
    client.close()
  }
  printExplanation(explanation, options.json)
}

/**
 * The running server's answers. The router asks without waiting: what is not known yet is noted, fetched, and the same
 * question put again, until everything it asks about is known.
 */
class RemoteFacts implements Live {
  readonly #client: ControlClient
  readonly #registered = new Map<string, boolean>()
  readonly #numbers = new Map<string, number>()
  readonly #missingUsers = new Set<string>()
  readonly #missingTrunks = new Set<string>()

  constructor(client: ControlClient) {
    this.#client = client
  }

  registered(user: { id: string }): boolean {
    return this.#known(this.#registered, user.id, user.id, this.#missingUsers) ?? false
  }

  linesInUse(user: { id: string }): number {
    return this.#known(this.#numbers, `lines ${user.id}`, user.id, this.#missingUsers) ?? 0
  }

  outsideForwards(user: { id: string }): number {
    return this.#known(this.#numbers, `forwards ${user.id}`, user.id, this.#missingUsers) ?? 0
  }

  channelsInUse(trunk: { id: string }): number {
    return this.#known(this.#numbers, `channels ${trunk.id}`, trunk.id, this.#missingTrunks) ?? 0
  }

  /** Whether anything was missing and is known now. */
  async fetchMissing(): Promise<boolean> {
    if (this.#missingUsers.size + this.#missingTrunks.size === 0) return false
    const users = [...this.#missingUsers]
    const trunks = [...this.#missingTrunks]
    const facts = await this.#client.facts(users, trunks)
    // Ids the server does not know (the document is newer than what is in force) are free and not registered.
    for (const id of users) {
      this.#registered.set(id, facts.registered[id] ?? false)
      this.#numbers.set(`lines ${id}`, facts.linesInUse[id] ?? 0)
      this.#numbers.set(`forwards ${id}`, facts.outsideForwards[id] ?? 0)
    }
    for (const id of trunks) this.#numbers.set(`channels ${id}`, facts.channelsInUse[id] ?? 0)
    this.#missingUsers.clear()
    this.#missingTrunks.clear()
    return true
  }

  #known<Value>(values: ReadonlyMap<string, Value>, key: string, id: string, missing: Set<string>): Value | undefined {
    const value = values.get(key)
    if (value === undefined) missing.add(id)
    return value
  }
}
