/** The command line against a real server: what is changed by it is what calls go by, and a backup brings it all back. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import t from 'tap'
import { ApiClient } from '../../cli/client/api-client.ts'
import { findServer } from '../../cli/client/server-address.ts'
import type { Document } from '../../engine/config/document.ts'
import { openStore } from '../../engine/config/store/open-store.ts'
import { Company } from './company.ts'
import { registeredPhone } from './phones.ts'
import { freePort, loopback } from './ports.ts'
import { RingdownServer } from './server.ts'

t.setTimeout(180_000)

const company = new Company()
const nora = company.person()
const other = company.person()

/** Of the API. */
const ports = new Map<RingdownServer, number>()

async function startServer(document: Document | null, dataFolder?: string): Promise<RingdownServer> {
  const port = await freePort()
  const environment = { RINGDOWN_HTTP_PORT: String(port) }
  const server = await RingdownServer.start({
    document,
    environment,
    ...(dataFolder === undefined ? {} : { dataFolder }),
  })
  ports.set(server, port)
  await server.printed(/Admin process serves/, 15_000)
  return server
}

// One for all tests, in their order: to start one takes as long as most of them.
const server = await startServer(company.document())
t.teardown(() => server.remove())

t.test('a user is added, called, given a rule, and all of it taken back', async (t) => {
  const run = async (...given: string[]) => {
    const result = await server.command(...given)
    t.equal(result.code, 0, `${given.join(' ')}\n${result.errors}`)
    return result.output
  }
  const person = ['--userName', 'zoe', '--firstName', 'Zoë', '--lastName', 'Zimmer', '--email', 'zoe@example.com']
  t.equal(
    await run('user', 'add', ...person, '--site', 'north-office', '--extension', '1077'),
    '+ user zoe (Zoë Zimmer)\n',
  )
  t.match(await run('user', 'list'), /^zoe +zoe +Zoë +Zimmer/m)
  t.match(JSON.parse(await run('user', 'show', 'zoe', '--json')), { id: 'zoe', extension: '1077' })
  t.match(await run('explain', other.id, '1077'), /Zoë Zimmer/)

  await run('user', 'change', 'zoe', '--forwarding.all.to.user', nora.id, '--voicemailPin', '739154')
  t.match(await run('explain', other.id, '1077'), /Nora Number 1001/)
  t.match(await run('user', 'change', 'zoe', '--forwarding.all.to', '{busy: true}'), /busy none -> true/)
  t.notMatch(await run('explain', other.id, '1077'), /Nora Number 1001/)
  await run('user', 'change', 'zoe', '--unset', 'forwarding')
  await run('rule', 'add', 'zoe', '--name', 'Holidays', '--to.user', nora.id)
  t.match(await run('rule', 'list', 'zoe'), /1 +Holidays +on +anyone +any time/)

  const exchange = await server.command('phone-number', 'exchange', `user=${nora.id}`, 'user=zoe')
  t.match(exchange, { code: 1, errors: /neither of the two has a phone number/ })
  t.match(await server.command('phone-number', 'exchange', 'zoe', 'user=zoe'), { code: 2, errors: /user=anna/ })
  const revisions = JSON.parse(await run('revisions', '--json')) as { revision: number }[]
  t.equal(revisions[0]?.revision, 6)
  t.match(await run('diff', '1', '6'), /^\+ user zoe/)
  t.match(await run('restore', '1', '--dry-run'), /^- user zoe/)
  t.match(await run('restore', '1'), /^- user zoe/)
  t.equal((await server.command('user', 'show', 'zoe')).code, 1)
  t.match(await run('revisions', '--limit', '1'), /^7 /m)
  t.match(await run('audit', '--limit', '1'), /restore|revision/i)

  const exported = join(server.dataFolder, 'exported.yaml')
  await run('export', '--output', exported)
  t.equal(await run('apply', exported, '--prune'), '')
  const checked = await server.command('check', exported)
  t.match(checked, { code: 1, errors: /password: this field is missing/ })
  t.match(checked.errors, /has no passwords: "ringdown apply .*exported.yaml --dry-run" checks/)
  t.match(await run('whatif', `user/${nora.id}/ringSeconds=25`), /There are no calls to try it on/)
  const list = join(server.dataFolder, 'monday.csv')
  writeFileSync(list, `caller,dialled\n${nora.id},\n`)
  const listed = await server.command('whatif', `user/${nora.id}/ringSeconds=25`, '--calls', list)
  t.match(listed, { code: 1, errors: /\/monday\.csv line 2: nothing is dialled/ })
  writeFileSync(exported, readFileSync(exported, 'utf8').replaceAll('Nora', 'Norma'))
  t.match(await run('apply', exported, '--dry-run'), /firstName Nora -> Norma/)
  t.match(await run('apply', exported), /firstName Nora -> Norma/)
  await run('lint')
  t.match(
    await run('complete', '--', 'user', 'show', '--data', server.dataFolder, 'north-'),
    `${nora.id}\n${other.id}\n`,
  )
})

