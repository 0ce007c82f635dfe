/** REFER (RFC 3515, 3892, 4488): hands the other side of a call to somebody else. Ended here, never passed on. */

import type { Attempt } from '../../router/decision.ts'
import type { SipMessage } from '../../sip/message.ts'
import { reasonPhrase } from '../../sip/response.ts'
import type { NonInviteServerTransaction } from '../../sip/transaction/non-invite-server.ts'
import type { Flow } from '../../sip/transport.ts'
import type { Conversation } from '../conversation.ts'
import type { Leg } from '../leg.ts'
import { contactHeader } from '../passing.ts'
import type { CallServices } from '../services.ts'
import { transferToDialog } from './attended.ts'
import { attemptOfUser, decide, placeDecided } from './place-call.ts'
import { ReferReports } from './refer-reports.ts'
import type { ReferTarget } from './refer-to.ts'
import { referTarget } from './refer-to.ts'
import { Transfer } from './transfer.ts'

/** Whoever was handed on so often goes round in a circle. */
const mostTransfers = 20

/** A REFER in an answered call, from where its leg signals. */
export function referReceived(
  services: CallServices,
  call: Conversation,
  leg: Leg,
  request: SipMessage,
  flow: Flow,
): void {
  const server = services.transactions.acceptRequest(request, flow)
  // Shortly after a restart it is not known yet what anybody may.
  services.whenConfigured(() => {
    if (call.over || leg.hungUp || call.legOf(leg.dialog.localTag) !== leg)
      server.respond(481, reasonPhrase(481), '', '')
    else follow(services, call, leg, request, server)
  })
}

function follow(
  services: CallServices,
  call: Conversation,
  leg: Leg,
  request: SipMessage,
  server: NonInviteServerTransaction,
): void {
  const refuse = (status: number, phrase: string) => server.respond(status, phrase, '', '')
  if (!mayRefer(services, leg)) {
    refuse(403, reasonPhrase(403))
    return
  }
  const target = referTarget(request)
  if (typeof target === 'string') {
    refuse(400, target)
    return
  }
  if (call.arrangement !== null || call.isAlone(leg)) {
    refuse(491, reasonPhrase(491))
    return
  }
  if (call.transfers >= mostTransfers) {
    refuse(482, reasonPhrase(482))
    return
  }
  const attempt = target.replaces === null ? attemptOf(services, leg, target) : null
  if (target.replaces === null && attempt === null) {
    refuse(target.dialled === '' ? 400 : 403, target.dialled === '' ? 'No Number In Refer-To' : reasonPhrase(403))
    return
  }
  // RFC 4488 §4: the subscription is left out where he says so.
  const silent = request.otherHeader('refer-sub').trim().toLowerCase().startsWith('false')
  const headers = contactHeader(services.network, leg.dialog.flow) + (silent ? 'Refer-Sub: false\r\n' : '')
  server.respond(202, 'Accepted', headers, '')
  leg.refers++
  // RFC 3515 §2.4.6: every REFER but the first of a dialog is told by its number.
  const event = leg.refers === 1 ? 'refer' : `refer;id=${request.cseq}`
  const reports = new ReferReports(services, leg.dialog, event, !silent, () => call.refreshed())
  reports.remember()
  reports.progress(100, 'Trying')
  const transfer = new Transfer(services, call, call.other(leg), reports, 'return')
  if (target.replaces !== null) transferToDialog(services, call, leg, transfer, reports, target.replaces)
  else if (attempt !== null) {
    const decision = decide(services, attempt)
    if (!services.parking.byTransfer(call, leg, decision, transfer, reports)) {
      transfer.rings(placeDecided(services, transfer, transfer.placedFor, attempt, decision))
    }
  }
  call.refreshed()
}

/** docs/trust.md: phones, and trunks that are allowed to. */
function mayRefer({ trunks }: CallServices, { party }: Leg): boolean {
  return party.kind === 'user' || trunks.get(party.id)?.trunk.transfers === true
}

/** The call of the transferor: his plan, his blocks. */
function attemptOf(services: CallServices, { party }: Leg, { dialled, host }: ReferTarget): Attempt | null {
  if (dialled === '') return null
  if (party.kind === 'user') return attemptOfUser(services, party.id, dialled, host)
  const trunk = services.trunks.get(party.id)?.trunk
  if (trunk === undefined) return null
  const caller = { kind: 'trunk', trunk, number: '', name: '', anonymous: true } as const
  return { caller, dialled, domain: services.isOwnHost(host) ? '' : host, ownDiversions: 0 }
}
