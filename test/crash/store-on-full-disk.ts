/** Writes to a store until its small disk is full, makes room, and goes on. Run by store.test.ts on a disk of its own. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { argv } from 'node:process'
import { applyDocument } from '../../engine/config/apply-document.ts'
import type { WriteResult } from '../../engine/config/configuration-writer.ts'
import { openConfigurationWriter } from '../../engine/config/configuration-writer.ts'
import { storeName } from '../../engine/config/store/open-store.ts'
import { Sqlite } from '../../engine/sqlite/sqlite.ts'

const [, , folder = ''] = argv
const author = { actor: 'test', address: '', source: 'command' } as const
const company = {
  account: { name: 'Example' },
  pbxs: [{ id: 'north', name: 'North', domain: 'north.test', country: 'GB' }],
}

const ballast = join(folder, 'ballast')
writeFileSync(ballast, Buffer.alloc(100 * 1024))
const writer = await openConfigurationWriter(folder)
const applied = await applyDocument(writer, JSON.stringify(company), 'company.json', author, { prune: true })
if (!applied.ok) throw new Error(JSON.stringify(applied))

const site = (id: string) => ({ id, name: 'x'.repeat(100), pbx: 'north', timeZone: 'Europe/London' })
let result: WriteResult
let count = 0
do result = await writer.write([{ kind: 'site', id: `s${++count}`, body: site(`s${count}`) }], author)
while (result.ok && count < 10_000)

const failed = `s${count}`
const revision = writer.store.revision()
const unchanged =
  writer.revision === revision &&
  writer.configuration.get('site', failed) === undefined &&
  (await writer.store.entities.get('site', failed)) === null &&
  (await writer.store.entities.count('site')) === count - 1
rmSync(ballast)
const again = await writer.write([{ kind: 'site', id: failed, body: site(failed) }], author)
await writer.close()
const sqlite = new Sqlite(join(folder, storeName), { readonly: true })
const integrity = sqlite.pragma('integrity_check', { simple: true })
sqlite.close()
const error = !result.ok && result.reason === 'store' ? result.error : null
const report = { fault: error?.fault, message: error?.message, unchanged, integrity, afterRoomWasMade: again.ok }
process.stdout.write(JSON.stringify(report))