t.test('refusals and wrong usage have exit codes of their own', async (t) => {
  const refused = await server.command('user', 'add', '--firstName', 'Zoe', '--extension', '12x', '--site', 'nowhere')
  t.equal(refused.code, 1)
  for (const words of ['userName: this field is missing', 'extension (12x)', 'email: this field is missing']) {
    t.ok(refused.errors.includes(words), words)
  }
  const needed = await server.command('user', 'remove', nora.id)
  t.match(needed, { code: 1, errors: /device .*: user/ })
  const wrong = [
    ['user', 'lst'],
    ['user', 'list', '--jsn'],
    ['user', 'change', nora.id],
    ['restore', 'all'],
  ]
  const results = await Promise.all(wrong.map((given) => server.command(...given)))
  for (const [index, { code }] of results.entries()) t.equal(code, 2, wrong[index]?.join(' ') ?? '')
  t.match(await server.command('user', 'change', nora.id, '--lines', 'x'), { code: 2, errors: /--lines is "x"/ })
  t.match(await server.command('restore-backup', server.dataFolder), { code: 1, errors: /no whole backup/ })
  const reset = await server.command('admin', 'reset-password', '--json')
  const { userName, password } = JSON.parse(reset.output) as { userName: string; password: string }
  const client = clientOf(server)
  t.match((await client.ask('signIn', { body: { userName, password } })).body, { token: /^rd_/ })
})

/** Exit codes, and what can be done with the folder alone, where the server has been stopped. */
async function commandsWithoutServer(t: Test): Promise<void> {
  t.match(await server.command('user', 'list'), { code: 3, errors: /No server is running/ })
  t.equal((await server.command('calls')).code, 3)
  t.match(await server.command('admin', 'reset-password'), { code: 0, output: /^The new password of admin is \S{20}/ })
  t.match(await server.command('export'), { code: 0, output: /^version: 1/ }, 'what is stored')
  t.match(await server.command('explain', nora.id, other.extension), { code: 0, output: /assumed/ })
}

function clientOf(server: RingdownServer): ApiClient {
  const port = ports.get(server) ?? 0
  const settings = { data: server.dataFolder, 'http-port': port, 'http-bind': [loopback], 'http-certificate': '' }
  return new ApiClient(findServer(settings, {}))
}

t.test('a backup made under writes is of one revision, and brings everything back', async (t) => {
  const client = clientOf(server)
  let writing = true
  let written = 0
  // Every revision has the same name in two entities.
  const writer = (async () => {
    for (let number = 1; writing; number++) {
      const document = company.document()
      const name = `Company ${number}`
      const [first, ...others] = document.pbxs
      if (first === undefined) throw new Error('there is no PBX')
      const changed = { ...document, account: { ...document.account, name }, pbxs: [{ ...first, name }, ...others] }
      await client.ask('applyDocument', { body: JSON.stringify(changed), mediaType: 'application/json' })
      written = number
    }
  })()
  const folder = t.testdir()
  const folders = [1, 2, 3].map((number) => join(folder, `backup-${number}`))
  for (const target of folders) {
    const result = await server.command('backup', target)
    t.equal(result.code, 0, result.errors)
  }
  writing = false
  await writer
  t.ok(written > 3, `${written} writes meanwhile`)
  for (const target of folders) {
    const { account, pbx, revision } = await stored(target)
    t.equal(account, pbx)
    t.equal(
      (JSON.parse(readFileSync(join(target, 'manifest.json'), 'utf8')) as { revision: number }).revision,
      revision,
    )
  }
  t.match(await server.command('backup', folders[0] ?? ''), { code: 1, errors: /not empty/ })
  const [, , source = ''] = folders
  t.match(await server.command('restore-backup', source), { code: 1, errors: /already serves/ })

  const restored = join(folder, 'restored')
  const result = await server.command('restore-backup', source, '--data', restored)
  t.equal(result.code, 0, result.errors)
  t.match(await server.command('restore-backup', source, '--data', restored), { code: 1, errors: /--replace/ })
  const nonce = readFileSync(join(server.dataFolder, 'nonce.key'))
  t.equal(await server.stop(), 0)
  await t.test('what a server that is down leaves to its commands', commandsWithoutServer)
  const second = await startServer(null, restored)
  t.teardown(() => second.remove())
  t.same(await contents(restored), await contents(source), 'secrets too')
  t.same(readFileSync(join(restored, 'nonce.key')), nonce)
  await registeredPhone(t, second, nora)
  t.match(await second.command('registrations'), { code: 0, output: new RegExp(nora.userName) })
})

async function contents(folder: string) {
  const store = await openStore(folder, { readOnly: true })
  try {
    return await store.load()
  } finally {
    await store.close()
  }
}

async function stored(folder: string) {
  const { revision, entities } = await contents(folder)
  const nameOf = (kind: string) => entities.find((entity) => entity.kind === kind)?.body['name']
  return { revision, account: nameOf('account'), pbx: nameOf('pbx') }
}
