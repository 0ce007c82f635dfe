/** The folder with a load's people: `document.json` for the server, the rest for SIPp and for `ringdown load run`. */

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { LoadError } from '../load-error.ts'
import type { InjectionFile } from './injection-files.ts'
import { injectionFields, injectionFiles, readInjectionFile, userFields } from './injection-files.ts'
import { loadDocument } from './load-document.ts'
import type { PopulationPlan } from './population.ts'
import { fewestUsers, loadUsers, mostUsers } from './population.ts'

export const documentFile = 'document.json'
/** What the runs have to know of how the people were made. */
const planFile = 'load.json'

/** Where SIPp has to send from to be taken for the carrier. */
export interface Carrier {
  readonly address: string
  readonly port: number
}

export interface Phone {
  readonly sipUserName: string
  readonly password: string
  readonly domain: string
}

/**
 * Writes everything into a folder that is new or empty; only the owner may read it, for there are passwords in it.
 *
 * @param password makes one password
 * @throws LoadError where the plan or the folder does not fit
 */
export function writeUserFolder(folder: string, plan: PopulationPlan, password: () => string): void {
  if (plan.count < fewestUsers || plan.count > mostUsers) {
    throw new LoadError(`--count is ${plan.count}: write a whole number from ${fewestUsers} to ${mostUsers}`)
  }
  if (String(plan.firstExtension).length !== String(plan.firstExtension + plan.count - 1).length) {
    throw new LoadError(
      `--first-extension is ${plan.firstExtension}: ${plan.count} extensions from there on are not equally long`,
    )
  }
  const users = loadUsers(plan, password)
  const texts: Record<string, string> = {
    ...injectionFiles(plan, users),
    [documentFile]: `${JSON.stringify(loadDocument(plan, users), null, 1)}\n`,
    [planFile]: `${JSON.stringify({ version: 1, carrier: { address: plan.carrierAddress, port: plan.carrierPort } })}\n`,
  }
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    if (readdirSync(folder).length > 0) throw new LoadError(`${folder} is not empty: name a new folder`)
    for (const [name, text] of Object.entries(texts))
      writeFileSync(join(folder, name), text, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if (error instanceof LoadError) throw error
    throw new LoadError(`${folder} cannot be written: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** @throws LoadError where the folder has no plan that can be read */
export function readCarrier(folder: string): Carrier {
  const path = join(folder, planFile)
  const text = contents(path, 'make the folder with "ringdown load users --count 100 --out DIR"')
  try {
    const { carrier } = JSON.parse(text) as { carrier?: Partial<Carrier> }
    if (typeof carrier?.address === 'string' && typeof carrier.port === 'number') {
      return { address: carrier.address, port: carrier.port }
    }
  } catch {
    // Said below.
  }
  throw new LoadError(`${path}: write {"carrier": {"address": "127.0.0.1", "port": 6060}}, from where SIPp calls`)
}

/** The lines of one file. @throws LoadError */
export function readRows(folder: string, name: InjectionFile): string[][] {
  const path = join(folder, name)
  return readInjectionFile(
    contents(path, 'see docs/load-testing.md for what stands in it'),
    path,
    injectionFields[name],
  )
}

/** The phones of these SIP user names. @throws LoadError that names one whom `users.csv` does not have */
export function phonesOf(folder: string, names: ReadonlySet<string>): Phone[] {
  const phones = new Map<string, Phone>()
  for (const row of readRows(folder, 'users.csv')) {
    const sipUserName = row[userFields.sipUserName] ?? ''
    const phone = { sipUserName, password: row[userFields.password] ?? '', domain: row[userFields.domain] ?? '' }
    if (names.has(sipUserName)) phones.set(sipUserName, phone)
  }
  for (const name of names) {
    if (!phones.has(name))
      throw new LoadError(`${join(folder, 'users.csv')} has no line for ${name}, whose phone is to ring`)
  }
  return [...phones.values()]
}

function contents(path: string, cure: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new LoadError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}; ${cure}`)
  }
}
