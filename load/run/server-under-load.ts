/** Finds the server that is to be loaded, and the own address from which it is reached. */

import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:dgram'
import { createSocket } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { networkInterfaces } from 'node:os'
import { LoadError, LoadServerNotReachedError } from '../load-error.ts'

export interface ServerUnderLoad {
  /** IPv4. */
  readonly address: string
  readonly port: number
  /** Own IPv4 address on the way there. */
  readonly ownAddress: string
}

/** SIP's waits between copies (RFC 3261 §17.1.2.1, T1), in milliseconds; after the last one it is given up. */
const waits = [500, 1000, 2000]
const standardPort = 5060

/** `HOST` or `HOST:PORT`. @throws LoadError */
export function readServer(text: string): { readonly host: string; readonly port: number } {
  const match = /^([^:[\]\s]+)(?::(\d{1,5}))?$/.exec(text)
  const port = Number(match?.[2] ?? standardPort)
  if (match?.[1] === undefined || port < 1 || port > 65_535) {
    throw new LoadError(`--server is "${text}": write HOST or HOST:PORT, with a name or IPv4 address`)
  }
  return { host: match[1], port }
}

/**
 * Asks it by OPTIONS whether it is there; any answer will do.
 *
 * @throws LoadError where the name is unknown, LoadServerNotReachedError where nothing answers
 */
export async function reachServer(host: string, port: number): Promise<ServerUnderLoad> {
  const found = await lookup(host, { family: 4 }).catch(() => null)
  if (found === null) throw new LoadError(`--server: "${host}" has no IPv4 address`)
  const address = found.address
  const socket = createSocket('udp4')
  try {
    // A connected socket learns its own address, and that nobody listens (ICMP).
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject)
      socket.connect(port, address, resolve)
    })
    const own = socket.address()
    const answer = await optionsAnswered(socket, address, port, own)
    if (answer === null) return { address, port, ownAddress: own.address }
    throw notReached(address, port, answer)
  } catch (error) {
    if (error instanceof LoadError) throw error
    throw notReached(address, port, (error as Error).message)
  } finally {
    socket.close()
  }
}

function notReached(address: string, port: number, why: string): LoadServerNotReachedError {
  return new LoadServerNotReachedError(
    `The server ${address}:${port} (UDP) is not reached: ${why}. Is it started, and is this its port?`,
  )
}

/** Resolves with `null` when an answer came, else with why none did. */
function optionsAnswered(
  socket: Socket,
  address: string,
  port: number,
  own: { readonly address: string; readonly port: number },
): Promise<string | null> {
  const key = randomBytes(6).toString('hex')
  const request =
    `OPTIONS sip:${address}:${port} SIP/2.0\r\n` +
    `Via: SIP/2.0/UDP ${own.address}:${own.port};branch=z9hG4bK-${key};rport\r\nMax-Forwards: 70\r\n` +
    `From: <sip:load@${own.address}>;tag=${key}\r\nTo: <sip:${address}:${port}>\r\nCall-ID: ${key}@load\r\n` +
    `CSeq: 1 OPTIONS\r\nUser-Agent: ringdown-load\r\nContent-Length: 0\r\n\r\n`
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined
    const end = (why: string | null): void => {
      clearTimeout(timer)
      socket.removeAllListeners()
      resolve(why)
    }
    let copies = 0
    const send = (): void => {
      const wait = waits[copies++]
      if (wait === undefined) {
        end('it does not answer OPTIONS')
        return
      }
      socket.send(request)
      timer = setTimeout(send, wait)
    }
    socket.on('error', (error: NodeJS.ErrnoException) => {
      end(error.code === 'ECONNREFUSED' ? 'nothing listens there' : error.message)
    })
    socket.on('message', (data) => {
      if (data.toString('latin1', 0, 8) === 'SIP/2.0 ') end(null)
    })
    send()
  })
}

/** Whether an IPv4 address is one of this machine's. */
export function isOwnAddress(address: string): boolean {
  if (address.startsWith('127.')) return true
  return Object.values(networkInterfaces()).some((list) => list?.some((one) => one.address === address))
}
