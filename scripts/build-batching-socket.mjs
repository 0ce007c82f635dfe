/**
 * Compiles engine/net/batching-socket into build/batching-socket.node, where that is missing or older than its source.
 * npm runs it after the packages are installed; `npm start` and `npm test` when the source has changed.
 */
import { pathToFileURL } from 'node:url'
import { NativeModule } from './native-module.mjs'

const batchingSocket = new NativeModule({
  name: 'batching-socket',
  sources: ['engine', 'net', 'batching-socket'],
  without: (why) => `The batching UDP socket was not built: ${why}. UDP goes through node:dgram, which costs more.\n`,
})

/** Builds what is missing or older than its source. Never throws. */
export function buildBatchingSocket({ always }) {
  batchingSocket.build({ always })
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  buildBatchingSocket({ always: true })
}
