/** Certificates of listeners, from files: whether they can serve, for how long, and for which names. */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { SecureContextOptions } from 'node:tls'
import { createSecureContext } from 'node:tls'

/** Where the certificate of a listener lies. All PEM. */
export interface CertificateFiles {
  /** With its chain, its own first. */
  readonly certificate: string
  /** Its private key, without a password. */
  readonly key: string
  /** Authorities whose certificates clients must show; '' asks for none. */
  readonly clientAuthorities: string
}

/** A certificate that can serve. */
export interface Certificate {
  /** For `tls.createServer` and `setSecureContext`. */
  readonly context: SecureContextOptions
  /** Host names and addresses it is for, as in its subjectAltName: `DNS:a.example, IP Address:192.0.2.1`. */
  readonly names: string
  /** Milliseconds since the epoch. */
  readonly validFrom: number
  readonly validTo: number
}

export type CertificateReading =
  | { readonly ok: true; readonly certificate: Certificate }
  /** One line for people: which file, what is wrong, what to do. */
  | { readonly ok: false; readonly problem: string }

/** Milliseconds before its end from which on people are warned of it. */
export const expiryNotice = 14 * 86_400_000

/** Reads the files and tries whether they fit together. Never throws. */
export async function readCertificate(files: CertificateFiles): Promise<CertificateReading> {
  try {
    return { ok: true, certificate: await readAll(files) }
  } catch (error) {
    if (error instanceof CertificateProblem) return { ok: false, problem: error.message }
    throw error
  }
}

/** What people should know of a certificate that serves: '' while there is nothing. `now` in ms since the epoch. */
export function expiryWarning(certificate: Certificate, now: number): string {
  const { validFrom, validTo } = certificate
  const day = (time: number) => new Date(time).toISOString().slice(0, 10)
  if (now > validTo) return `ended on ${day(validTo)}: clients refuse it; renew it`
  if (now < validFrom) return `is not valid before ${day(validFrom)}: set the clock, or wait`
  if (validTo - now < expiryNotice) return `ends on ${day(validTo)}: renew it`
  return ''
}

class CertificateProblem extends Error {}

async function readAll(files: CertificateFiles): Promise<Certificate> {
  const chain = await read(files.certificate)
  const keyText = await read(files.key)
  const first = tried(() => new X509Certificate(chain), `${files.certificate} holds no certificate in PEM`)
  const key = tried(
    () => createPrivateKey(keyText),
    `${files.key} holds no private key in PEM, or one behind a password, which cannot be used`,
  )
  if (!first.checkPrivateKey(key)) {
    throw new CertificateProblem(
      `${files.key} is not the key of ${files.certificate}: give the two that belong together`,
    )
  }
  let authorities: Buffer | null = null
  if (files.clientAuthorities !== '') {
    const path = files.clientAuthorities
    authorities = await read(path)
    const text = authorities
    tried(() => new X509Certificate(text), `${path} holds no certificate in PEM`)
  }
  const context: SecureContextOptions = {
    cert: chain,
    key: keyText,
    // RFC 8996; docs/decisions/0013-tls-and-websocket.md.
    minVersion: 'TLSv1.2',
    ...(authorities === null ? {} : { ca: authorities }),
  }
  tried(() => createSecureContext(context), `${files.certificate} cannot be used for TLS`)
  return {
    context,
    names: first.subjectAltName ?? '',
    validFrom: Date.parse(first.validFrom),
    validTo: Date.parse(first.validTo),
  }
}

async function read(path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new CertificateProblem(`${path} is not there`)
    if (code === 'EACCES') throw new CertificateProblem(`${path} may not be read by this user`)
    throw new CertificateProblem(`${path} cannot be read: ${message}`)
  }
}

function tried<Value>(make: () => Value, problem: string): Value {
  try {
    return make()
  } catch (error) {
    throw new CertificateProblem(`${problem} (${error instanceof Error ? error.message : String(error)})`)
  }
}
