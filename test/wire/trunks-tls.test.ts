/** A carrier reached by TLS, whose certificate must name the host that the configuration names (RFC 5922 §4). */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import tls from 'node:tls'
import t from 'tap'
import { ControlClient } from '../../engine/control/client.ts'
import { testCertificate, writeCertificate } from '../../engine/net/certificates/test-certificate.ts'
import { Company } from './company.ts'
import { readMessage, writeResponse } from './message.ts'
import { NameServer } from './name-server.ts'
import { freePort, loopback } from './ports.ts'
import { RingdownServer } from './server.ts'

t.setTimeout(60_000)

t.test('RFC 5922 §4: a carrier by TLS is up where its certificate has its name, and down where not', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'ringdown-certificates-'))
  const ours = writeCertificate(join(folder, 'ours'), testCertificate({ names: [loopback] }))
  const [carrierPort, tlsPort] = [await freePort(), await freePort()]
  const made = testCertificate({ names: ['sip.carrier.test'] })
  const carrierFiles = writeCertificate(join(folder, 'carrier'), made)
  const asked: string[] = []
  const carrier = tls.createServer({ cert: made.certificate, key: made.key }, (socket) => {
    socket.on('error', () => socket.destroy())
    socket.on('data', (data) => {
      const request = readMessage(data.toString('latin1'))
      asked.push(request.requestUri)
      socket.write(writeResponse(request, 200, 'OK', 'tag', [], ''))
    })
  })
  carrier.on('tlsClientError', () => undefined)
  await new Promise<void>((resolve) => carrier.listen(carrierPort, loopback, resolve))
  const names = await NameServer.start({
    'sip.carrier.test': [{ type: 'A', address: loopback }],
    'sip.other.test': [{ type: 'A', address: loopback }],
    '_sips._tcp.carrier.test': [{ type: 'SRV', priority: 0, weight: 0, port: carrierPort, target: 'sip.carrier.test' }],
    'carrier.test': [],
  })
  const company = new Company()
  const byTls = { transport: 'TLS' as const, trusted: [], prefixes: ['+'], optionsSeconds: 1 }
  company.addTrunk({ id: 'named', name: 'Named', address: 'sip.carrier.test', port: carrierPort, ...byTls })
  company.addTrunk({ id: 'other', name: 'Other', address: 'sip.other.test', port: carrierPort, ...byTls })
  company.addTrunk({ id: 'domain', name: 'Domain', address: 'carrier.test', ...byTls })
  const server = await RingdownServer.start({
    document: company.document(),
    environment: {
      RINGDOWN_NAME_SERVERS: names.address,
      RINGDOWN_TLS_CERT: ours.certificate,
      RINGDOWN_TLS_KEY: ours.key,
      RINGDOWN_TLS_PORT: String(tlsPort),
      NODE_EXTRA_CA_CERTS: carrierFiles.certificate,
    },
  })
  t.teardown(async () => {
    await server.stopEmpty()
    carrier.close()
    await names.stop()
    rmSync(folder, { recursive: true })
  })
  const wanted = { named: 'up', other: 'down', domain: 'down' }
  let states = {}
  for (const deadline = Date.now() + 15_000; Date.now() < deadline; await sleep(100)) {
    const client = await ControlClient.open(server.dataFolder)
    states = Object.fromEntries(
      (await client.trunks()).map(({ id, addresses }) => [id, addresses[0]?.state ?? 'nowhere']),
    )
    client.close()
    if (JSON.stringify(states) === JSON.stringify(wanted)) break
  }
  t.same(states, wanted, 'the domain needs a certificate of its own name, not of the host that SRV names')
  t.ok(asked.every((uri) => uri === `sip:sip.carrier.test:${carrierPort};transport=tls`))
  t.match(server.log, /sip\.other\.test/)
  t.match(server.log, /ERR_TLS_CERT_ALTNAME_INVALID/)
})
