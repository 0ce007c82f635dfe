/** The plugins that come with Ringdown. */
import type { AdminPlugin } from './plugin.ts'
import { plugin as audio } from './plugins/audio/plugin.ts'
import { plugin as audit } from './plugins/audit/plugin.ts'
import { plugin as callControl } from './plugins/call-control/plugin.ts'
import { plugin as document } from './plugins/document/plugin.ts'
import { plugin as entities } from './plugins/entities/plugin.ts'
import { plugin as explain } from './plugins/explain/plugin.ts'
import { plugin as extensions } from './plugins/extensions/plugin.ts'
import { plugin as health } from './plugins/health/plugin.ts'
import { plugin as ladders } from './plugins/ladders/plugin.ts'
import { plugin as lint } from './plugins/lint/plugin.ts'
import { plugin as live } from './plugins/live/plugin.ts'
import { plugin as messages } from './plugins/messages/plugin.ts'
import { plugin as metrics } from './plugins/metrics/plugin.ts'
import { plugin as numbers } from './plugins/numbers/plugin.ts'
import { plugin as recordings } from './plugins/recordings/plugin.ts'
import { plugin as records } from './plugins/records/plugin.ts'
import { plugin as revisions } from './plugins/revisions/plugin.ts'
import { plugin as rules } from './plugins/rules/plugin.ts'
import { plugin as signIn } from './plugins/sign-in/plugin.ts'
import { plugin as webhooks } from './plugins/webhooks/plugin.ts'
import { plugin as whatIf } from './plugins/whatif/plugin.ts'

/** In the order in which the API's description lists them. */
export const ownPlugins: readonly AdminPlugin[] = [
  signIn,
  entities,
  rules,
  extensions,
  numbers,
  document,
  revisions,
  audit,
  live,
  callControl,
  ladders,
  webhooks,
  explain,
  whatIf,
  lint,
  health,
  metrics,
  records,
  messages,
  recordings,
  audio,
]
