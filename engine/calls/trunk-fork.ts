/** Makes the INVITE that asks a trunk, and the next one where the address it went to is no good. */
import type { Ring, TrunkTarget } from '../router/decision.ts'
import type { SipMessage } from '../sip/message.ts'
import type { OutgoingRequest } from '../sip/request.ts'
import { requestText } from '../sip/request.ts'
import { escapeUser, transportParameter } from '../sip/uri.ts'
import type { TrunkAddress } from '../trunks/trunk-address.ts'
import type { ForkOwner } from './fork.ts'
import { Fork } from './fork.ts'
import { diversionHeaders, fromForTrunk, identityHeaders } from './identity.ts'
import { contactHeader, passedHeaders } from './passing.ts'
import type { CallServices } from './services.ts'

/** What every INVITE of one step is made of. */
export interface InviteParts {
  readonly request: SipMessage
  /** Max-Forwards. */
  readonly hops: number
  /** Whole lines: Allow, Supported and the session timer we propose. */
  readonly abilities: string
}

/** @returns `null` where no address of the trunk is known */
export function forkToTrunk(
  services: CallServices,
  owner: ForkOwner,
  target: TrunkTarget,
  ring: Ring,
  parts: InviteParts,
): Fork | null {
  const ways = services.trunks.get(target.trunk.id)?.ways() ?? []
  return forkTo(services, owner, target, ring, parts, ways)
}

/**
 * The INVITE to the next address of the same trunk, where this one failed in a way that says nothing of the number
 * (RFC 3263 §4.3); `null` where there is none.
 */
export function forkToNextAddress(
  services: CallServices,
  owner: ForkOwner,
  failed: Fork,
  status: number,
  ring: Ring,
  parts: InviteParts,
): Fork | null {
  const { target, carrier, rang } = failed
  if (target?.kind !== 'trunk' || carrier === null || rang || !isTrouble(status)) return null
  return forkTo(services, owner, target, ring, parts, carrier.left)
}

/** No response, 408, or 5xx: another address may do better. */
function isTrouble(status: number): boolean {
  return status === 0 || status === 408 || (status >= 500 && status < 600)
}

function forkTo(
  services: CallServices,
  owner: ForkOwner,
  target: TrunkTarget,
  ring: Ring,
  parts: InviteParts,
  ways: readonly TrunkAddress[],
): Fork | null {
  const [first] = ways
  if (first === undefined) return null
  const identity = {
    callId: owner.id + services.random.token(8),
    tag: services.random.token(12),
    branch: services.transactions.newBranch(),
  }
  let address = first
  const offered = owner.soundTo(target, { flow: first.flow, behindNat: false, isSecure: false })
  const body = offered?.body ?? parts.request.body
  let request = inviteBy(services, target, ring, parts, body, address, identity)
  if (address.flow.transport === 'UDP' && isLong(request)) {
    // RFC 3261 §18.1.1: what might be cut into fragments goes by a stream, where the trunk has one.
    const stream = ways.find(({ flow }) => flow.transport !== 'UDP')
    if (stream !== undefined) {
      address = stream
      request = inviteBy(services, target, ring, parts, body, address, identity)
    }
  }
  const left = ways.filter((other) => other !== address)
  const account = services.trunks.accountOf(target.trunk.id)
  const carrier = { address, left, account }
  const fork = new Fork(services, owner, target, services.random.token(12), request, address.flow, null, carrier)
  fork.sound = offered?.sound ?? null
  return fork
}

/** Room for the credentials that may still be added. */
const longestSafe = 1300 - 300

function isLong(request: OutgoingRequest): boolean {
  return request.body.length + request.headers.length > longestSafe / 2 && requestText(request).length > longestSafe
}

function inviteBy(
  services: CallServices,
  target: TrunkTarget,
  ring: Ring,
  { request, hops, abilities }: InviteParts,
  body: string,
  { flow, uriHost }: TrunkAddress,
  { callId, tag, branch }: { readonly callId: string; readonly tag: string; readonly branch: string },
): OutgoingRequest {
  const { network, trunks } = services
  const { trunk } = target
  const own = network.advertised(flow)
  const host = trunk.domain === '' ? own : trunk.domain
  const called = trunk.domain === '' ? uriHost : trunk.domain
  const uri = `sip:${escapeUser(target.number)}@${called}${transportParameter(flow.transport)}`
  return {
    method: 'INVITE',
    requestUri: uri,
    transport: flow.transport,
    sentBy: own,
    branch,
    from: `${fromForTrunk(target, host)};tag=${tag}`,
    to: `<${uri}>`,
    callId,
    cseq: 1,
    route: trunks.get(trunk.id)?.route ?? '',
    maxForwards: hops,
    headers:
      contactHeader(network, flow) +
      abilities +
      identityHeaders(target, host) +
      diversionHeaders(ring.diversions, uri, trunk.diversionHeader) +
      passedHeaders(request),
    body,
  }
}
