import type { DeviceBody } from './device.ts'
import { Device, deviceSecrets } from './device.ts'
import { checkDeviceExtras, moreReferencesOfDevice, moreUniqueValuesOfDevice } from './device-checks.ts'
import { deviceFact } from './facts.ts'
import type { KindDefinition } from './kind.ts'

export const deviceKind: KindDefinition<DeviceBody> = {
  kind: 'device',
  collection: 'devices',
  label: 'device',
  schema: Device,
  secrets: deviceSecrets,
  idOf: (body) => body.sipUserName,
  titleOf: (body) => body.sipUserName,
  referencesOf: (body) => [{ kind: 'user', id: body.user, path: 'user' }, ...moreReferencesOfDevice(body)],
  uniqueValuesOf: (body, configuration) => [
    {
      scope: 'sipUserName',
      value: body.sipUserName,
      path: 'sipUserName',
      what: 'SIP user name',
      cure: 'Give one of the two another SIP user name',
    },
    ...moreUniqueValuesOfDevice(body, configuration),
  ],
  check: checkDeviceExtras,
  factsOf: (body) => [deviceFact(body.user)],
  /** A user is warned of who has an extension and no device. */
  *affectedBy(changes) {
    for (const { before, after } of changes) {
      if (before?.['user'] === after?.['user']) continue
      for (const body of [before, after]) {
        if (body !== null) yield { kind: 'user', id: String(body['user']) }
      }
    }
  },
}
