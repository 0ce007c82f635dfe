/** Phones that register and a trunk that calls them: the texts of the memory benchmark. */

import { answerChallenge, readChallenge } from '../../test/wire/digest.ts'
import type { BenchUser } from '../population.ts'
import { PHONE_DOMAIN } from '../population.ts'
import { headerOf } from './exchange.ts'

const contactLength = 120
const sdp =
  'v=0\r\no=user1 53655765 2353687637 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n' +
  'm=audio 6000 RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-11,16\r\n'

/** A contact URI of 120 bytes, of a phone in a network of its own. */
function contactUri(user: BenchUser, transport: string): string {
  const { index } = user
  const address = `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`
  return `sip:${user.sipUserName}@${address}:5060;transport=${transport};line=`.padEnd(
    contactLength,
    '0123456789abcdef',
  )
}

/** The line of a phone with an instance-id and one flow (RFC 5626). */
function contactLine(user: BenchUser, transport: string, expires: number): string {
  const instance = `urn:uuid:f81d4fae-7dec-11d0-a765-${String(user.index).padStart(12, '0')}`
  const parameters = `;+sip.instance="<${instance}>";reg-id=1;expires=${expires}`
  return `Contact: <${contactUri(user, transport)}>${parameters}\r\n`
}

export interface Registering {
  readonly user: BenchUser
  /** How often it has registered before. */
  readonly time: number
  readonly expires: number
  /** Of the edge proxy between, which puts a token for each phone into its Path; `null`: a TLS connection of its own. */
  readonly proxyPort: number | null
}

/** A REGISTER. `challenged`: the 401 that it answers; '' before. */
export function registerText(registering: Registering, challenged: string): string {
  const { user, time, expires, proxyPort } = registering
  const { sipUserName, password, index } = user
  const cseq = 2 * time + (challenged === '' ? 1 : 2)
  const challenge = challenged === '' ? null : readChallenge(headerOf(challenged, 'WWW-Authenticate'))
  const uri = `sip:${PHONE_DOMAIN}`
  const authorization =
    challenge === null
      ? ''
      : `Authorization: ${answerChallenge(challenge, { userName: sipUserName, password }, 'REGISTER', uri)}\r\n`
  const branch = `z9hG4bK${index}-${cseq}`
  const way =
    proxyPort === null
      ? `Via: SIP/2.0/TLS 10.0.0.1:5061;branch=${branch};rport\r\n`
      : `Via: SIP/2.0/UDP 127.0.0.1:${proxyPort};branch=${branch}p\r\nVia: SIP/2.0/UDP 10.0.0.1;branch=${branch};rport\r\n` +
        `Path: <sip:flow-${String(index).padStart(10, '0')}@127.0.0.1:${proxyPort};lr;ob>\r\n`
  return (
    `REGISTER ${uri} SIP/2.0\r\n${way}Max-Forwards: 69\r\nFrom: <sip:${sipUserName}@${PHONE_DOMAIN}>;tag=f${index}\r\n` +
    `To: <sip:${sipUserName}@${PHONE_DOMAIN}>\r\nCall-ID: registration-of-${index}@10.0.0.1\r\nCSeq: ${cseq} REGISTER\r\n` +
    `${contactLine(user, proxyPort === null ? 'tls' : 'udp', expires)}Supported: path, outbound\r\n` +
    `User-Agent: Bench Phone 1.2.3\r\n${authorization}Content-Length: 0\r\n\r\n`
  )
}

/** A request of the trunk's. `to`: value of its To, with the tag inside a dialog. */
export function trunkText(
  method: string,
  call: number,
  user: BenchUser,
  port: number,
  cseq: number,
  to: string,
): string {
  const body = method === 'INVITE' ? sdp : ''
  const type = body === '' ? '' : 'Content-Type: application/sdp\r\n'
  return (
    `${method} sip:${user.phoneNumber}@127.0.0.1 SIP/2.0\r\n` +
    `Via: SIP/2.0/UDP 127.0.0.1:${port};branch=z9hG4bKt${call}-${cseq}-${method}\r\nMax-Forwards: 70\r\n` +
    `From: "A Caller" <sip:+49170${1_000_000 + (call % 1_000_000)}@127.0.0.1:${port}>;tag=t${call}\r\nTo: ${to}\r\n` +
    `Call-ID: ${call}-4711@127.0.0.1\r\nCSeq: ${cseq} ${method}\r\nContact: <sip:trunk@127.0.0.1:${port}>\r\n` +
    `Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE\r\nSupported: timer\r\n${type}` +
    `Content-Length: ${body.length}\r\n\r\n${body}`
  )
}

/** What a phone answers: it rings and is picked up at once, and is content with everything else. */
export function phoneAnswers(request: string): string[] {
  if (request.startsWith('ACK ')) return []
  const invite = request.startsWith('INVITE ')
  const to = headerOf(request, 'To')
  const tag = to.includes(';tag=') ? '' : `;tag=p-${headerOf(request, 'Call-ID').slice(0, 12)}`
  const record = request
    .split('\r\n')
    .filter((line) => line.startsWith('Via: ') || line.startsWith('Record-Route: '))
    .join('\r\n')
  const target = /^\S+ (\S+)/.exec(request)?.[1] ?? ''
  const answer = (status: string, body: string): string =>
    `SIP/2.0 ${status}\r\n${record}\r\nFrom: ${headerOf(request, 'From')}\r\nTo: ${to}${tag}\r\n` +
    `Call-ID: ${headerOf(request, 'Call-ID')}\r\nCSeq: ${headerOf(request, 'CSeq')}\r\nContact: <${target}>\r\n` +
    `Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE\r\n${body === '' ? '' : 'Content-Type: application/sdp\r\n'}` +
    `Content-Length: ${body.length}\r\n\r\n${body}`
  return invite ? [answer('180 Ringing', ''), answer('200 OK', sdp)] : [answer('200 OK', '')]
}
