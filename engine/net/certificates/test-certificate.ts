/** Certificates for tests, made on the spot: no private key lies in the sources, and none ends one day. */
import type { KeyObject } from 'node:crypto'
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'
import type { CertificateFiles } from './certificate.ts'

export interface TestCertificate {
  /** PEM. */
  readonly certificate: string
  readonly key: string
}

export interface TestCertificateOptions {
  /** Host names and IPv4 addresses. */
  readonly names?: readonly string[]
  /** Milliseconds since the epoch. */
  readonly validFrom?: number
  readonly validTo?: number
}

/** Makes a certificate that signs itself (RFC 5280 §4.1), with a new P-256 key. */
export function testCertificate(options: TestCertificateOptions = {}): TestCertificate {
  const { names = ['localhost'], validFrom = Date.now() - 3_600_000, validTo = Date.now() + 90 * 86_400_000 } = options
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const body = certificateBody(names, validFrom, validTo, publicKey)
  const signature = sign('sha256', body, privateKey)
  const whole = sequence(body, ecdsaWithSha256, element(0x03, Buffer.from([0]), signature))
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? []
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

/** Writes it into a folder as programs that renew certificates do: new files that take the places of the old ones. */
export function writeCertificate(folder: string, made: TestCertificate): CertificateFiles {
  mkdirSync(folder, { recursive: true })
  const files = { certificate: join(folder, 'certificate.pem'), key: join(folder, 'key.pem'), clientAuthorities: '' }
  for (const [path, text] of [
    [files.key, made.key],
    [files.certificate, made.certificate],
  ] as const) {
    writeFileSync(`${path}.new`, text, { mode: 0o600 })
    renameSync(`${path}.new`, path)
  }
  return files
}

function certificateBody(names: readonly string[], validFrom: number, validTo: number, publicKey: KeyObject): Buffer {
  // A random one: two certificates of one name would otherwise be taken for the same one.
  const serial = Buffer.concat([Buffer.from([1]), randomBytes(8)])
  const name = sequence(element(0x31, sequence(commonName, element(0x0c, Buffer.from(names[0] ?? '')))))
  const alternatives = sequence(
    ...names.map((one) =>
      isIP(one) === 4 ? element(0x87, Buffer.from(one.split('.').map(Number))) : element(0x82, Buffer.from(one)),
    ),
  )
  const authority = sequence(element(0x01, Buffer.from([0xff])))
  const extensions = sequence(
    sequence(subjectAltName, element(0x04, alternatives)),
    sequence(basicConstraints, element(0x01, Buffer.from([0xff])), element(0x04, authority)),
  )
  return sequence(
    element(0xa0, element(0x02, Buffer.from([2]))),
    element(0x02, serial),
    ecdsaWithSha256,
    name,
    sequence(time(validFrom), time(validTo)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    element(0xa3, extensions),
  )
}

const ecdsaWithSha256 = element(0x30, Buffer.from('06082a8648ce3d040302', 'hex'))
const commonName = Buffer.from('0603550403', 'hex')
const subjectAltName = Buffer.from('0603551d11', 'hex')
const basicConstraints = Buffer.from('0603551d13', 'hex')

/** GeneralizedTime, which holds every year. */
function time(milliseconds: number): Buffer {
  const text = new Date(milliseconds).toISOString().replaceAll(/[-:T]|\.\d+/g, '')
  return element(0x18, Buffer.from(text))
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return element(0x30, ...parts)
}

/** One element of DER: tag, length, content. */
function element(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  if (length < 128) return Buffer.concat([Buffer.from([tag, length]), content])
  if (length < 256) return Buffer.concat([Buffer.from([tag, 0x81, length]), content])
  return Buffer.concat([Buffer.from([tag, 0x82, length >> 8, length & 255]), content])
}
