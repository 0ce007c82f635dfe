/** Makes the INVITEs that ring one target: one to each registered contact of a user, or one to a trunk. */
import type { Binding } from '../registrar/binding.ts'
import type { Ring, Target, TrunkTarget, UserTarget } from '../router/decision.ts'
import type { SipMessage } from '../sip/message.ts'
import type { OutgoingRequest } from '../sip/request.ts'
import type { Flow } from '../sip/transport.ts'
import { bracketed } from '../sip/uri.ts'
import type { ForkOwner } from './fork.ts'
import { Fork } from './fork.ts'
import { diversionHeaders, escapeUser, fromForPhone, fromForTrunk, identityHeaders } from './identity.ts'
import { contactHeader, passedHeaders } from './passing.ts'
import type { CallServices } from './services.ts'

/**
 * @param abilities whole lines: Allow, Supported and the session timer we propose
 * @returns none where the target has no contact that can be reached now
 */
export function forksTo(
  services: CallServices,
  owner: ForkOwner,
  target: Target,
  ring: Ring,
  request: SipMessage,
  hops: number,
  abilities: string,
): Fork[] {
  return target.kind === 'user'
    ? forksToUser(services, owner, target, ring, request, hops, abilities, [])
    : forkToTrunk(services, owner, target, ring, request, hops, abilities)
}

/** @param others forks there are already: their contacts are not called again */
export function forksToUser(
  services: CallServices,
  owner: ForkOwner,
  target: UserTarget,
  ring: Ring,
  request: SipMessage,
  hops: number,
  abilities: string,
  others: readonly Fork[],
): Fork[] {
  const { user } = target
  const forks: Fork[] = []
  const passed = passedHeaders(request)
  const from = fromForPhone(target.shown, user.pbx.domain)
  const uri = `sip:${escapeUser(user.extension || user.primaryNumber || user.id)}@${user.pbx.domain}`
  const diversions = diversionHeaders(ring.diversions, uri)
  for (const binding of services.bindings.contactsOf(user)) {
    const flow = binding.target
    if (flow === null || others.some((other) => other.binding === binding && other.open)) continue
    const route = binding.path === '' ? '' : `Route: ${binding.path}\r\n`
    const headers = contactHeader(services.network, flow) + abilities + diversions + passed
    const parts = { target, binding, requestUri: binding.contact, flow, from, to: `<${uri}>`, route, hops, headers }
    forks.push(forkOf(services, owner, parts, request.body))
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
  abilities: string,
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
  const transport = trunk.transport === 'UDP' ? '' : `;transport=${trunk.transport.toLowerCase()}`
  const uri = `sip:${escapeUser(target.number)}@${bracketed(trunk.address)}:${trunk.port}${transport}`
  const headers =
    contactHeader(services.network, flow) +
    abilities +
    identityHeaders(target, host) +
    diversionHeaders(ring.diversions, uri) +
    passedHeaders(request)
  const from = fromForTrunk(target, host)
  const parts = { target, binding: null, requestUri: uri, flow, from, to: `<${uri}>`, route: '', hops, headers }
  return [forkOf(services, owner, parts, request.body)]
}

/** What the INVITE of a fork is made of, besides its body. */
interface ForkParts {
  readonly target: Target
  readonly binding: Binding | null
  readonly requestUri: string
  readonly flow: Flow
  /** Values of From, without tag, and To. */
  readonly from: string
  readonly to: string
  /** Whole Route lines, or ''. */
  readonly route: string
  /** Max-Forwards. */
  readonly hops: number
  /** Whole further lines. */
  readonly headers: string
}

function forkOf(services: CallServices, owner: ForkOwner, parts: ForkParts, body: string): Fork {
  const { network, random, transactions } = services
  const { flow } = parts
  const request: OutgoingRequest = {
    method: 'INVITE',
    requestUri: parts.requestUri,
    transport: flow.transport,
    sentBy: network.advertised(flow),
    branch: transactions.newBranch(),
    from: `${parts.from};tag=${random.token(12)}`,
    to: parts.to,
    callId: random.token(24),
    cseq: 1,
    route: parts.route,
    maxForwards: parts.hops,
    headers: parts.headers,
    body,
  }
  return new Fork(services, owner, parts.target, random.token(12), request, flow, parts.binding)
}
