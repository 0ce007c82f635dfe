#!/usr/bin/env node
/** The command `ringdown`: builds when needed, then runs the compiled command line. */
import { buildWhenNeeded } from './build-when-needed.mjs'

await buildWhenNeeded()
await import('../dist/cli/main.js')
