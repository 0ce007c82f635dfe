/** `npm run command-pages`: writes the reference of all commands and fields into docs/. */
import { readFileSync, writeFileSync } from 'node:fs'
import { buildProgram } from '../program.ts'
import { commandPage, fieldPage } from './reference-text.ts'

// Seen from dist/cli/reference.
const docs = new URL('../../../docs/', import.meta.url)
const page = new URL('command-line.md', docs)
writeFileSync(page, commandPage(readFileSync(page, 'utf8'), buildProgram()))
writeFileSync(new URL('command-line-fields.md', docs), fieldPage())
