/** Calls between phones on TCP that SIPp plays: they connect and register again after a crash, and end their calls. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Endpoint } from '../../wire/endpoint.ts'
import { freePort } from '../../wire/ports.ts'
import type { Step } from '../../wire/scenario.ts'
import { message, receive, session, talkFor } from '../../wire/scenario.ts'
import { Sipp } from '../../wire/sipp.ts'
import type { Address } from '../../wire/wires.ts'
import type { ExpectedRecord } from './living-call.ts'
import type { ManyUsers, Somebody } from './many-users.ts'
import { domain } from './many-users.ts'

/** What a call says to SIPp's log when it has ended as it should. */
const over = 'this call is over'
/** How long an answer to a REGISTER may take before the phone registers again, ms. */
const registerPatience = 1000
/** The first row of each SIPp: a phone without a call, by which SIPp notices that its connection is gone. It is lost by that. */
const finder = 'finder'
/** How much earlier than the others it sends, ms: SIPp connects anew meanwhile. */
const findsEarlier = 1000

export interface SippCallsPlan {
  readonly calls: number
  /** From the answer of a call until its phones look for the server, ms: the crash is to be over by then. */
  readonly talk: number
}

/** Half of the calls are ended by the caller, half by the called. SIPp has one connection for all phones of a side. */
export class SippCalls {
  readonly #sides: Sipp[] = []
  readonly #pairs: readonly (readonly [Somebody, Somebody])[]

  private constructor(pairs: readonly (readonly [Somebody, Somebody])[]) {
    this.#pairs = pairs
  }

  /** Begins to establish them; that they are is seen at the server. */
  static async start(server: Address, users: ManyUsers, plan: SippCallsPlan): Promise<SippCalls> {
    const pairs = Array.from({ length: plan.calls }, () => [users.next(), users.next()] as const)
    const calls = new SippCalls(pairs)
    try {
      const half = Math.ceil(pairs.length / 2)
      await Promise.all([
        calls.#establish(server, users, pairs.slice(0, half), true, plan.talk),
        calls.#establish(server, users, pairs.slice(half), false, plan.talk),
      ])
    } catch (error) {
      await calls.close()
      throw error
    }
    return calls
  }

  /** How many calls have ended on both sides, each SIPp seeing what it should see. */
  async ended(milliseconds: number): Promise<number> {
    const deadline = Date.now() + milliseconds
    for (;;) {
      const said = this.#sides.reduce((sum, side) => sum + side.said(over), 0)
      if (said === 2 * this.#pairs.length || Date.now() > deadline) return Math.floor(said / 2)
      await sleep(100)
    }
  }

  /** What their records have to say. */
  get records(): readonly (readonly ExpectedRecord[])[] {
    const half = Math.ceil(this.#pairs.length / 2)
    return this.#pairs.map(([caller, callee], index) => [
      { caller: caller.id, callee: callee.id, endedBy: index < half ? 'caller' : 'callee', goesOn: false },
    ])
  }

  /** @returns what each SIPp has seen, where somebody wants to know */
  close(): Promise<readonly string[]> {
    return Promise.all(this.#sides.map((side) => side.stop()))
  }

  async #establish(
    server: Address,
    users: ManyUsers,
    pairs: readonly (readonly [Somebody, Somebody])[],
    byCaller: boolean,
    talk: number,
  ): Promise<void> {
    if (pairs.length === 0) return
    const signed = await signedInvites(server, pairs)
    const rowsOf = (side: 0 | 1): readonly (readonly string[])[] => [
      rowOf(users.next(), finder),
      ...pairs.map((pair, index) => rowOf(pair[side], 'phone', pair[1].extension, signed[index])),
    ]
    // Whoever is ended waits on; whoever ends gives the other side the time to have come back.
    const [callerTalk, calleeTalk] = byCaller ? [talk + findsEarlier, talk] : [talk, talk + findsEarlier]
    const options = { transport: 'TCP', calls: pairs.length + 1, receiveTimeout: 120_000, timeLimit: 240 } as const
    const called = await Sipp.start('phones that are called', server, registered(calleeTalk, []), {
      ...options,
      port: await freePort(),
      reconnects: true,
      rows: rowsOf(1),
      outOfCall: isCalled(
        byCaller ? isHungUp : [talkFor(calleeTalk + 2 * findsEarlier), bye(), receive(200), say(over)],
      ),
    })
    this.#sides.push(called)
    // A call to a phone that is not there yet would fail.
    await sleep(((pairs.length + 1) / 25) * 1000 + 500)
    const ends = byCaller ? [bye(), receive(200), say(over)] : isHungUp
    const calling = await Sipp.start('phones that call', server, registered(callerTalk, ends), {
      ...options,
      port: await freePort(),
      reconnects: true,
      rows: rowsOf(0),
    })
    this.#sides.push(calling)
  }
}

function rowOf({ userName, password }: Somebody, kind: string, dials = '', signed = ''): readonly string[] {
  return [userName, `[authentication username=${userName} password=${password}]`, kind, dials, signed]
}

/**
 * The Authorization line of each caller's INVITE, for a challenge that was asked for here: SIPp signs for one Request-URI
 * in a whole run.
 */
async function signedInvites(
  server: Address,
  pairs: readonly (readonly [Somebody, Somebody])[],
): Promise<readonly string[]> {
  const endpoint = (await Endpoint.openUdp(server, domain)).withoutTrace()
  try {
    const lines: string[] = []
    for (const [caller, { extension }] of pairs) {
      endpoint.as(caller.userName, caller.password)
      const challenge = await endpoint.request('REGISTER', `sip:${domain}`).final()
      lines.push(endpoint.authorization(challenge, 'INVITE', `sip:${extension}@${domain}`).join(': '))
    }
    return lines
  } finally {
    await endpoint.close()
  }
}

