/** `npm run torture-table` builds when needed and writes docs/torture.md (test/torture/table.ts). */
import { fileURLToPath } from 'node:url'
import { buildWhenNeeded } from './build-when-needed.mjs'

await buildWhenNeeded()
process.chdir(fileURLToPath(new URL('..', import.meta.url)))
await import('../dist/test/torture/write-table.js')
