import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import t from 'tap'
import { expiryWarning, readCertificate } from './certificate.ts'
import { CertificateKeeper } from './certificate-keeper.ts'
import { testCertificate, writeCertificate } from './test-certificate.ts'

const day = 86_400_000

function folder(t: Test): string {
  const path = mkdtempSync(join(tmpdir(), 'ringdown-certificate-'))
  t.teardown(() => rmSync(path, { recursive: true }))
  return path
}

t.test('a certificate and its key are read with names and times', async (t) => {
  const validTo = Date.UTC(2040, 5, 1, 12)
  const files = writeCertificate(folder(t), testCertificate({ names: ['pbx.example', '127.0.0.1'], validTo }))
  const reading = await readCertificate(files)
  if (!reading.ok) throw new Error(reading.problem)
  t.equal(reading.certificate.validTo, validTo)
  t.equal(reading.certificate.names, 'DNS:pbx.example, IP Address:127.0.0.1')
})

t.test('what cannot serve is named', async (t) => {
  const files = writeCertificate(folder(t), testCertificate())
  const broken = join(folder(t), 'broken.pem')
  writeFileSync(broken, 'no certificate')
  const other = writeCertificate(folder(t), testCertificate())
  const cases = [
    [{ ...files, certificate: `${files.certificate}.gone` }, /certificate\.pem\.gone is not there/],
    [{ ...files, certificate: broken }, /broken\.pem holds no certificate/],
    [{ ...files, key: broken }, /broken\.pem holds no private key/],
    [{ ...files, key: other.key }, /is not the key of/],
    [{ ...files, clientAuthorities: broken }, /broken\.pem holds no certificate/],
    [{ ...files, certificate: '/' }, /cannot be read/],
  ] as const
  for (const [given, pattern] of cases) {
    const reading = await readCertificate(given)
    t.match(reading, { ok: false, problem: pattern })
  }
  if (process.getuid?.() !== 0) {
    chmodSync(files.key, 0)
    t.match(await readCertificate(files), { ok: false, problem: /may not be read/ })
  }
})

t.test('people are warned before and after the end', async (t) => {
  const certificate = { context: {}, names: '', validFrom: 10 * day, validTo: 100 * day }
  t.equal(expiryWarning(certificate, 50 * day), '')
  t.match(expiryWarning(certificate, 90 * day), /ends on 1970-04-11/)
  t.match(expiryWarning(certificate, 101 * day), /ended on/)
  t.match(expiryWarning(certificate, 1 * day), /not valid before/)
})

t.test('a changed certificate is taken over, a broken one is not, and each is told once', async (t) => {
  const place = folder(t)
  const lines: string[] = []
  const log = {
    info: (_what: object, line: string) => lines.push(`info ${line}`),
    warn: (_what: object, line: string) => lines.push(`warn ${line}`),
    error: (_what: object, line: string) => lines.push(`error ${line}`),
  }
  const used: string[] = []
  const soon = Date.now() + 3 * day
  const files = writeCertificate(place, testCertificate({ names: ['one'] }))
  const keeper = new CertificateKeeper(files, (certificate) => used.push(certificate.names), log)
  await keeper.look(Date.now())
  await keeper.look(Date.now())
  t.same(used, ['DNS:one'])
  const second = testCertificate({ names: ['two'], validTo: soon })
  writeFileSync(files.key, second.key)
  await keeper.look(Date.now())
  await keeper.look(Date.now())
  t.same(used, ['DNS:one'], 'half of a renewal is not used')
  t.equal(lines.filter((line) => line.startsWith('error The new certificate cannot be used')).length, 1)
  writeCertificate(place, second)
  await keeper.look(Date.now())
  t.same(used, ['DNS:one', 'DNS:two'])
  t.match(lines.at(-1), /^warn The certificate ends on/)
  const told = lines.length
  await keeper.look(Date.now() + day / 2)
  t.equal(lines.length, told)
  await keeper.look(Date.now() + day + 1000)
  t.equal(lines.length, told + 1, 'once a day')
  rmSync(files.certificate)
  await keeper.look(Date.now())
  t.same(used.length, 2)
})

t.test('without any at the start there is an error, and the first good one serves', async (t) => {
  const place = folder(t)
  const files = writeCertificate(place, testCertificate())
  rmSync(files.certificate)
  const errors: string[] = []
  let used = 0
  const log = { info: () => undefined, warn: () => undefined, error: (_: object, line: string) => errors.push(line) }
  const keeper = new CertificateKeeper(files, () => used++, log)
  await keeper.look(Date.now())
  t.match(errors, [/There is no certificate for TLS, connections are refused: .* is not there/])
  writeCertificate(place, testCertificate())
  await keeper.look(Date.now())
  t.equal(used, 1)
})
