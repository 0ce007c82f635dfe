/** The plugins that come with Ringdown. */
import type { AdminPlugin } from './plugin.ts'
import { plugin as audit } from './plugins/audit/plugin.ts'
import { plugin as document } from './plugins/document/plugin.ts'
import { plugin as entities } from './plugins/entities/plugin.ts'
import { plugin as extensions } from './plugins/extensions/plugin.ts'
import { plugin as records } from './plugins/records/plugin.ts'
import { plugin as revisions } from './plugins/revisions/plugin.ts'
import { plugin as rules } from './plugins/rules/plugin.ts'
import { plugin as signIn } from './plugins/sign-in/plugin.ts'

/** In the order in which the API's description lists them. */
export const ownPlugins: readonly AdminPlugin[] = [
  signIn,
  entities,
  rules,
  extensions,
  document,
  revisions,
  audit,
  records,
]
