/**
 * Registers many phones from one port, as fast as the server answers: digest where it asks for it (RFC 7616, RFC 8760),
 * none where it does not. Happens before anything is measured.
 */

import { createHash, randomBytes } from 'node:crypto'
import type { Socket } from 'node:dgram'
import { createSocket } from 'node:dgram'
import { LoadError } from '../load-error.ts'
import type { Phone } from '../users/user-folder.ts'

export interface RegisteringPlan {
  readonly phones: readonly Phone[]
  readonly serverAddress: string
  readonly serverPort: number
  /** IPv4 address and port of all contacts; free again when this is done. */
  readonly address: string
  readonly port: number
  /** 0 takes the contacts away again. */
  readonly expiresSeconds: number
  /** What to do where the server does not take a user's password. */
  readonly cure: string
}

interface Registering {
  readonly phone: Phone
  cSeq: number
  message: string
  attempts: number
  sentAt: number
  authorized: boolean
}

const AT_ONCE = 64
const RETRANSMIT_MILLISECONDS = 500
const MAXIMUM_ATTEMPTS = 40
/** Longest wait for answers to copies, where some were sent. */
const LATE_MILLISECONDS = 2000

/** @throws LoadError naming the first phone that was refused or not answered */
export async function registerPhones(plan: RegisteringPlan): Promise<void> {
  const socket = createSocket('udp4')
  await new Promise<void>((resolve, reject) => {
    socket.once('error', (error) => {
      reject(new LoadError(`UDP port ${plan.port} of ${plan.address} cannot be opened: ${error.message}`))
    })
    socket.bind({ address: plan.address, port: plan.port, exclusive: true }, resolve)
  })
  try {
    await registerAll(socket, plan)
  } finally {
    await new Promise<void>((resolve) => socket.close(resolve))
  }
}

function registerAll(socket: Socket, plan: RegisteringPlan): Promise<void> {
  const waiting = [...plan.phones].reverse()
  const underWay = new Map<string, Registering>()
  /** Another run of the same phones has other dialogs: a lower CSeq of the same Call-ID would be refused. */
  const run = randomBytes(6).toString('hex')

  return new Promise((resolve, reject) => {
    let unanswered = 0
    let done = false
    const stop = (problem: Error | null): void => {
      clearInterval(timer)
      socket.removeAllListeners('message')
      if (problem === null) resolve()
      else reject(problem)
    }
    /** Answers to copies may still come: whoever takes the port next must not get them. */
    const finish = (): void => {
      done = true
      if (unanswered <= 0) stop(null)
      else setTimeout(() => stop(null), LATE_MILLISECONDS).unref()
    }
    const send = (registering: Registering): void => {
      unanswered += 1
      registering.attempts += 1
      registering.sentAt = performance.now()
      socket.send(registering.message, plan.serverPort, plan.serverAddress)
    }
    const next = (): void => {
      const phone = waiting.pop()
      if (phone === undefined) {
        if (underWay.size === 0 && !done) finish()
        return
      }
      const registering = { phone, cSeq: 1, message: '', attempts: 0, sentAt: 0, authorized: false }
      registering.message = registerRequest(plan, run, registering, '')
      underWay.set(phone.sipUserName, registering)
      send(registering)
    }
    const timer = setInterval(() => {
      const now = performance.now()
      for (const registering of underWay.values()) {
        if (now - registering.sentAt < RETRANSMIT_MILLISECONDS) continue
        if (registering.attempts >= MAXIMUM_ATTEMPTS) {
          stop(new LoadError(`The server did not answer the REGISTER of ${registering.phone.sipUserName}`))
          return
        }
        send(registering)
      }
    }, RETRANSMIT_MILLISECONDS)
    socket.on('error', stop)
    socket.on('message', (data) => {
      const response = data.toString('latin1')
      if (!response.startsWith('SIP/2.0 1')) unanswered -= 1
      if (done && unanswered <= 0) {
        stop(null)
        return
      }
      const registering = underWay.get(/^Call-ID: *([^@\r]+)@/im.exec(response)?.[1] ?? '')
      const cSeq = Number(/^CSeq: *(\d+)/im.exec(response)?.[1])
      if (registering === undefined || cSeq !== registering.cSeq) return
      const status = Number(response.slice(8, 11))
      if (status < 200) return
      const { phone } = registering
      if (status === 200) {
        underWay.delete(phone.sipUserName)
        next()
      } else if (status === 401 && !registering.authorized) {
        registering.authorized = true
        registering.cSeq += 1
        registering.attempts = 0
        registering.message = registerRequest(plan, run, registering, authorization(response, phone))
        send(registering)
      } else if (status === 503 && registering.attempts < MAXIMUM_ATTEMPTS) {
        // Too many at once for it: as phones do, this one comes back when it was told to (RFC 3261 §21.5.4).
        registering.authorized = false
        registering.cSeq += 1
        registering.message = registerRequest(plan, run, registering, '')
        const seconds = Number(/^Retry-After: *(\d+)/im.exec(response)?.[1] ?? 1)
        registering.sentAt = performance.now() + seconds * 1000 - RETRANSMIT_MILLISECONDS
      } else {
        const line = response.slice(0, response.indexOf('\r\n'))
        const cure = status === 401 ? `; it does not know this user or has another password for him: ${plan.cure}` : ''
        stop(new LoadError(`The server refused the REGISTER of ${phone.sipUserName}: ${line}${cure}`))
      }
    })
    for (let count = 0; count < AT_ONCE; count += 1) next()
  })
}

