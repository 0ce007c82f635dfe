import { createHmac } from 'node:crypto'
import type { RequestOptions } from 'node:http'
import { request as requestPlain } from 'node:http'
import { request as requestTls } from 'node:https'

/** How long the other program may take to answer, in milliseconds. */
const patience = 5000

export interface Delivery {
  /** The same for each try. */
  readonly id: string
  readonly event: string
  /** JSON. */
  readonly body: string
}

/** `t`: seconds since the epoch; `v1`: HMAC-SHA256 in hexadecimal, keyed with the secret, of `t`, a dot and the body. */
export function signature(secret: string, seconds: number, body: string): string {
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`
}

/**
 * Tries once. Redirections are not followed, and what is answered is not read.
 *
 * @param seconds since the epoch, for the signature
 * @returns '' where the other program has it (2xx), else why not, for people
 */
export function deliver(url: string, secret: string, delivery: Delivery, seconds: number): Promise<string> {
  const address = new URL(url)
  const options: RequestOptions = {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(delivery.body)),
      'ringdown-event': delivery.event,
      'ringdown-delivery': delivery.id,
      'ringdown-signature': signature(secret, seconds, delivery.body),
    },
  }
  return new Promise((resolve) => {
    const request = address.protocol === 'https:' ? requestTls(address, options) : requestPlain(address, options)
    // For the whole head: one that dribbles in would never be idle.
    const limit = setTimeout(() => request.destroy(new Error(`no answer within ${patience / 1000} seconds`)), patience)
    const done = (fault: string) => {
      clearTimeout(limit)
      resolve(fault)
    }
    request.on('response', (response) => {
      const status = response.statusCode ?? 0
      response.destroy()
      done(status >= 200 && status < 300 ? '' : `it answered ${status}`)
    })
    request.on('error', (error: NodeJS.ErrnoException) =>
      done(error.message === '' ? (error.code ?? '') : error.message),
    )
    request.end(delivery.body)
  })
}
