/** RFC 5118: IPv6 as it must and must not be written, through the parser and a server that listens on ::1. */
import { networkInterfaces } from 'node:os'
import t from 'tap'
import { Company } from '../wire/company.ts'
import { freePort, loopback } from '../wire/ports.ts'
import { RingdownServer } from '../wire/server.ts'
import { isOutcomeAcceptable, isReadingAcceptable, outcomeInWords } from './acceptable.ts'
import { coreOutcome } from './core-server.ts'
import { TorturePeer } from './live-server.ts'
import { rfc5118 } from './messages/rfc5118.ts'
import { readingInWords, readingOf } from './reading.ts'

t.setTimeout(120_000)

t.test('what the parser and the call server say', async (t) => {
  t.equal(new Set(rfc5118.map(({ section }) => section)).size, 10)
  for (const { section, name, fault, acceptable, text } of rfc5118) {
    t.test(`§${section} ${name}: ${fault}`, async (t) => {
      const reading = readingOf(text)
      t.ok(isReadingAcceptable(acceptable, reading), `parser: ${readingInWords(reading)}`)
      const core = coreOutcome(text)
      t.ok(isOutcomeAcceptable(acceptable, core, true), `call server: ${outcomeInWords(core)}`)
    })
  }
})

const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'))

t.test('over ::1', { skip: hasIpv6 ? false : 'this machine has no ::1' }, async (t) => {
  const port = await freePort()
  const server = await RingdownServer.start({
    document: new Company().document(),
    port,
    environment: { RINGDOWN_BIND: `${loopback},::1` },
  })
  const peer = new TorturePeer({ address: '::1', port }, '::1')
  t.teardown(async () => {
    await peer.close()
    await server.stopEmpty()
  })
  for (const { section, name, text } of rfc5118) {
    t.test(`§${section} ${name}`, async (t) => {
      const expected = { outcome: coreOutcome(text), fault: '' }
      t.same(await peer.overUdp(text), expected, 'UDP')
      t.same(await peer.overTcp(text), expected, 'TCP')
    })
  }
})
