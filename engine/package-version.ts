import { readFileSync } from 'node:fs'

/** Ringdown's version, from package.json. */
export function packageVersion(): string {
  // Seen from dist/engine.
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  const { version } = JSON.parse(text) as { version: string }
  return version
}
