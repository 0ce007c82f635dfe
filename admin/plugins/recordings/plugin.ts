import type { AccountBody } from '../../../engine/config/entities/account.ts'
import type { PbxBody } from '../../../engine/config/entities/pbx.ts'
import type { RecordingBody } from '../../../engine/config/entities/recording.ts'
import type { SiteBody } from '../../../engine/config/entities/site.ts'
import type { RecordingDescription } from '../../../media/recording/recording-order.ts'
import type { AdminPlugin, AdminServices } from '../../plugin.ts'
import type { KeepingTimes } from '../../recordings/intake.ts'
import { Recordings } from '../../recordings/recordings.ts'
import { addChangeRoutes } from './change-routes.ts'
import { addReadingRoutes } from './reading-routes.ts'
import { RecordingRequests, titleOf } from './recording-requests.ts'
import { addStorageRoutes } from './storage-routes.ts'

/** Without a policy, in days. */
const usualHotDays = 30

/** Recordings: found, played, downloaded, kept and deleted (docs/recordings.md). */
export const plugin: AdminPlugin = {
  name: 'recordings',
  permissions: [
    { name: 'recordings.read', description: 'See recordings and play them' },
    { name: 'recordings.download', description: 'Download recordings' },
    { name: 'recordings.delete', description: 'Delete recordings' },
    { name: 'recordings.hold', description: 'Put recordings on hold, so that nobody deletes them, and lift that' },
    { name: 'recordings.retrieve', description: 'Bring recordings back from the archive' },
    { name: 'storage.read', description: 'See stored objects by the storage API' },
    { name: 'storage.download', description: 'Download stored objects by the storage API' },
    { name: 'storage.delete', description: 'Delete stored objects by the storage API' },
  ],
  register(app, services) {
    const { dataFolder, log, clock } = services
    const account = () => accountOf(services)
    const recordings = new Recordings({
      dataFolder,
      log,
      clock,
      keepingTimes: (description) => keepingTimesOf(services, description),
      format: () => account()?.recordingFormat ?? 'wav',
      warningGigabytes: () => account()?.recordingWarningGigabytes ?? null,
      expired: (row) =>
        services.store.audit.add({
          actor: 'retention',
          address: '',
          source: 'start',
          action: 'recording-delete',
          id: row.id,
          summary: `Deleted ${titleOf(row)}: its time was over`,
        }),
    })
    app.addHook('onReady', async () => recordings.start())
    app.addHook('onClose', () => recordings.close())
    const requests = new RecordingRequests(recordings, services)
    addReadingRoutes(app, requests, () => account()?.recordingWarningGigabytes ?? null)
    addChangeRoutes(app, requests)
    addStorageRoutes(app, requests)
  },
}

function accountOf({ configuration }: AdminServices): AccountBody | undefined {
  for (const body of configuration.configuration.all('account')) return body as AccountBody
  return undefined
}

/** The policy that was told when it was recorded, else that of the first owner, his PBX or the account. */
function keepingTimesOf(services: AdminServices, description: RecordingDescription): KeepingTimes {
  const account = accountOf(services)
  const id = description.policy ?? policyOfOwners(services, description) ?? account?.recordingPolicy
  const found = account?.recordingPolicies?.find((one) => one.id === id)
  if (found === undefined) return { policy: null, hotDays: usualHotDays, coldDays: 0 }
  return { policy: found.id, hotDays: found.hotDays, coldDays: found.coldDays ?? 0 }
}

/** Of a recording that an administrator ordered: nobody's mode asked for it, so none was told. */
function policyOfOwners(services: AdminServices, { owners }: RecordingDescription): string | undefined {
  const { configuration } = services.configuration
  for (const id of owners) {
    const owner = configuration.get('user', id) ?? configuration.get('ringGroup', id)
    const own = (owner?.['recording'] as RecordingBody | undefined)?.policy
    if (own !== undefined) return own
    const site = configuration.get('site', String(owner?.['site'])) as SiteBody | undefined
    const pbx = site === undefined ? undefined : (configuration.get('pbx', site.pbx) as PbxBody | undefined)
    if (pbx?.recordingPolicy !== undefined) return pbx.recordingPolicy
  }
  return undefined
}
