/** Makes the INVITEs that ring one target: one to each registered contact of a user, or one to a trunk. */
import type { Binding } from '../registrar/binding.ts'
import type { Ring, Target, TrunkTarget, UserTarget } from '../router/decision.ts'
import type { SipMessage } from '../sip/message.ts'
import type { OutgoingRequest } from '../sip/request.ts'
import type { Flow } from '../sip/transport.ts'
import type { ForkOwner } from './fork.ts'
import { Fork } from './fork.ts'
import { diversionHeaders, escapeUser, fromForPhone, fromForTrunk, identityHeaders } from './identity.ts'
import { allowHeader, contactHeader, passedHeaders } from './passing.ts'
import type { CallServices } from './services.ts'

/** @returns none where the target has no contact that can be reached now */
export function forksTo(
  services: CallServices,
  owner: ForkOwner,
  target: Target,
  ring: Ring,
  request: SipMessage,
  hops: number,
): Fork[] {
  return target.kind === 'user'
    ? forksToUser(services, owner, target, ring, request, hops, [])
    : forkToTrunk(services, owner, target, ring, request, hops)
}

/** @param others forks there are already: their contacts are not called again */
export function forksToUser(
  services: CallServices,
  owner: ForkOwner,
  target: UserTarget,
  ring: Ring,
  request: SipMessage,
  hops: number,
  others: readonly Fork[],
): Fork[] {
  const { user } = target
  const forks: Fork[] = []
  const passed = passedHeaders(request)
  const from = fromForPhone(ring.shown, user.pbx.domain)
  const uri = `sip:${escapeUser(user.extension || user.primaryNumber || user.id)}@${user.pbx.domain}`
  const diversions = diversionHeaders(ring.diversions, uri)
  for (const binding of services.bindings.contactsOf(user)) {
    const flow = binding.target
    if (flow === null || others.some((other) => other.binding === binding && other.open)) continue
    const route = binding.path === '' ? '' : `Route: ${binding.path}\r\n`
    const headers = contactHeader(services.network, flow) + allowHeader + diversions + passed
    forks.push(
      fork(
        services,
        owner,
        target,
        binding,
        binding.contact,
        flow,
        from,
        `<${uri}>`,
        route,
        hops,
        headers,
        request.body,
      ),
    )
  }
  return forks
}

function forkToTrunk(
  services: CallServices,
  owner: ForkOwner,
  target: TrunkTarget,
  ring: Ring,
  request: SipMessage,
  hops: number,
): Fork[] {
  const { trunk } = target
  const flow: Flow = {
    transport: trunk.transport,
    listener: services.network.listenerFor(trunk.transport, trunk.address),
    address: trunk.address,
    port: trunk.port,
    connection: 0,
  }
  if (flow.listener < 0) {
    services.log.error({ trunk: trunk.name }, `No listener for ${trunk.transport}: the trunk cannot be used`)
    return []
  }
  const host = services.network.advertised(flow)
  const address = trunk.address.includes(':') ? `[${trunk.address}]` : trunk.address
  const transport = trunk.transport === 'UDP' ? '' : `;transport=${trunk.transport.toLowerCase()}`
  const uri = `sip:${escapeUser(target.number)}@${address}:${trunk.port}${transport}`
  const headers =
    contactHeader(services.network, flow) +
    allowHeader +
    identityHeaders(target, host) +
    diversionHeaders(ring.diversions, uri) +
    passedHeaders(request)
  return [
    fork(
      services,
      owner,
      target,
      null,
      uri,
      flow,
      fromForTrunk(target, host),
      `<${uri}>`,
      '',
      hops,
      headers,
      request.body,
    ),
  ]
}

function fork(
  services: CallServices,
  owner: ForkOwner,
  target: Target,
  binding: Binding | null,
  requestUri: string,
  flow: Flow,
  from: string,
  to: string,
  route: string,
  maxForwards: number,
  headers: string,
  body: string,
): Fork {
  const { network, random, transactions } = services
  const request: OutgoingRequest = {
    method: 'INVITE',
    requestUri,
    transport: flow.transport,
    sentBy: network.advertised(flow),
    branch: transactions.newBranch(),
    from: `${from};tag=${random.token(12)}`,
    to,
    callId: random.token(24),
    cseq: 1,
    route,
    maxForwards,
    headers,
    body,
  }
  return new Fork(services, owner, target, random.token(12), request, flow, binding)
}
