/** Keeps dist/ honest: tsc never deletes, so the output of a removed or renamed source would live on, tests included. */
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Deletes from `root`/dist every compiled file whose TypeScript source is gone.
 * Returns what was deleted, relative to dist.
 */
export function removeStaleOutput(root) {
  const dist = join(root, 'dist')
  if (!existsSync(dist)) return []
  const removed = []
  for (const name of readdirSync(dist, { recursive: true })) {
    const match = /^(.*)\.js(?:\.map)?$/.exec(name)
    if (match === null || existsSync(join(root, `${match[1]}.ts`))) continue
    rmSync(join(dist, name))
    removed.push(name)
  }
  return removed
}
