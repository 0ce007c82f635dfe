/**
 * Compiles engine/huge-pages into build/huge-pages.node, where that is missing or older than its source. npm runs it after
 * the packages are installed; `npm start` and `npm test` when the source has changed.
 */
import { pathToFileURL } from 'node:url'
import { NativeModule } from './native-module.mjs'

const hugePages = new NativeModule({
  name: 'huge-pages',
  sources: ['engine', 'huge-pages'],
  without: (why) => `Huge pages for the heap were not built: ${why}. Large companies cost more for each call.\n`,
})

/** Builds what is missing or older than its source. Never throws. */
export function buildHugePages({ always }) {
  hugePages.build({ always })
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  buildHugePages({ always: true })
}
