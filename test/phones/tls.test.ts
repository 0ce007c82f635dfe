/** A softphone that others wrote, by TLS: it checks our certificate, registers, calls and is called. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { testCertificate, writeCertificate } from '../../engine/net/certificates/test-certificate.ts'
import { Company } from '../wire/company.ts'
import { freePort } from '../wire/ports.ts'
import { skipWithout } from '../wire/programs.ts'
import { RingdownServer } from '../wire/server.ts'
import { Baresip } from './baresip.ts'

t.setTimeout(240_000)

t.test('baresip by TLS calls and is called by one by UDP', { skip: skipWithout('baresip') }, async (t) => {
  const company = new Company()
  const [first, second] = [company.person(), company.person()]
  const folder = mkdtempSync(join(tmpdir(), 'ringdown-tls-phone-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const port = await freePort()
  const made = testCertificate({ names: [first.domain] })
  const files = writeCertificate(folder, made)
  const server = await RingdownServer.start({
    document: company.document(),
    environment: {
      RINGDOWN_TLS_CERT: files.certificate,
      RINGDOWN_TLS_KEY: files.key,
      RINGDOWN_TLS_PORT: String(port),
    },
  })
  t.teardown(() => server.remove())
  const overTls = await Baresip.start({ ...server.address, port }, first, 440, made.certificate)
  t.teardown(() => overTls.stop())
  const overUdp = await Baresip.start(server.address, second, 1000)
  t.teardown(() => overUdp.stop())
  await Promise.all([overTls.registered(), overUdp.registered()])
  t.match(JSON.stringify(await server.registrations()), /"transport":"TLS"/)
  await overTls.command('dial', second.extension)
  await Promise.all([overTls.saw('CALL_ESTABLISHED'), overUdp.saw('CALL_ESTABLISHED')])
  await overTls.command('hangup')
  await Promise.all([overTls.saw('CALL_CLOSED'), overUdp.saw('CALL_CLOSED')])
  await overUdp.command('dial', first.extension)
  const deadline = Date.now() + 8000
  while ((await server.calls()).length === 0 && Date.now() < deadline) await sleep(50)
  t.equal((await server.calls()).length, 1, 'the other way as well')
})
