/** RFC 4475: a message of our own for each of its 49 sections, and its own octets where they are at hand. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import t from 'tap'
import { talk } from '../wire/call.ts'
import { Company } from '../wire/company.ts'
import { registeredPhone, signedIn } from '../wire/phones.ts'
import { loopback } from '../wire/ports.ts'
import { RingdownServer } from '../wire/server.ts'
import { isOutcomeAcceptable, isReadingAcceptable, outcomeInWords } from './acceptable.ts'
import { coreOutcome } from './core-server.ts'
import { TorturePeer } from './live-server.ts'
import { rfc4475 } from './messages/rfc4475.ts'
import { readingInWords, readingOf } from './reading.ts'
import type { TortureCase } from './torture-case.ts'

t.setTimeout(240_000)

const company = new Company()
const [caller, callee] = [company.person(), company.person()]
const server = await RingdownServer.start({ document: company.document() })
const enginePid = await server.enginePid()
const peer = new TorturePeer(server.address, loopback)
t.teardown(async () => {
  await peer.close()
  await server.stopEmpty()
})

/** How a request may end over TCP where that is not how it ends in a datagram, which has an end of its own. */
const streamEnds: Readonly<Record<string, 'discard' | 'closed'>> = {
  clerr: 'discard',
  ncl: 'closed',
  mcl01: 'closed',
  baddn: 'discard',
  inv2543: 'closed',
}

async function check(t: Test, one: TortureCase): Promise<void> {
  const { acceptable, text } = one
  const isRequest = !text.startsWith('SIP/2.0 ')
  const reading = readingOf(text)
  t.ok(isReadingAcceptable(acceptable, reading), `parser: ${readingInWords(reading)}`)
  const core = coreOutcome(text)
  t.ok(isOutcomeAcceptable(acceptable, core, isRequest), `call server: ${outcomeInWords(core)}`)
  const datagram = await peer.overUdp(text)
  t.same(datagram, { outcome: core, fault: '' }, `UDP: ${outcomeInWords(datagram.outcome)} ${datagram.fault}`)
  // What stands behind a whole message on a stream is the next one.
  if (one.name === 'dblreq') return
  const stream = await peer.overTcp(text)
  const words = outcomeInWords(stream.outcome)
  if (one.stream === undefined) t.same(stream, datagram, `TCP: ${words} ${stream.fault}`)
  else if (one.stream === 'discard') t.equal(words, 'silence', 'TCP')
  else t.ok(words === 'closed' || words === outcomeInWords(core), `TCP: ${words}`)
}

t.test('messages of our own', async (t) => {
  t.equal(new Set(rfc4475.map(({ section }) => section)).size, 49)
  for (const one of rfc4475) t.test(`§${one.section} ${one.name}: ${one.fault}`, (t) => check(t, one))
})

t.test("the RFC's own octets", async (t) => {
  const folder = process.env['RFC4475_DIR'] ?? join('..', 'shared', 'torture')
  const table = join(folder, 'expected.tsv')
  const skip = existsSync(table) ? false : `${folder} is not there: name another by RFC4475_DIR`
  const expected = new Map<string, readonly string[]>()
  if (skip === false) {
    for (const line of readFileSync(table, 'utf8').split('\n')) {
      const [name = '', , , acceptable = ''] = line.split('\t')
      if (acceptable !== '' && !name.startsWith('#')) expected.set(name, acceptable.split('|'))
    }
  }
  for (const { section, name, fault } of rfc4475) {
    t.test(`§${section} ${name}`, { skip }, async (t) => {
      const acceptable = expected.get(name)
      if (acceptable === undefined) throw new Error(`${table} says nothing of ${name}`)
      const text = readFileSync(join(folder, 'rfc4475', `${name}.dat`), 'latin1')
      const stream = streamEnds[name]
      await check(t, { section, name, fault, acceptable, text, ...(stream === undefined ? {} : { stream }) })
    })
  }
})

t.test('and then the same process still serves a call', async (t) => {
  const phone = await registeredPhone(t, server, callee)
  const { outgoing, incoming } = await talk(await signedIn(t, server, caller), callee.extension, phone)
  await Promise.all([outgoing.hangUp(), incoming.hungUp()])
  t.equal(await server.enginePid(), enginePid)
})