function registerRequest(
  plan: RegisteringPlan,
  run: string,
  registering: Registering,
  authorizationLine: string,
): string {
  const { sipUserName, domain } = registering.phone
  const here = `${plan.address}:${plan.port}`
  const addressOfRecord = `<sip:${sipUserName}@${domain}>`
  return (
    `REGISTER sip:${domain} SIP/2.0\r\n` +
    `Via: SIP/2.0/UDP ${here};branch=z9hG4bK-${run}-${sipUserName}-${registering.cSeq};rport\r\nMax-Forwards: 70\r\n` +
    `From: ${addressOfRecord};tag=${sipUserName}\r\nTo: ${addressOfRecord}\r\nCall-ID: ${sipUserName}@${run}\r\n` +
    `CSeq: ${registering.cSeq} REGISTER\r\nContact: <sip:${sipUserName}@${here}>\r\n` +
    `Expires: ${plan.expiresSeconds}\r\n${authorizationLine}User-Agent: ringdown-load\r\nContent-Length: 0\r\n\r\n`
  )
}

/** Answers the first challenge of the response, the one the server prefers. Digest with qop=auth, RFC 7616 §3.4. */
function authorization(response: string, phone: Phone): string {
  const challenge = /^WWW-Authenticate: *Digest (.*)$/im.exec(response)?.[1] ?? ''
  const realm = /realm="([^"]*)"/i.exec(challenge)?.[1] ?? ''
  const nonce = /nonce="([^"]*)"/i.exec(challenge)?.[1] ?? ''
  const opaque = /opaque="([^"]*)"/i.exec(challenge)?.[1]
  const algorithm = /algorithm="?([\w-]+)/i.exec(challenge)?.[1] ?? 'MD5'
  const hash = (text: string): string =>
    createHash(algorithm.toUpperCase() === 'SHA-256' ? 'sha256' : 'md5')
      .update(text)
      .digest('hex')
  const uri = `sip:${phone.domain}`
  const clientNonce = randomBytes(8).toString('hex')
  const secret = hash(`${phone.sipUserName}:${realm}:${phone.password}`)
  const answer = hash(`${secret}:${nonce}:00000001:${clientNonce}:auth:${hash(`REGISTER:${uri}`)}`)
  const opaquePart = opaque === undefined ? '' : `, opaque="${opaque}"`
  return (
    `Authorization: Digest username="${phone.sipUserName}", realm="${realm}", nonce="${nonce}", uri="${uri}", ` +
    `response="${answer}", algorithm=${algorithm}, qop=auth, nc=00000001, cnonce="${clientNonce}"${opaquePart}\r\n`
  )
}
