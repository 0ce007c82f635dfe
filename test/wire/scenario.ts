/**
 * Building blocks of SIPp scenarios. A scenario is a list of steps; a step knows its place, because SIPp makes branches
 * of the place (`[branch-N]` is the branch N steps before), which ACK to a failure and CANCEL need.
 */
import type { Credentials } from './digest.ts'

export interface Step {
  /** The element, told its own place and that of each named step. */
  readonly xml: (place: number, places: ReadonlyMap<string, number>) => string
  /** Under which later steps find it. */
  readonly name?: string
  /** `user@host` of the digest's uri: SIPp takes one for a whole run, and by itself the server's address. */
  readonly authorizationUri?: string
}

export function scenario(title: string, steps: readonly Step[]): string {
  const places = new Map<string, number>()
  for (const [place, step] of steps.entries()) if (step.name) places.set(step.name, place)
  const body = steps.map((step, place) => step.xml(place, places)).join('\n')
  // SIPp refuses a scenario in which a variable is written and never read.
  const kept = new Set([...body.matchAll(/ assign_to="([^"]+)"/g)].map((found) => found[1]))
  const references = kept.size === 0 ? '' : `<Reference variables="${[...kept].join(',')}"/>\n`
  return `<?xml version="1.0" encoding="ISO-8859-1" ?>\n<scenario name="${title}">\n${body}\n${references}</scenario>\n`
}

/** A `send` element with a whole message. */
export function message(lines: readonly string[], attributes = '', play = ''): string {
  const action = play === '' ? '' : `<action><exec play_pcap_audio="${play}"/></action>`
  return `<send${attributes}><![CDATA[\n\n${lines.join('\n')}\n\n]]>${action}</send>`
}

export const session: readonly string[] = [
  'Content-Type: application/sdp',
  'Content-Length: [len]',
  '',
  'v=0',
  'o=sipp 1 1 IN IP4 [local_ip]',
  's=-',
  'c=IN IP4 [local_ip]',
  't=0 0',
  'm=audio 32000 RTP/AVP 0',
  'a=rtpmap:0 PCMU/8000',
]

const noBody: readonly string[] = ['Content-Length: 0', '']

/** A device as scenarios name it. */
export interface ScenarioDevice extends Credentials {
  readonly domain: string
}

function via(offset = 0): string {
  const branch = offset === 0 ? '[branch]' : `[branch-${offset}]`
  return `Via: SIP/2.0/[transport] [local_ip]:[local_port];rport;branch=${branch}`
}

/** What SIPp puts in as Authorization for the challenge it got last. */
function authorization(device: Credentials): string {
  return `[authentication username=${device.userName} password=${device.password}]`
}

export interface RegisterOptions {
  readonly expires?: number
  /** Whole value of Contact. */
  readonly contact?: string
  readonly signIn?: Credentials
  readonly user?: string
}

/** REGISTER; with `signIn` it answers the last challenge. */
export function sendRegister(device: ScenarioDevice, options: RegisterOptions = {}): Step {
  const user = options.user ?? device.userName
  return {
    xml: () =>
      message(
        [
          `REGISTER sip:${device.domain} SIP/2.0`,
          via(),
          `From: <sip:${user}@${device.domain}>;tag=[pid]r[call_number]`,
          `To: <sip:${user}@${device.domain}>`,
          'Call-ID: [call_id]',
          'CSeq: [cseq] REGISTER',
          'Max-Forwards: 70',
          `Contact: ${options.contact ?? `<sip:${user}@[local_ip]:[local_port];transport=[transport]>`}`,
          `Expires: ${options.expires ?? 300}`,
          ...(options.signIn ? [authorization(options.signIn)] : []),
          ...noBody,
        ],
        ' retrans="500"',
      ),
  }
}

export interface ReceiveOptions {
  readonly optional?: boolean
  /** Keeps the challenge for the next `[authentication]`. */
  readonly challenge?: boolean
  /** Keeps Record-Route and Contact for `[next_url]` and `[routes]`. */
  readonly dialog?: boolean
  /** Fails unless the expression is found in the header (or, with '', anywhere in the message). */
  readonly check?: readonly { readonly header: string; readonly pattern: string }[]
  /** Headers that must not be there. */
  readonly absent?: readonly string[]
  /** Milliseconds after which it is a failure that it has not come. */
  readonly timeout?: number
  /** Variables that take up the whole value of a header. */
  readonly keep?: Readonly<Record<string, string>>
}

let assigned = 0

export function receive(what: number | string, options: ReceiveOptions = {}): Step {
  const kind = typeof what === 'number' ? `response="${what}"` : `request="${what}"`
  const flags = [
    options.optional ? ' optional="true"' : '',
    options.challenge ? ' auth="true"' : '',
    options.dialog ? ' rrs="true"' : '',
    options.timeout ? ` timeout="${options.timeout}"` : '',
  ].join('')
  const actions = (options.check ?? []).map(({ header, pattern }) => {
    assigned += 1
    const where = header === '' ? 'search_in="msg"' : `search_in="hdr" header="${header}:" case_indep="true"`
    const name = `check${assigned}`
    return `<ereg regexp="${escaped(pattern)}" ${where} check_it="true" assign_to="${name}"/>`
  })
  for (const header of options.absent ?? []) {
    assigned += 1
    actions.push(
      `<ereg regexp="." search_in="hdr" header="${header}:" case_indep="true" check_it_inverse="true" assign_to="check${assigned}"/>`,
    )
  }
  for (const [name, header] of Object.entries(options.keep ?? {})) {
    actions.push(`<ereg regexp=".*" search_in="hdr" header="${header}:" case_indep="true" assign_to="${name}"/>`)
  }
  const inside = actions.length === 0 ? '' : `<action>${actions.join('')}</action>`
  return { xml: () => `<recv ${kind}${flags}>${inside}</recv>` }
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;')
}

/** Plays captured packets from now on, beside what follows. */
export function playPackets(path: string): Step {
  return { xml: () => `<nop><action><exec play_pcap_audio="${path}"/></action></nop>` }
}

/** Talks for a while: only for how long people talk or let it ring, never for something to happen. */
export function talkFor(milliseconds: number): Step {
  return { xml: () => `<pause milliseconds="${milliseconds}"/>` }
}

export interface InviteOptions {
  readonly signIn?: Credentials
  readonly name?: string
  readonly extra?: readonly string[]
  /** Without a body: the answer travels in ACK. */
  readonly late?: boolean
}

/** INVITE from a device (or, without a user name, from a trunk) to what it dials. */
export function sendInvite(caller: ScenarioDevice, dialled: string, options: InviteOptions = {}): Step {
  return {
    ...(options.name ? { name: options.name } : {}),
    ...(options.signIn ? { authorizationUri: `${dialled}@${caller.domain}` } : {}),
    xml: () =>
      message(
        [
          `INVITE sip:${dialled}@${caller.domain} SIP/2.0`,
          via(),
          `From: <sip:${caller.userName}@${caller.domain}>;tag=[pid]c[call_number]`,
          `To: <sip:${dialled}@${caller.domain}>`,
          'Call-ID: [call_id]',
          'CSeq: [cseq] INVITE',
          'Max-Forwards: 70',
          'Contact: <sip:sipp@[local_ip]:[local_port];transport=[transport]>',
          ...(options.signIn ? [authorization(options.signIn)] : []),
          ...(options.extra ?? []),
          ...(options.late ? noBody : session),
        ],
        ' retrans="500"',
      ),
  }
}

/** ACK to a failure of the INVITE named so (RFC 3261 §17.1.1.3). */
export function acknowledgeFailure(caller: ScenarioDevice, dialled: string, invite: string): Step {
  return { xml: (place, places) => hopByHop('ACK', caller, dialled, place - (places.get(invite) ?? 0), true) }
}

/** CANCEL of the INVITE named so (RFC 3261 §9.1). */
export function sendCancel(caller: ScenarioDevice, dialled: string, invite: string): Step {
  return { xml: (place, places) => hopByHop('CANCEL', caller, dialled, place - (places.get(invite) ?? 0), false) }
}

function hopByHop(method: string, caller: ScenarioDevice, dialled: string, offset: number, tagged: boolean): string {
  return message(
    [
      `${method} sip:${dialled}@${caller.domain} SIP/2.0`,
      via(offset),
      `From: <sip:${caller.userName}@${caller.domain}>;tag=[pid]c[call_number]`,
      `To: <sip:${dialled}@${caller.domain}>${tagged ? '[peer_tag_param]' : ''}`,
      'Call-ID: [call_id]',
      `CSeq: [cseq] ${method}`,
      'Max-Forwards: 70',
      ...noBody,
    ],
    method === 'CANCEL' ? ' retrans="500"' : '',
  )
}

/** A request of the caller's inside the dialog: ACK to the 2xx, BYE, re-INVITE. */
export function callerRequest(
  method: 'ACK' | 'BYE' | 'INVITE',
  caller: ScenarioDevice,
  dialled: string,
  options: { readonly withSession?: boolean } = {},
): Step {
  return {
    xml: () =>
      message(
        [
          `${method} [next_url] SIP/2.0`,
          via(),
          '[routes]',
          `From: <sip:${caller.userName}@${caller.domain}>;tag=[pid]c[call_number]`,
          `To: <sip:${dialled}@${caller.domain}>[peer_tag_param]`,
          'Call-ID: [call_id]',
          `CSeq: [cseq] ${method}`,
          'Max-Forwards: 70',
          ...(method === 'INVITE' ? ['Contact: <sip:sipp@[local_ip]:[local_port];transport=[transport]>'] : []),
          ...(options.withSession ? session : noBody),
        ],
        method === 'ACK' ? '' : ' retrans="500"',
      ),
  }
}

/** A response of the called side to the request received last. */
export function respond(
  status: number,
  reason: string,
  options: {
    readonly withSession?: boolean
    readonly extra?: readonly string[]
    /** Whole Contact line; by default its own address. */
    readonly contact?: string
    /** Lines from Content-Type on, in place of the usual session. */
    readonly body?: readonly string[]
    /** Captured packets that are played from the moment on at which it is sent. */
    readonly play?: string
  } = {},
): Step {
  return {
    xml: () =>
      message(
        [
          `SIP/2.0 ${status} ${reason}`,
          '[last_Via:]',
          '[last_From:]',
          '[last_To:];tag=[pid]u[call_number]',
          '[last_Call-ID:]',
          '[last_CSeq:]',
          '[last_Record-Route:]',
          options.contact ?? 'Contact: <sip:sipp@[local_ip]:[local_port];transport=[transport]>',
          ...(options.extra ?? []),
          ...(options.body ?? (options.withSession ? session : noBody)),
        ],
        status === 200 && (options.withSession || options.body) ? ' retrans="500"' : '',
        options.play,
      ),
  }
}

/** 487 to the INVITE whose CANCEL was received last: the same Via, but its own CSeq (RFC 3261 §9.2). */
export function respondCancelled(): Step {
  return {
    xml: () =>
      message([
        'SIP/2.0 487 Request Terminated',
        '[last_Via:]',
        '[last_From:]',
        '[last_To:];tag=[pid]u[call_number]',
        '[last_Call-ID:]',
        'CSeq: [last_cseq_number] INVITE',
        ...noBody,
      ]),
  }
}

/** A response of either side inside the dialog, where To has its tag already. */
export function respondInDialog(
  status: number,
  reason: string,
  options: { readonly withSession?: boolean } = {},
): Step {
  return {
    xml: () =>
      message(
        [
          `SIP/2.0 ${status} ${reason}`,
          '[last_Via:]',
          '[last_From:]',
          '[last_To:]',
          '[last_Call-ID:]',
          '[last_CSeq:]',
          'Contact: <sip:sipp@[local_ip]:[local_port];transport=[transport]>',
          ...(options.withSession ? session : noBody),
        ],
        options.withSession ? ' retrans="500"' : '',
      ),
  }
}

/** A request of the called side inside the dialog; From and To change places (`receive('ACK', {dialog: true})` before). */
export function calleeRequest(
  method: 'ACK' | 'BYE' | 'INVITE',
  options: { readonly withSession?: boolean } = {},
): Step {
  return {
    xml: () =>
      message(
        [
          `${method} [next_url] SIP/2.0`,
          via(),
          '[routes]',
          'From: [$localParty]',
          'To: [$remoteParty]',
          'Call-ID: [call_id]',
          `CSeq: [cseq] ${method}`,
          'Max-Forwards: 70',
          ...(method === 'INVITE' ? ['Contact: <sip:sipp@[local_ip]:[local_port];transport=[transport]>'] : []),
          ...(options.withSession ? session : noBody),
        ],
        method === 'ACK' ? '' : ' retrans="500"',
      ),
  }
}

/** Receives the ACK to a 200 and keeps both parties for `calleeRequest`. */
export function receiveAcknowledgement(): Step {
  return {
    xml: () =>
      '<recv request="ACK"><action>' +
      '<ereg regexp=".*" search_in="hdr" header="From:" assign_to="remoteParty"/>' +
      '<ereg regexp=".*" search_in="hdr" header="To:" assign_to="localParty"/>' +
      '</action></recv>',
  }
}
