/**
 * SIPp's files of values (`-inf`), one for each way in which scenarios use people. The first line says in which order
 * lines are taken; in the others fields stand between semicolons.
 */

import { LoadError } from '../load-error.ts'
import type { LoadUser, PopulationPlan } from './population.ts'
import { forwardTarget } from './population.ts'

/** Names of the files, and what each field of theirs is. */
export const injectionFields = {
  'users.csv': ['SIP user name', 'password', 'domain', 'extension', 'number'],
  'calls.csv': ['caller', 'number dialled', 'SIP user name that rings'],
  'call-waiting.csv': ['caller', 'number dialled', 'SIP user name that rings', 'second caller', 'third caller'],
  'forwarding.csv': ['caller', 'number dialled', 'SIP user name that rings'],
  'blocked-caller.csv': ['caller', 'number dialled', 'SIP user name that rings'],
  'dial-code.csv': ['SIP user name', 'password', 'domain', 'what is dialled', 'SIP user name that rings'],
} as const

export type InjectionFile = keyof typeof injectionFields

/** Field of `users.csv`. */
export const userFields = { sipUserName: 0, password: 1, domain: 2 } as const

/** The text of every file. */
export function injectionFiles(plan: PopulationPlan, users: readonly LoadUser[]): Record<InjectionFile, string> {
  const plain = users.filter(({ part }) => part === 'plain')
  const of = (part: LoadUser['part']) => users.filter((user) => user.part === part)
  const first = plain[0]
  if (first === undefined) throw new Error('A load has at least one plain user')
  return {
    'users.csv': written(
      users.map((user) => [user.sipUserName, user.password, user.domain, user.extension, user.phoneNumber]),
    ),
    'calls.csv': written(plain.map((user) => [user.callerNumber, user.phoneNumber, user.sipUserName])),
    'call-waiting.csv': written(
      plain.map((user, place) => {
        const another = (step: number) => plain[(place + step) % plain.length]?.callerNumber ?? user.callerNumber
        return [user.callerNumber, user.phoneNumber, user.sipUserName, another(1), another(2)]
      }),
    ),
    'forwarding.csv': written(
      of('forwards').map((user) => {
        return [user.callerNumber, user.phoneNumber, forwardTarget(user, users).sipUserName]
      }),
    ),
    // Nobody rings.
    'blocked-caller.csv': written(of('blocks').map((user) => [user.callerNumber, user.phoneNumber, ''])),
    // SIPp has one digest URI for a whole run, and it has to be what is dialled (RFC 7616 §3.4.6): all dial the same.
    'dial-code.csv': written(
      of('branch').map(({ sipUserName, password, domain }) => {
        return [sipUserName, password, domain, plan.dialCode + first.extension, first.sipUserName]
      }),
    ),
  }
}

function written(rows: readonly (readonly string[])[]): string {
  return `SEQUENTIAL\n${rows.map((fields) => fields.join(';')).join('\n')}\n`
}

const orders = ['SEQUENTIAL', 'RANDOM', 'USER']

/**
 * Reads such a file as SIPp would, and checks what SIPp would not.
 *
 * @param path for messages
 * @throws LoadError that names the line and what is wrong with it
 */
export function readInjectionFile(text: string, path: string, fields: readonly string[]): string[][] {
  const lines = text.split(/\r?\n/)
  const order = lines[0]?.split(',')[0]?.trim() ?? ''
  if (!orders.includes(order)) {
    throw new LoadError(`${path}:1: "${shown(order)}" is no order: write SEQUENTIAL, RANDOM or USER in the first line`)
  }
  const rows: string[][] = []
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line === '' || line.startsWith('#')) continue
    const row = line.split(';')
    if (row.length < fields.length) {
      throw new LoadError(
        `${path}:${index + 1}: ${row.length} fields where ${fields.length} are needed: ${fields.join(';')}`,
      )
    }
    rows.push(row)
  }
  if (rows.length === 0) throw new LoadError(`${path}: there is no line besides the first; at least one is needed`)
  return rows
}

function shown(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '?').slice(0, 60)
}
