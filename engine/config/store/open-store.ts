import type { ConfigurationStore, OpenStoreOptions } from './configuration-store.ts'

/** Name of the database in the data folder. */
export const storeName = 'config.db'

/**
 * Opens the configuration's database and brings its tables up to date; makes it where there is none.
 *
 * @throws StoreError where it cannot be used; one of a newer version is left as it is
 */
export declare function openStore(dataFolder: string, options?: OpenStoreOptions): ConfigurationStore
