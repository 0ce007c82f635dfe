/** `npm run differential -- --attempts N --seed S` builds when needed and compares; `--help` lists the options. */
import { buildWhenNeeded } from './build-when-needed.mjs'

await buildWhenNeeded()
await import('../dist/test/differential/differential.js')
