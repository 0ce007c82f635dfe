import type { Socket } from 'node:net'
import type { Server, TLSSocket } from 'node:tls'
import { createServer } from 'node:tls'
import type { CertificateFiles } from './certificates/certificate.ts'
import type { CertificateLog } from './certificates/certificate-keeper.ts'
import { CertificateKeeper } from './certificates/certificate-keeper.ts'

/**
 * Our side of the TLS handshakes of one listener. It accepts nothing itself: it is given connections that passed the
 * limits, so that a handshake is never begun for one that would be refused afterwards.
 */
export class TlsHandshake {
  readonly #server: Server
  readonly #keeper: CertificateKeeper

  /**
   * @param secured given each connection whose handshake is done
   * @param failed given each connection whose handshake failed, with why
   */
  constructor(
    files: CertificateFiles,
    secured: (socket: TLSSocket) => void,
    failed: (peer: string, reason: string) => void,
    log: CertificateLog,
  ) {
    const wantsClients = files.clientAuthorities !== ''
    this.#server = createServer({
      minVersion: 'TLSv1.2',
      requestCert: wantsClients,
      rejectUnauthorized: wantsClients,
      // Clients that close without a word are no half-open ones.
      allowHalfOpen: false,
    })
    this.#server.on('secureConnection', secured)
    this.#server.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
      failed(socket.remoteAddress ?? 'gone', error.code ?? error.message)
      socket.destroy()
    })
    this.#keeper = new CertificateKeeper(
      files,
      // Connections that are open keep what they agreed on; new ones get this.
      (certificate) => this.#server.setSecureContext(certificate.context),
      log,
    )
  }

  /** Begins the handshake with an accepted connection. */
  take(socket: Socket): void {
    this.#server.emit('connection', socket)
  }

  /** Takes over a changed certificate. `now` in ms since the epoch. Never rejects. */
  lookAtCertificate(now: number): Promise<void> {
    return this.#keeper.look(now)
  }
}
