/** A damaged journal, a document with a mistake, settings that cannot be. */
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { Document } from '../../engine/config/document.ts'
import { talk } from './call.ts'
import { Company } from './company.ts'
import { registeredPhone, signedIn } from './phones.ts'
import { freePort } from './ports.ts'
import { journalFolder, RingdownServer } from './server.ts'

t.setTimeout(240_000)

/** For all tests but the first, in their order. */
const company = new Company()
const [caller, callee] = [company.person(), company.person()]
const document = company.document()
const server = await RingdownServer.start({ document })
t.teardown(() => server.stopEmpty())

t.test('a damaged journal: the server starts, says so and works', async (t) => {
  const company = new Company()
  const [caller, callee] = [company.person(), company.person()]
  const dataFolder = mkdtempSync(join(tmpdir(), 'ringdown-test-'))
  t.teardown(() => rmSync(dataFolder, { recursive: true, force: true }))
  const port = await freePort()
  const first = await RingdownServer.start({ document: company.document(), dataFolder, port })
  t.teardown(() => first.remove())
  const phone = await registeredPhone(t, first, callee)
  await registeredPhone(t, first, caller)
  t.equal(await first.stop(), 0)
  const journal = journalFolder(dataFolder)
  const name = readdirSync(journal)
    .filter((file) => /\.(log|snapshot)$/.test(file))
    .sort()
    .at(-1)!
  const bytes = readFileSync(join(journal, name))
  t.ok(bytes.length > 300, 'both registrations are in it')
  // In the first record: what is torn at the very end alone would be an unfinished write, and no damage.
  bytes.fill(0x55, 70, 90)
  writeFileSync(join(journal, name), bytes)
  appendFileSync(join(journal, name), Buffer.alloc(300, 0xaa))
  const second = await RingdownServer.start({ document: null, dataFolder, port })
  t.teardown(() => second.remove())
  await second.printed(/journal/i)
  t.match(second.log, /damage|skipp|unreadable/i)
  t.equal((await phone.register()).status, 200)
  const endpoint = await signedIn(t, second, caller)
  const { outgoing, incoming } = await talk(endpoint, callee.extension, phone)
  await Promise.all([outgoing.hangUp(), incoming.hungUp()])
  await second.stopEmpty()
})

t.test(
  'a document with a mistake: check names the place and the cure; a running server keeps the old one',
  async (t) => {
    const phone = await registeredPhone(t, server, callee)
    const endpoint = await signedIn(t, server, caller)

    const wrong: Document = {
      ...document,
      users: document.users!.map((user, index) => (index === 1 ? { ...user, extension: 'ten' } : user)),
    }
    const file = join(server.dataFolder, 'wrong.json')
    writeFileSync(file, JSON.stringify(wrong))
    const result = await server.command('check', file)
    t.equal(result.code, 1)
    t.match(result.output + result.errors, /users\[1\]\.extension|users[./]1[./]extension/)
    t.match(result.output + result.errors, /2 to 10 digits/)

    server.reload(wrong)
    await server.printed(/extension/)
    const { outgoing, incoming } = await talk(endpoint, callee.extension, phone)
    await Promise.all([outgoing.hangUp(), incoming.hungUp()])

    server.reload('account: [')
    const before = server.log.length
    const deadline = Date.now() + 8000
    while (server.log.length === before && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 20))
    const again = await talk(endpoint, callee.extension, phone)
    await Promise.all([again.outgoing.hangUp(), again.incoming.hungUp()])

    writeFileSync(file, JSON.stringify(document))
    t.equal((await server.command('check', file)).code, 0)
  },
)

t.test('SIGHUP puts a new document in force', async (t) => {
  const endpoint = await signedIn(t, server, caller)
  const later = company.person()
  const dial = async (): Promise<number> => {
    const transaction = await endpoint.authenticated('INVITE', `sip:${later.extension}@north.test`)
    return (await transaction.final()).status
  }
  t.equal(await dial(), 404)
  server.reload(company.document())
  const deadline = Date.now() + 8000
  let status = await dial()
  while (status === 404 && Date.now() < deadline) status = await dial()
  t.equal(status, 480, 'there now, but not registered')
})

t.test('a port in use: one clear line, exit code 1', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'ringdown-test-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const result = await server.command('serve', '--data', folder, '--empty')
  t.equal(result.code, 1)
  const lines = `${result.output}${result.errors}`.trim().split('\n')
  t.match(lines.at(-1), new RegExp(`${server.address.port}.*in use`))
})
