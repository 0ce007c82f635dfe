import { stat } from 'node:fs/promises'
import type { Certificate, CertificateFiles } from './certificate.ts'
import { expiryWarning, readCertificate } from './certificate.ts'

export interface CertificateLog {
  info(what: object, message: string): void
  warn(what: object, message: string): void
  error(what: object, message: string): void
}

/** Milliseconds between two warnings of one certificate that ends soon. */
const warningPause = 86_400_000

/**
 * Keeps the certificate of one listener: looks for changed files and hands over what can serve. A new one that cannot
 * is told of, and the old one stays in use.
 */
export class CertificateKeeper {
  readonly #files: CertificateFiles
  readonly #use: (certificate: Certificate) => void
  readonly #log: CertificateLog
  /** What the files looked like when they were last read. */
  #seen = ''
  #current: Certificate | null = null
  #warnedAt = 0
  #looking: Promise<void> | null = null

  /** @param use told of each certificate that is to serve from now on */
  constructor(files: CertificateFiles, use: (certificate: Certificate) => void, log: CertificateLog) {
    this.#files = files
    this.#use = use
    this.#log = log
  }

  /** Reads the files if they have changed since the last time. `now` in ms since the epoch. Never rejects. */
  look(now: number): Promise<void> {
    // One at a time: a slow disk must not let an older reading win.
    this.#looking ??= this.#look(now).finally(() => {
      this.#looking = null
    })
    return this.#looking
  }

  async #look(now: number): Promise<void> {
    const seen = await this.#appearance()
    if (seen !== this.#seen) {
      this.#seen = seen
      const { certificate: file } = this.#files
      const reading = await readCertificate(this.#files)
      if (reading.ok) {
        const { certificate } = reading
        this.#current = certificate
        this.#warnedAt = 0
        this.#use(certificate)
        this.#log.info(
          { file, names: certificate.names, validTo: new Date(certificate.validTo).toISOString() },
          'A certificate is in use from now on',
        )
      } else if (this.#current === null) {
        this.#log.error({ file }, `There is no certificate for TLS, connections are refused: ${reading.problem}`)
      } else {
        this.#log.error({ file }, `The new certificate cannot be used, the old one stays: ${reading.problem}`)
      }
    }
    this.#warn(now)
  }

  #warn(now: number): void {
    if (this.#current === null || now - this.#warnedAt < warningPause) return
    const warning = expiryWarning(this.#current, now)
    if (warning === '') return
    this.#warnedAt = now
    this.#log.warn({ file: this.#files.certificate }, `The certificate ${warning}`)
  }

  /** Changes when somebody writes, replaces or takes away one of the files, or what a link points at. */
  async #appearance(): Promise<string> {
    const { certificate, key, clientAuthorities } = this.#files
    const paths = clientAuthorities === '' ? [certificate, key] : [certificate, key, clientAuthorities]
    const looks = await Promise.all(
      paths.map((path) =>
        stat(path).then(
          ({ ino, size, mtimeMs, ctimeMs }) => `${ino} ${size} ${mtimeMs} ${ctimeMs}`,
          (error: NodeJS.ErrnoException) => error.code ?? 'missing',
        ),
      ),
    )
    return looks.join('\n')
  }
}
