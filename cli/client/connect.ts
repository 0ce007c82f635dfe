import type { CommandOptions } from '../setting-options.ts'
import { settingsOf } from '../setting-options.ts'
import { ApiClient } from './api-client.ts'
import { findServer } from './server-address.ts'

/**
 * The server that a command is for.
 * @throws SettingError, ServerNotReachedError
 */
export function connect(options: CommandOptions): ApiClient {
  return new ApiClient(findServer(settingsOf(options).settings, process.env))
}
