/** The first administrator, and the token of this machine's command line. */
import { chmodSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { hashPassword } from './password-hash.ts'
import { generatePassword, passwordFault } from './password-policy.ts'
import type { SignIn, SignInStore } from './sign-in.ts'

export const firstAdministrator = 'admin'
/** Name of the file with the local token in the data folder. */
export const localTokenName = 'admin.token'

/**
 * Makes the administrator `admin` where there is none yet.
 * @param wanted his password, from the environment; '' lets us choose one
 * @returns the chosen password, to be shown once; `null` where nobody has to be told
 */
export async function bootstrapAdministrator(store: SignInStore, wanted: string, log: Logger): Promise<string | null> {
  if ((await store.administrators.list()).length > 0) return null
  const password = wanted === '' ? generatePassword(firstAdministrator) : wanted
  const fault = passwordFault(password, firstAdministrator)
  if (fault !== '')
    log.warn({}, `RINGDOWN_ADMIN_PASSWORD is weak (a password needs ${fault}): change it after signing in`)
  const created = await store.administrators.create(firstAdministrator, await hashPassword(password))
  if (!created) return null
  await store.audit.add({
    actor: 'ringdown serve',
    address: '',
    source: 'start',
    action: 'administrator-created',
    summary: `The administrator ${firstAdministrator} was created`,
  })
  return wanted === '' ? password : null
}

/** Writes a new local token, readable by the owner of the data folder only. */
export function writeLocalToken(signIn: SignIn, dataFolder: string): void {
  const path = join(dataFolder, localTokenName)
  const fresh = `${path}.new`
  writeFileSync(fresh, `${signIn.newLocalToken()}\n`, { mode: 0o600 })
  // The mode above does not hold for a file left by a crash.
  chmodSync(fresh, 0o600)
  renameSync(fresh, path)
}
