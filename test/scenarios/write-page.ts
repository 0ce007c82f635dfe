/** `npm run router-scenarios`: writes the table of docs/router-scenarios.md. */
import { readFileSync, writeFileSync } from 'node:fs'
import { pageWithTable, scenarioPage } from './scenario-page.ts'

writeFileSync(scenarioPage, pageWithTable(readFileSync(scenarioPage, 'utf8')))
