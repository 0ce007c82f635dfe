import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The whole path of a program in PATH, or '' where it is not installed. */
export function findProgram(name: string): string {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    if (folder !== '' && existsSync(join(folder, name))) return join(folder, name)
  }
  return ''
}

/** `skip` for tests that need a program: false where it is there, else the reason. */
export function skipWithout(name: string): string | false {
  return findProgram(name) === '' ? `${name} is not installed: scripts/install-test-programs.mjs` : false
}
