/** Administrators straight in the store: it works whether or not a server runs. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { firstAdministrator } from '../admin/sign-in/bootstrap.ts'
import { generatePassword } from '../admin/sign-in/password-policy.ts'
import { SignIn } from '../admin/sign-in/sign-in.ts'
import type { ConfigurationStore } from '../engine/config/store/configuration-store.ts'
import { openStore, storeName } from '../engine/config/store/open-store.ts'
import { StartError } from '../supervisor/data-folder.ts'
import { print, printJson, remark } from './output.ts'
import { table } from './table.ts'

/** @throws StartError, StoreError */
export function listAdministrators(dataFolder: string, json: boolean): Promise<void> {
  return withStore(dataFolder, async (store) => {
    const administrators = (await store.administrators.list()).map(({ userName, createdAt, lockedUntil }) => ({
      userName,
      createdAt: new Date(createdAt).toISOString(),
      locked: lockedUntil > Date.now(),
    }))
    if (json) return printJson(administrators)
    const rows = administrators.map((one) => Object.values(one).map(String))
    print(table(['user name', 'since', 'locked'], rows))
  })
}

/**
 * Gives an administrator a password that is printed once.
 * @throws StartError, StoreError
 */
export function resetPassword(dataFolder: string, name = firstAdministrator, json = false): Promise<void> {
  return withStore(dataFolder, async (store) => {
    const password = generatePassword(name)
    const result = await new SignIn(store, Date.now).resetPassword(name, password, '')
    if (!result.ok) throw new StartError(await unknownAdministrator(store, name))
    if (json) return printJson({ userName: name, password })
    print(`The new password of ${name} is ${password}`)
    remark('It is not shown again.')
  })
}

async function unknownAdministrator(store: ConfigurationStore, name: string): Promise<string> {
  const names = (await store.administrators.list()).map(({ userName }) => userName)
  if (names.length === 0) return `There is no administrator yet: the first start of the API makes ${firstAdministrator}`
  return `There is no administrator ${name}: there ${names.length === 1 ? 'is' : 'are'} ${names.join(', ')}`
}

async function withStore(folder: string, work: (store: ConfigurationStore) => Promise<void>): Promise<void> {
  // Opening a store makes it where there is none.
  if (!existsSync(join(folder, storeName))) {
    throw new StartError(`There is no configuration in ${folder}: name the data folder with --data`)
  }
  const store = await openStore(folder)
  try {
    await work(store)
  } finally {
    await store.close()
  }
}
