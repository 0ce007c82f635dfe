import type { AccountBody } from './account.ts'
import { Account } from './account.ts'
import { checkAccountExtras, moreReferencesOfAccount, moreUniqueValuesOfAccount } from './account-checks.ts'
import { blockListReferences, blockListWatches, checkBlockList } from './block-list.ts'
import type { KindDefinition } from './kind.ts'

export const accountKind: KindDefinition<AccountBody> = {
  kind: 'account',
  collection: 'account',
  label: 'account',
  schema: Account,
  secrets: [],
  idOf: () => 'account',
  titleOf: (body) => body.name,
  referencesOf: (body) => [...blockListReferences(body.blockList), ...moreReferencesOfAccount(body)],
  uniqueValuesOf: (body, configuration) => [
    { scope: 'account', value: '', path: '', what: 'installation', cure: 'An installation has one account' },
    ...moreUniqueValuesOfAccount(body, configuration),
  ],
  check(body, configuration, findings) {
    checkBlockList(body.blockList, '', configuration, findings)
    checkAccountExtras(body, configuration, findings)
  },
  watchesOf: (body) => blockListWatches(body.blockList, ''),
}
