/** A softphone that others wrote, which insists on SRTP, talks with one that knows none: each hears the other's tone. */
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
import { readWav, toneShare } from './tone.ts'

t.setTimeout(120_000)

const own = '127.0.0.1'

t.test('SRTP on one side, none on the other', { skip: skipWithout('baresip') }, async (t) => {
  const company = new Company()
  const [secure, plain] = [company.person({ ringSeconds: 20 }), company.person({ ringSeconds: 20 })]
  const folder = mkdtempSync(join(tmpdir(), 'ringdown-srtp-phone-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const port = await freePort()
  const first = (await freePort()) & ~1
  const made = testCertificate({ names: [secure.domain] })
  const files = writeCertificate(folder, made)
  const server = await RingdownServer.start({
    document: company.document(),
    environment: {
      RINGDOWN_BIND: own,
      RINGDOWN_MEDIA_PROCESSES: '1',
      RINGDOWN_MEDIA_PORTS: `${first}-${first + 99}`,
      RINGDOWN_TLS_CERT: files.certificate,
      RINGDOWN_TLS_KEY: files.key,
      RINGDOWN_TLS_PORT: String(port),
    },
  })
  t.teardown(() => server.remove())
  const overTls = await Baresip.start({ address: own, port }, secure, 440, made.certificate, own, [], 'srtp-mand')
  t.teardown(() => overTls.stop())
  const overUdp = await Baresip.start({ ...server.address, address: own }, plain, 1000, '', own)
  t.teardown(() => overUdp.stop())
  await Promise.all([overTls.registered(), overUdp.registered(), server.printed(/A media process is there/)])

  await overTls.command('dial', plain.extension)
  await Promise.all([overTls.saw('CALL_ESTABLISHED'), overUdp.saw('CALL_ESTABLISHED')])
  const deadline = Date.now() + 15_000
  while (Math.min(overTls.heard().length, overUdp.heard().length) < 100_000 && Date.now() < deadline) await sleep(50)
  await overTls.command('hangup')
  await Promise.all([overTls.saw('CALL_CLOSED'), overUdp.saw('CALL_CLOSED')])
  t.ok(toneShare(readWav(overTls.heard()), 1000) > 0.5, 'the secure phone hears the plain one')
  t.ok(toneShare(readWav(overUdp.heard()), 440) > 0.5, 'the plain phone hears the secure one')
})
