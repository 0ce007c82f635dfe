/** Phones that register by TLS, each by a connection of its own that stays. */

import { once } from 'node:events'
import type { TLSSocket } from 'node:tls'
import { connect } from 'node:tls'
import type { BenchUser } from '../population.ts'
import { forEachOf } from './exchange.ts'
import { registerText } from './people.ts'

const mostTries = 5

/** @returns the connections, which stay open */
export async function registerByTls(users: readonly BenchUser[], port: number, expires: number): Promise<TLSSocket[]> {
  const sockets: TLSSocket[] = []
  await forEachOf(users.length, async (index) => {
    const user = users[index] as BenchUser
    const socket = await connected(port)
    sockets.push(socket)
    const about = { user, time: 1_000_000, expires, proxyPort: null }
    const challenged = await ask(socket, registerText(about, ''))
    const answer = await ask(socket, registerText(about, challenged))
    if (!answer.startsWith('SIP/2.0 200')) throw new Error(`A phone by TLS was not registered:\n${answer}`)
  })
  return sockets
}

/** A handshake that takes too long, where many begin at once on a busy machine, is tried again. @throws Error after the last */
async function connected(port: number): Promise<TLSSocket> {
  for (let left = mostTries; ; left--) {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false })
    try {
      await once(socket, 'secureConnect')
      return socket
    } catch (error) {
      socket.destroy()
      if (left === 1) throw error
    }
  }
}

export function closeAll(sockets: readonly TLSSocket[]): void {
  for (const socket of sockets) socket.destroy()
}

/** The answers have no body. */
function ask(socket: TLSSocket, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const end = () => {
      socket.off('data', take)
      socket.off('error', reject)
      socket.off('close', closed)
    }
    const take = (data: Buffer) => {
      text += data.toString('latin1')
      if (!text.includes('\r\n\r\n')) return
      end()
      resolve(text)
    }
    const closed = () => reject(new Error('The connection was closed'))
    socket.on('data', take)
    socket.on('error', reject)
    socket.on('close', closed)
    socket.write(request, 'latin1')
  })
}
