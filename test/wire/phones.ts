import type { Person } from './company.ts'
import { Endpoint } from './endpoint.ts'
import type { RingdownServer } from './server.ts'

/** What of a test of `tap` is needed to clean up and to complain. */
export interface TestScope {
  teardown(action: () => unknown): void
  comment(text: string): void
  fail(message: string): unknown
  passing(): boolean
}

/** Opens an endpoint that signs in as one device of a person, and closes it after the test. */
export async function signedIn(
  t: TestScope,
  server: RingdownServer,
  person: Person,
  device = 0,
  transport: 'UDP' | 'TCP' = 'UDP',
): Promise<Endpoint> {
  const open = transport === 'UDP' ? Endpoint.openUdp : Endpoint.openTcp
  const endpoint = watched(t, await open(server.address, person.domain))
  const credentials = person.devices[device]
  if (!credentials) throw new Error(`${person.id} has no device ${device}`)
  return endpoint.as(credentials.userName, credentials.password)
}

/** As `signedIn`, and registered. */
export async function registeredPhone(
  t: TestScope,
  server: RingdownServer,
  person: Person,
  device = 0,
  transport: 'UDP' | 'TCP' = 'UDP',
): Promise<Endpoint> {
  const endpoint = await signedIn(t, server, person, device, transport)
  const response = await endpoint.register()
  if (response.status !== 200) throw new Error(`${person.id} cannot register: ${response.text}`)
  return endpoint
}

/** An endpoint that signs in as nobody: a stranger, or a trunk where it has the trunk's port. */
export async function stranger(
  t: TestScope,
  server: RingdownServer,
  domain?: string,
  port = 0,
  address?: string,
): Promise<Endpoint> {
  return watched(t, await Endpoint.openUdp(server.address, domain ?? server.address.address, port, address))
}

/** As `signedIn`, for an endpoint that was opened by any transport. */
export function signedInBy(t: TestScope, endpoint: Endpoint, person: Person): Endpoint {
  return watched(t, endpoint).as(person.userName, person.password)
}

/** After the test: no malformed message may have come, and of a failed test all messages are shown. */
function watched(t: TestScope, endpoint: Endpoint): Endpoint {
  t.teardown(async () => {
    if (endpoint.faults.length > 0) t.fail(`${endpoint.user} got malformed messages: ${endpoint.faults.join('\n')}`)
    if (!t.passing()) t.comment(`${endpoint.user || 'stranger'} ${endpoint.own.port}:\n${endpoint.trace.join('\n')}`)
    await endpoint.close()
  })
  return endpoint
}
