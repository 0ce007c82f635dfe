import { resolve } from 'node:path'
import { ControlClient } from '../engine/control/client.ts'
import type { CommandOptions } from './setting-options.ts'
import { settingsOf } from './setting-options.ts'

/** What goes on is asked of the engine itself: it answers while the API is off too. */
export async function fromEngine<Result>(
  options: CommandOptions,
  ask: (engine: ControlClient) => Promise<Result>,
): Promise<Result> {
  const engine = await ControlClient.open(resolve(settingsOf(options).settings.data))
  try {
    return await ask(engine)
  } finally {
    engine.close()
  }
}
