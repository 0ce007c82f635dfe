/** `npm run sip-scenarios` writes docs/sip-scenarios.md. */
import { writeFileSync } from 'node:fs'
import { rows } from './rows.ts'
import { scenarioTable } from './table.ts'

writeFileSync('docs/sip-scenarios.md', scenarioTable(rows))
