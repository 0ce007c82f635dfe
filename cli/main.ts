import { CommanderError } from 'commander'
import { StoreError } from '../engine/config/store/store-error.ts'
import { NoEngineError } from '../engine/control/client.ts'
import { LoadError, LoadServerNotReachedError } from '../load/load-error.ts'
import { StartError } from '../supervisor/data-folder.ts'
import { formatRefusal, RequestRefusedError, ServerNotReachedError } from './client/api-error.ts'
import { buildProgram } from './program.ts'
import { SettingError } from './settings.ts'
import { UsageError } from './usage-error.ts'

/** docs/command-line.md */
const exitCodes = { failed: 1, usage: 2, notReached: 3 } as const

/** Says what went wrong in a line or a few; a bug is thrown on, with its stack. */
function report(error: unknown): number {
  // Commander has printed it; help and version are no errors.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage
  if (error instanceof RequestRefusedError) {
    process.stderr.write(`ringdown: ${formatRefusal(error)}`)
    return exitCodes.failed
  }
  if (!(error instanceof Error) || !expected.some((kind) => error instanceof kind)) throw error
  process.stderr.write(`ringdown: ${error.message}\n`)
  if (notReached.some((kind) => error instanceof kind)) return exitCodes.notReached
  return error instanceof UsageError || error instanceof SettingError ? exitCodes.usage : exitCodes.failed
}

const notReached = [ServerNotReachedError, NoEngineError, LoadServerNotReachedError] as const
const expected = [...notReached, LoadError, UsageError, SettingError, StartError, StoreError] as const

// A reader that has seen enough, as `head`, ends us quietly.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
})

try {
  await buildProgram().parseAsync()
} catch (error) {
  process.exitCode = report(error)
}
