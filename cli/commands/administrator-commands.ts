/** `admin`: who may sign in to the API, for whoever may read the data folder. */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { CommandOptions } from '../setting-options.ts'
import { addSettings, placeSettings, settingsOf } from '../setting-options.ts'

export function addAdministratorCommands(program: Command): void {
  const group = program.command('admin').helpGroup('Server:')
  group.description('administrators of the API: list, reset-password')

  const list = group.command('list').description('list the administrators').option('--json', 'for programs')
  addSettings(list, placeSettings).action(async (options: CommandOptions) => {
    const { listAdministrators } = await import('../administrators.ts')
    await listAdministrators(folderOf(options), options['json'] === true)
  })

  const reset = group.command('reset-password')
  reset
    .description(
      'give an administrator a new password, print it this once, and end all that is signed in with the old one',
    )
    .argument('[NAME]', 'user name; default admin')
    .option('--json', 'for programs')
  addSettings(reset, placeSettings).action(async (name: string | undefined, options: CommandOptions) => {
    const { resetPassword } = await import('../administrators.ts')
    await resetPassword(folderOf(options), name, options['json'] === true)
  })
}

function folderOf(options: CommandOptions): string {
  return resolve(settingsOf(options).settings.data)
}