/** Registers; a phone that is to make a call makes it; after `talk` it registers again, and does the rest. */
function registered(talk: number, rest: readonly Step[]): readonly Step[] {
  const calls = rest.length === 0 ? [] : [...dials, talkFor(talk)]
  return [
    ...register('before'),
    branch(finder, 'finder'),
    ...(calls.length === 0 ? [talkFor(talk)] : calls),
    ...register('again'),
    ...rest,
    // Its side lives until it is ended.
    talkFor(600_000),
    label('finder'),
    talkFor(talk - findsEarlier),
    ...register('finding'),
    talkFor(600_000),
  ]
}

const dials: readonly Step[] = [
  {
    xml: () =>
      message([
        `INVITE sip:[field3]@${domain} SIP/2.0`,
        via,
        `From: <sip:[field0]@${domain}>;tag=[pid]c[call_number]`,
        `To: <sip:[field3]@${domain}>`,
        'Call-ID: [call_id]',
        'CSeq: [cseq] INVITE',
        'Max-Forwards: 70',
        contact,
        // It would refresh its session itself (RFC 4028): so it is not asked in the middle of a pause whether it is there.
        'Supported: timer',
        'Session-Expires: 1800;refresher=uac',
        '[field4]',
        ...session,
      ]),
  },
  receive(100, { optional: true }),
  receive(180, { optional: true }),
  receive(200, { dialog: true, keep: { localParty: 'From', remoteParty: 'To' } }),
  within('ACK'),
]

/** An INVITE that comes by the connection of its phone. */
function isCalled(ends: readonly Step[]): readonly Step[] {
  return [
    receive('INVITE', { dialog: true }),
    answer(180, 'Ringing', ';tag=[pid]u[call_number]'),
    answer(200, 'OK', ';tag=[pid]u[call_number]', [
      'Require: timer',
      'Session-Expires: 1800;refresher=uas',
      ...session,
    ]),
    receive('ACK', { keep: { remoteParty: 'From', localParty: 'To' } }),
    ...ends,
  ]
}

const isHungUp: readonly Step[] = [receive('BYE'), answer(200, 'OK', ''), say(over)]

function bye(): Step {
  return within('BYE')
}

const via = 'Via: SIP/2.0/[transport] [local_ip]:[local_port];rport;branch=[branch]'
const contact = 'Contact: <sip:[field0]@[local_ip]:[local_port];transport=[transport]>'

/** REGISTER until it is answered: what SIPp sends over a connection that is gone is lost. */
function register(name: string): readonly Step[] {
  const once = (signed: boolean): Step => ({
    xml: () =>
      message([
        `REGISTER sip:${domain} SIP/2.0`,
        via,
        `From: <sip:[field0]@${domain}>;tag=[pid]r[call_number]`,
        `To: <sip:[field0]@${domain}>`,
        // SIPp passes over what stands before the slashes: it is another one than that of the call.
        'Call-ID: r///[call_id]',
        'CSeq: [cseq] REGISTER',
        'Max-Forwards: 70',
        contact,
        'Expires: 300',
        ...(signed ? ['[field1]'] : []),
        'Content-Length: 0',
        '',
      ]),
  })
  return [label(name), once(false), receiveOr(name, 401, ' auth="true"'), once(true), receiveOr(name, 200, '')]
}

const labels = ['before', 'again', 'finding', 'finder']

function label(name: string): Step {
  return { xml: () => `<label id="${labels.indexOf(name)}"/>` }
}

function receiveOr(name: string, status: number, flags: string): Step {
  const back = labels.indexOf(name)
  return { xml: () => `<recv response="${status}"${flags} timeout="${registerPatience}" ontimeout="${back}"/>` }
}

/** Goes on at a label where the row says this. */
function branch(kind: string, name: string): Step {
  return {
    xml: () =>
      '<nop><action><assignstr assign_to="kind" value="[field2]"/>' +
      `<strcmp assign_to="difference" variable="kind" value="${kind}"/>` +
      '<test assign_to="isSo" variable="difference" compare="equal" value="0"/></action></nop>' +
      `<nop next="${labels.indexOf(name)}" test="isSo"/>`,
  }
}

function within(method: 'ACK' | 'BYE'): Step {
  return {
    xml: () =>
      message([
        `${method} [next_url] SIP/2.0`,
        via,
        'From:[$localParty]',
        'To:[$remoteParty]',
        'Call-ID: [call_id]',
        `CSeq: [cseq] ${method}`,
        'Max-Forwards: 70',
        'Content-Length: 0',
        '',
      ]),
  }
}

function answer(
  status: number,
  reason: string,
  tag: string,
  body: readonly string[] = ['Content-Length: 0', ''],
): Step {
  return {
    xml: () =>
      message([
        `SIP/2.0 ${status} ${reason}`,
        '[last_Via:]',
        '[last_From:]',
        `[last_To:]${tag}`,
        '[last_Call-ID:]',
        '[last_CSeq:]',
        'Contact: <sip:sipp@[local_ip]:[local_port];transport=[transport]>',
        ...body,
      ]),
  }
}

function say(what: string): Step {
  return { xml: () => `<nop><action><log message="${what}"/></action></nop>` }
}
