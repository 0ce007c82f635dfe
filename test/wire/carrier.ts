/** SIPp as a carrier: one scenario that answers OPTIONS, REGISTER and INVITE on one port, as each comes. */
import type { Credentials } from './digest.ts'
import type { Step } from './scenario.ts'
import { receive, respond, respondInDialog } from './scenario.ts'

export interface CarrierBehaviour {
  /** Stands in the 200 to an INVITE as `X-Carrier`. */
  readonly name: string
  /** Asks everybody who he is; `null`: nobody. */
  readonly account: Credentials | null
  /** What REGISTER and INVITE are refused with; 0: they are not. */
  readonly refusesRegister?: number
  readonly refusesInvite?: number
  /** Seconds of a registration. */
  readonly grants?: number
}

const challenge = 'Digest realm="carrier", nonce="0123456789abcdef", algorithm=MD5, qop="auth"'

function raw(xml: string): Step {
  return { xml: () => xml }
}

const label = (id: number) => raw(`<label id="${id}"/>`)
const end = 9

/** A branch ends: the call of SIPp is over. */
const over = raw(`<nop next="${end}"><action><log message="over"/></action></nop>`)

let checks = 0

/** The request once more, signed with these credentials; SIPp counts the call as failed where they are wrong. */
function receiveSigned(method: string, { userName, password }: Credentials): Step {
  checks++
  return raw(
    `<recv request="${method}" rrs="true"><action>` +
      `<verifyauth assign_to="signed${checks}" username="${userName}" password="${password}"/>` +
      `<log message="signed: [$signed${checks}]"/></action></recv>\n` +
      `<nop condexec="signed${checks}" condexec_inverse="true"><action><exec int_cmd="stop_now"/></action></nop>`,
  )
}

export function carrier(behaviour: CarrierBehaviour): Step[] {
  const { name, account, refusesRegister = 0, refusesInvite = 0, grants = 4 } = behaviour
  const registered: Step[] = [
    ...(account === null
      ? []
      : [
          respond(401, 'Unauthorized', { extra: [`WWW-Authenticate: ${challenge}`] }),
          receiveSigned('REGISTER', account),
        ]),
    respond(200, 'OK', { contact: `[last_Contact:];expires=${grants}` }),
  ]
  const answered: Step[] = [
    ...(account === null
      ? []
      : [
          respond(407, 'Proxy Authentication Required', { extra: [`Proxy-Authenticate: ${challenge}`] }),
          receive('ACK'),
          receiveSigned('INVITE', account),
        ]),
    respond(180, 'Ringing'),
    respond(200, 'OK', { withSession: true, extra: [`X-Carrier: ${name}`] }),
    receive('ACK'),
    receive('BYE'),
    ...(account === null
      ? []
      : [
          raw(
            '<send><![CDATA[\n\nSIP/2.0 407 Proxy Authentication Required\n[last_Via:]\n[last_From:]\n[last_To:]\n' +
              `[last_Call-ID:]\n[last_CSeq:]\nProxy-Authenticate: ${challenge}\nContent-Length: 0\n\n]]></send>`,
          ),
          receiveSigned('BYE', account),
        ]),
    respondInDialog(200, 'OK'),
  ]
  return [
    raw('<recv request="OPTIONS" optional="true" next="1"/>'),
    raw('<recv request="REGISTER" optional="true" next="2"/>'),
    raw('<recv request="INVITE" rrs="true"/>'),
    ...(refusesInvite === 0 ? answered : [respond(refusesInvite, 'No'), receive('ACK')]),
    over,
    label(1),
    respond(200, 'OK'),
    over,
    label(2),
    ...(refusesRegister === 0 ? registered : [respond(refusesRegister, 'No')]),
    label(end),
    raw('<nop><action><log message="end"/></action></nop>'),
  ]
}
