/** Opens the addresses of the API. Fastify listens on one; the others lead to the same application. */
import { readFileSync } from 'node:fs'
import type { Server } from 'node:http'
import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { TlsFiles } from '../application.ts'
import { answerUnreadable } from './errors.ts'

/**
 * @returns what closes those that the application does not close itself
 * @throws Error with one line for people where an address cannot be had
 */
export async function listenOn(
  application: FastifyInstance,
  addresses: readonly string[],
  port: number,
  tls: TlsFiles | null,
): Promise<() => Promise<void>> {
  const [first = '127.0.0.1', ...others] = addresses
  const servers: Server[] = []
  const close = async () => {
    await Promise.all(servers.map((server) => closed(server)))
  }
  try {
    await orAdvice(first, port, application.listen({ host: first, port }))
    for (const host of others) {
      const server = serverOf(application, tls)
      servers.push(server)
      await orAdvice(host, port, listening(server, host, port))
    }
  } catch (error) {
    await close()
    throw error
  }
  return close
}

function serverOf(application: FastifyInstance, tls: TlsFiles | null): Server {
  const { server: model } = application
  const server =
    tls === null
      ? createServer(application.routing)
      : createTlsServer(
          { cert: readFileSync(tls.certificate), key: readFileSync(tls.key), minVersion: 'TLSv1.2' },
          application.routing,
        )
  server.requestTimeout = model.requestTimeout
  server.keepAliveTimeout = model.keepAliveTimeout
  server.on('clientError', (error, socket) => answerUnreadable(error, socket as Socket))
  return server
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

async function orAdvice(host: string, port: number, work: Promise<unknown>): Promise<void> {
  try {
    await work
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const cause = code === 'EADDRINUSE' ? 'is in use by another program' : `cannot be used (${message})`
    throw new Error(
      `TCP port ${port} of ${host} ${cause}: choose another with --http-port, or --http-port off for no API`,
    )
  }
}
