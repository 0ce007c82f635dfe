/** `admin`: who may sign in to the API, for whoever may read the data folder. */

import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { firstAdministrator } from '../../admin/sign-in/bootstrap.ts'
import { generatePassword } from '../../admin/sign-in/password-policy.ts'
import { SignIn } from '../../admin/sign-in/sign-in.ts'
import type { ConfigurationStore } from '../../engine/config/store/configuration-store.ts'
import { openStore, storeName } from '../../engine/config/store/open-store.ts'
import { StartError } from '../../supervisor/data-folder.ts'
import { print, printJson, remark } from '../output.ts'
import type { CommandOptions } from '../setting-options.ts'
import { addSettings, placeSettings, settingsOf } from '../setting-options.ts'
import { table } from '../table.ts'

export function addAdministratorCommands(program: Command): void {
  const group = program.command('admin').helpGroup('Server:')
  group.description('administrators of the API: list, reset-password')

  const list = group.command('list').description('list the administrators').option('--json', 'for programs')
  addSettings(list, placeSettings).action((options: CommandOptions) =>
    withStore(options, async (store) => {
      const administrators = (await store.administrators.list()).map(({ userName, createdAt, lockedUntil }) => ({
        userName,
        createdAt: new Date(createdAt).toISOString(),
        locked: lockedUntil > Date.now(),
      }))
      if (options['json'] === true) return printJson(administrators)
      print(
        table(
          ['user name', 'since', 'locked'],
          administrators.map((one) => Object.values(one).map(String)),
        ),
      )
    }),
  )

  const reset = group.command('reset-password')
  reset
    .description(
      'give an administrator a new password, print it this once, and end all that is signed in with the old one',
    )
    .argument('[NAME]', 'user name', firstAdministrator)
    .option('--json', 'for programs')
  addSettings(reset, placeSettings).action((name: string, options: CommandOptions) =>
    withStore(options, (store) => resetPassword(store, name, options['json'] === true)),
  )
}

/** Straight in the store: it works whether or not a server runs. */
async function resetPassword(store: ConfigurationStore, name: string, json: boolean): Promise<void> {
  const password = generatePassword(name)
  const result = await new SignIn(store, Date.now).resetPassword(name, password, '')
  if (!result.ok) throw new StartError(await unknownAdministrator(store, name))
  if (json) return printJson({ userName: name, password })
  print(`The new password of ${name} is ${password}`)
  remark('It is not shown again.')
}

async function unknownAdministrator(store: ConfigurationStore, name: string): Promise<string> {
  const names = (await store.administrators.list()).map(({ userName }) => userName)
  if (names.length === 0) return `There is no administrator yet: the first start of the API makes ${firstAdministrator}`
  return `There is no administrator ${name}: there ${names.length === 1 ? 'is' : 'are'} ${names.join(', ')}`
}

async function withStore(options: CommandOptions, work: (store: ConfigurationStore) => Promise<void>): Promise<void> {
  const folder = resolve(settingsOf(options).settings.data)
  // Opening a store makes it where there is none.
  if (!existsSync(resolve(folder, storeName))) {
    throw new StartError(`There is no configuration in ${folder}: name the data folder with --data`)
  }
  const store = await openStore(folder)
  try {
    await work(store)
  } finally {
    await store.close()
  }
}
