/** The configuration in the data folder, for commands that only look at it. */

import { SnapshotCompiler } from '../engine/config/compile/snapshot-compiler.ts'
import { finish } from '../engine/config/slices.ts'
import type { Snapshot } from '../engine/config/snapshot.ts'
import type { ConfigurationStore } from '../engine/config/store/configuration-store.ts'
import { openStore } from '../engine/config/store/open-store.ts'

/**
 * Opens the store, and closes it after use.
 * @throws StoreError where there is none or it cannot be read
 */
export async function withStore<Result>(
  dataFolder: string,
  use: (store: ConfigurationStore) => Promise<Result>,
): Promise<Result> {
  const store = await openStore(dataFolder, { readOnly: true })
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}

/**
 * The newest revision, compiled as the engine does it.
 * @throws StoreError
 */
export async function storedSnapshot(dataFolder: string): Promise<Snapshot> {
  const { revision, entities } = await withStore(dataFolder, (store) => store.load())
  const changes = entities.map(({ kind, id, body }) => ({ kind, id, after: body }))
  return finish(new SnapshotCompiler().compile(changes, revision))
}
