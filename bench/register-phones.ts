/**
 * Registers all phones from one port, as fast as the server answers: digest where it asks for it (RFC 7616, RFC 8760),
 * none where it does not. Happens before anything is measured.
 */

import { createHash, randomBytes } from 'node:crypto'
import type { Socket } from 'node:dgram'
import { createSocket } from 'node:dgram'
import type { BenchUser } from './population.ts'
import { PHONE_DOMAIN } from './population.ts'

export interface RegisteringPlan {
  readonly users: readonly BenchUser[]
  readonly serverPort: number
  /** The port of all contacts; free again when this is done. */
  readonly phonePort: number
}

interface Registering {
  readonly user: BenchUser
  cSeq: number
  message: string
  attempts: number
  sentAt: number
  authorized: boolean
}

const AT_ONCE = 64
const RETRANSMIT_MILLISECONDS = 500
const MAXIMUM_ATTEMPTS = 40
const EXPIRES_SECONDS = 3600

/** @throws Error naming the first phone that was refused or not answered. */
export async function registerPhones(plan: RegisteringPlan): Promise<void> {
  const socket = createSocket('udp4')
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.bind({ address: '127.0.0.1', port: plan.phonePort, exclusive: true }, resolve)
  })
  try {
    await registerAll(socket, plan)
  } finally {
    await new Promise<void>((resolve) => socket.close(resolve))
  }
}

function registerAll(socket: Socket, plan: RegisteringPlan): Promise<void> {
  const waiting = [...plan.users].reverse()
  const underWay = new Map<string, Registering>()

  return new Promise((resolve, reject) => {
    const stop = (problem: Error | null): void => {
      clearInterval(timer)
      socket.removeAllListeners('message')
      if (problem === null) resolve()
      else reject(problem)
    }
    const send = (registering: Registering): void => {
      registering.attempts += 1
      registering.sentAt = performance.now()
      socket.send(registering.message, plan.serverPort, '127.0.0.1')
    }
    const next = (): void => {
      const user = waiting.pop()
      if (user === undefined) {
        if (underWay.size === 0) stop(null)
        return
      }
      const registering = { user, cSeq: 1, message: '', attempts: 0, sentAt: 0, authorized: false }
      registering.message = registerRequest(plan, registering, '')
      underWay.set(user.sipUserName, registering)
      send(registering)
    }
    const timer = setInterval(() => {
      const now = performance.now()
      for (const registering of underWay.values()) {
        if (now - registering.sentAt < RETRANSMIT_MILLISECONDS) continue
        if (registering.attempts >= MAXIMUM_ATTEMPTS) {
          stop(new Error(`The server did not answer the REGISTER of ${registering.user.sipUserName}`))
          return
        }
        send(registering)
      }
    }, RETRANSMIT_MILLISECONDS)
    socket.on('message', (data) => {
      const response = data.toString('latin1')
      const registering = underWay.get(/^Call-ID: *([^@\r]+)@/im.exec(response)?.[1] ?? '')
      const cSeq = Number(/^CSeq: *(\d+)/im.exec(response)?.[1])
      if (registering === undefined || cSeq !== registering.cSeq) return
      const status = Number(response.slice(8, 11))
      if (status < 200) return
      if (status === 200) {
        underWay.delete(registering.user.sipUserName)
        next()
      } else if (status === 401 && !registering.authorized) {
        registering.authorized = true
        registering.cSeq += 1
        registering.attempts = 0
        registering.message = registerRequest(plan, registering, authorization(response, registering.user))
        send(registering)
      } else {
        const line = response.slice(0, response.indexOf('\r\n'))
        stop(new Error(`The server refused the REGISTER of ${registering.user.sipUserName}: ${line}`))
      }
    })
    for (let count = 0; count < AT_ONCE; count += 1) next()
  })
}

function registerRequest(plan: RegisteringPlan, registering: Registering, authorizationLine: string): string {
  const name = registering.user.sipUserName
  const here = `127.0.0.1:${plan.phonePort}`
  const addressOfRecord = `<sip:${name}@${PHONE_DOMAIN}>`
  return (
    `REGISTER sip:${PHONE_DOMAIN} SIP/2.0\r\n` +
    `Via: SIP/2.0/UDP ${here};branch=z9hG4bK-${name}-${registering.cSeq};rport\r\nMax-Forwards: 70\r\n` +
    `From: ${addressOfRecord};tag=${name}\r\nTo: ${addressOfRecord}\r\nCall-ID: ${name}@bench\r\n` +
    `CSeq: ${registering.cSeq} REGISTER\r\nContact: <sip:${name}@${here}>\r\nExpires: ${EXPIRES_SECONDS}\r\n` +
    `${authorizationLine}User-Agent: bench-phone\r\nContent-Length: 0\r\n\r\n`
  )
}

/** Answers the first challenge of the response, the one the server prefers. Digest with qop=auth, RFC 7616 §3.4. */
function authorization(response: string, user: BenchUser): string {
  const challenge = /^WWW-Authenticate: *Digest (.*)$/im.exec(response)?.[1] ?? ''
  const realm = /realm="([^"]*)"/i.exec(challenge)?.[1] ?? ''
  const nonce = /nonce="([^"]*)"/i.exec(challenge)?.[1] ?? ''
  const opaque = /opaque="([^"]*)"/i.exec(challenge)?.[1]
  const algorithm = /algorithm="?([\w-]+)/i.exec(challenge)?.[1] ?? 'MD5'
  const hash = (text: string): string =>
    createHash(algorithm.toUpperCase() === 'SHA-256' ? 'sha256' : 'md5')
      .update(text)
      .digest('hex')
  const uri = `sip:${PHONE_DOMAIN}`
  const clientNonce = randomBytes(8).toString('hex')
  const secret = hash(`${user.sipUserName}:${realm}:${user.password}`)
  const answer = hash(`${secret}:${nonce}:00000001:${clientNonce}:auth:${hash(`REGISTER:${uri}`)}`)
  const opaquePart = opaque === undefined ? '' : `, opaque="${opaque}"`
  return (
    `Authorization: Digest username="${user.sipUserName}", realm="${realm}", nonce="${nonce}", uri="${uri}", ` +
    `response="${answer}", algorithm=${algorithm}, qop=auth, nc=00000001, cnonce="${clientNonce}"${opaquePart}\r\n`
  )
}
