/** What hangs below a PBX, for changes that concern all of it. */
import type { ConfigurationView, EntityKey } from './kind.ts'

/** Everything that points at a PBX or at one of its sites: sites, users, services. */
export function* belowPbx(pbx: string, configuration: ConfigurationView): Iterable<EntityKey> {
  for (const key of configuration.referrersOf('pbx', pbx)) {
    yield key
    if (key.kind === 'site') yield* configuration.referrersOf('site', key.id)
  }
}
