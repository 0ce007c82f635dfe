import type { SipMessage } from '../sip/message.ts'
import type { CheckFailure } from './invite-checks.ts'
import { checkBody } from './invite-checks.ts'
import { checkSessionInterval } from './session-timer.ts'

/** What carries a session description, or agrees on the session's timer, is looked at before the dialog's own rules. */
export function checkSession(request: SipMessage): CheckFailure | null {
  switch (request.method) {
    case 'INVITE':
    case 'UPDATE':
      return checkBody(request) ?? checkSessionInterval(request)
    case 'PRACK':
      return checkBody(request)
    default:
      return null
  }
}
