/** Makes the INVITEs that ring one target: one to each registered contact of a user, or one to a trunk. */
import type { Binding } from '../registrar/binding.ts'
import type { Ring, Target, UserTarget } from '../router/decision.ts'
import type { SipMessage } from '../sip/message.ts'
import type { OutgoingRequest } from '../sip/request.ts'
import type { Flow } from '../sip/transport.ts'
import { isPrivate } from '../sip/transport.ts'
import { escapeUser } from '../sip/uri.ts'
import type { ForkOwner } from './fork.ts'
import { Fork } from './fork.ts'
import { diversionHeaders, fromForPhone } from './identity.ts'
import { contactHeader, passedHeaders } from './passing.ts'
import type { CallServices } from './services.ts'
import { forkToTrunk } from './trunk-fork.ts'

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
  if (target.kind === 'user') return forksToUser(services, owner, target, ring, request, hops, abilities, [])
  const fork = forkToTrunk(services, owner, target, ring, { request, hops, abilities })
  return fork === null ? [] : [fork]
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
    forks.push(forkOf(services, owner, parts, request))
  }
  return forks
}

/** What the INVITE of a fork is made of, besides its body. */
interface ForkParts {
  readonly target: Target
  readonly binding: Binding
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

function forkOf(services: CallServices, owner: ForkOwner, parts: ForkParts, invite: SipMessage): Fork {
  const { network, random, transactions } = services
  const { binding, flow } = parts
  const { behindNat } = binding
  const isSecure = isSecureCalling(services, parts.target, binding, flow)
  const offered = owner.soundTo(parts.target, { flow, behindNat, isSecure })
  const request: OutgoingRequest = {
    method: 'INVITE',
    requestUri: parts.requestUri,
    transport: flow.transport,
    sentBy: network.advertised(flow),
    branch: transactions.newBranch(),
    from: `${parts.from};tag=${random.token(12)}`,
    to: parts.to,
    callId: owner.id + random.token(8),
    cseq: 1,
    route: parts.route,
    maxForwards: parts.hops,
    headers: parts.headers,
    body: offered?.body ?? invite.body,
  }
  const fork = new Fork(services, owner, parts.target, random.token(12), request, flow, binding, null)
  fork.sound = offered?.sound ?? null
  return fork
}

function isSecureCalling({ snapshot }: CallServices, target: Target, { device }: Binding, flow: Flow): boolean {
  // Keys travel only where nobody on the way can read them.
  if (!isPrivate(flow)) return false
  const own = snapshot.devicesBySipUserName.get(device.sipUserName)?.secureCalling ?? null
  return own ?? (target.kind === 'user' && target.user.secureCalling)
}
