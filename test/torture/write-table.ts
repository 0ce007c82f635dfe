/** `npm run torture-table` writes docs/torture.md. */
import { writeFileSync } from 'node:fs'
import { torturePage } from './table.ts'

writeFileSync('docs/torture.md', torturePage())
