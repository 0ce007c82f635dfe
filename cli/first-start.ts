import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import type { SampleRow } from '../engine/config/sample.ts'
import { sampleDocument } from '../engine/config/sample.ts'
import { storeName } from '../engine/config/store/open-store.ts'
import type { ListenerSetting } from '../engine/control/engine-start.ts'
import { table } from './table.ts'

const alphabet = '0123456789abcdefghijklmnopqrstuvwxyz'

/** What a configuration begins with. */
export interface Beginning {
  /** A document. */
  readonly text: string
  /** For the table that is printed; none where there is nobody to make calls. */
  readonly rows: readonly SampleRow[]
}

/** The sample company with new passwords. */
export function sampleCompany(): Beginning {
  const token = (length: number) => Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('')
  return sampleDocument({ token })
}

/** An account and a PBX and nobody in it. */
export const emptyCompany: Beginning = {
  text: `version: 1
account:
  name: My Company
pbxs:
  - id: main
    name: Main
    domain: pbx.ringdown.test
    country: GB
`,
  rows: [],
}

/** What somebody needs to make the first call. */
export function welcome(rows: readonly SampleRow[], dataFolder: string, listeners: readonly ListenerSetting[]): string {
  const [first] = listeners
  const host = first === undefined ? '127.0.0.1' : first.address.includes(':') ? `[${first.address}]` : first.address
  const server = `${host}:${first?.port ?? 5060}`
  const [one, two] = rows
  const other = rows.find((row) => row.pbx !== one?.pbx)
  const lines = rows.map((row) => [
    row.extension,
    row.pbx,
    row.name,
    row.userName,
    row.password,
    row.fromOtherPbx,
    row.remark,
  ])
  const head = ['Extension', 'PBX', 'Name', 'User name', 'Password', 'From the other PBX', 'Remark']
  return `
Ringdown is running with a sample company.

${table(head, lines, '  ')}
  Server address  ${server}  (UDP or TCP)
  Configuration   ${join(dataFolder, storeName)}

These passwords are shown only now. Set up a softphone for each of two users:
  Linphone, MicroSIP, Zoiper and others: user name and password from the table, domain or server ${server},
  transport UDP, no proxy, no STUN.
  baresip, a line in its file "accounts": <sip:${one?.userName}@${server}>;auth_pass=${one?.password}

Then dial:
  ${two?.extension}  from ${one?.name}'s phone: ${two?.name} (${two?.pbx})
  ${other?.fromOtherPbx}  from ${one?.name}'s phone: ${other?.name} in the other PBX (${other?.pbx}), by its dial code
  "ringdown explain ${one?.userName} ${other?.fromOtherPbx}" says why a call goes where it goes.

Only programs on this machine can reach the server. docs/running.md says how to open it to your network.
Ctrl-C stops it.

`
}
