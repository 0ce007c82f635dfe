import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, RequestListener } from 'node:http'
import { createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Test } from 'tap'
import t from 'tap'
import { ApiClient } from './api-client.ts'
import { formatRefusal, RequestRefusedError, ServerNotReachedError } from './api-error.ts'
import type { PlaceSettings, ServerAddress } from './server-address.ts'
import { findServer } from './server-address.ts'

interface Served {
  readonly requests: { readonly request: IncomingMessage; readonly body: string }[]
  readonly address: ServerAddress
}

type Reply = readonly [status: number, body: unknown, headers?: Readonly<Record<string, string>>]

/** A server that gives these answers, one after the other. */
async function serve(t: Test, ...replies: Reply[]): Promise<Served> {
  const requests: Served['requests'] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      requests.push({ request, body })
      const [status, content, headers = {}] = replies[requests.length - 1] ?? [500, null]
      const type = status < 400 ? 'application/json' : 'application/problem+json'
      response.writeHead(status, { 'content-type': type, ...headers }).end(JSON.stringify(content))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  return { requests, address: addressOf(new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)) }
}

function addressOf(url: URL, tokens: readonly string[] = ['one']): ServerAddress {
  let read = 0
  const token = () => tokens[Math.min(read++, tokens.length - 1)] ?? ''
  return { url, token, renewsToken: tokens.length > 1, certificate: '', advice: 'look at the port' }
}

const detail = (text: string) => ({ type: 'x', title: 'Refused', status: 0, detail: text })

const warned = {
  'ringdown-warnings':
    '{"warnings":[{"path":"user anna.rules[1]","value":"","message":"this never applies","cure":"Move it up \\u2013 or take it out"}],"more":3}',
}

t.test('requests carry token, parameters, conditions and body', async (t) => {
  const { requests, address } = await serve(
    t,
    [200, { id: 'anna' }, { etag: '"7"', 'ringdown-revision': '8', 'ringdown-in-force': 'true', ...warned }],
    [201, {}, { 'ringdown-warnings': 'another form' }],
    [200, {}],
  )
  const client = new ApiClient(address)
  const answer = await client.askAny('changeUser', { path: { id: 'a/b' }, body: { jobTitle: null }, ifMatch: '"6"' })
  t.match(answer, { status: 200, body: { id: 'anna' }, etag: '"7"', revision: 8, inForce: true })
  t.match(answer, { warnings: [{ path: 'user anna.rules[1]', cure: 'Move it up – or take it out' }], moreWarnings: 3 })
  t.equal(requests[0]?.request.url, '/v1/users/a%2Fb')
  t.match(requests[0]?.request.headers, {
    authorization: 'Bearer one',
    'content-type': 'application/merge-patch+json',
    'if-match': '"6"',
    'idempotency-key': undefined,
  })
  t.equal(requests[0]?.body, '{"jobTitle":null}')
  t.match(await client.askAny('createUser', { body: {} }), { warnings: [], moreWarnings: 0 })
  t.match(requests[1]?.request.headers['idempotency-key'], /^[0-9a-f-]{36}$/)
  await client.ask('applyDocument', { query: { dryRun: true }, body: 'a: b', mediaType: 'application/yaml' })
  t.match(requests[2], { request: { url: '/v1/document?dryRun=true' }, body: 'a: b' })
})

t.test('lists are read page by page, no further than wanted', async (t) => {
  const { requests, address } = await serve(
    t,
    [200, { items: [1, 2], next: 'two' }],
    [200, { items: [3], next: null }],
    [200, { items: [1, 2], next: 'two' }],
  )
  const client = new ApiClient(address)
  const all: unknown[] = []
  for await (const entry of client.entries('listUsers', { site: 'london' })) all.push(entry)
  t.same(all, [1, 2, 3])
  t.equal(requests[1]?.request.url, '/v1/users?site=london&limit=1000&cursor=two')
  const two: unknown[] = []
  for await (const entry of client.entries('listUsers', {}, 2)) two.push(entry)
  t.same(two, [1, 2])
  t.equal(requests.length, 3)
})

t.test('a token that has changed is read again, one that has not is told of', async (t) => {
  const fresh = await serve(t, [401, detail('no')], [200, {}])
  await new ApiClient({ ...fresh.address, ...addressOf(fresh.address.url, ['old', 'new']) }).askAny('readAccount', {})
  t.equal(fresh.requests[1]?.request.headers.authorization, 'Bearer new')
  const stale = await serve(t, [401, detail('no')])
  await t.rejects(new ApiClient(stale.address).askAny('readAccount', {}), { message: /RINGDOWN_TOKEN/ })
})

t.test('a busy server is asked again when it says', async (t) => {
  const { requests, address } = await serve(t, [429, detail('busy'), { 'retry-after': '0' }], [200, {}])
  await new ApiClient(address).askAny('readAccount', {})
  t.equal(requests.length, 2)
  const later = await serve(t, [503, detail('not ready'), { 'retry-after': '900' }])
  await t.rejects(new ApiClient(later.address).askAny('readAccount', {}), { message: 'not ready' })
})

t.test('refusals are told with fields, cures and what stands in the way', async (t) => {
  const problems = [
    { path: 'extension', value: '12x', message: 'this is not in the expected form', cure: 'Write digits' },
  ]
  const referrers = [{ kind: 'device', id: 'anna', path: 'user', title: 'Desk', href: '/v1/devices/anna' }]
  const { address } = await serve(
    t,
    [422, { ...detail('extension: wrong'), title: 'Some values are not right', problems }],
    [409, { ...detail('anna is needed: or add ?references=clear'), referrers }],
    [404, '<html>', { 'content-type': 'text/html' }],
  )
  const client = new ApiClient(address)
  const refusal = async () =>
    client.askAny('readAccount', {}).then(
      () => '',
      (error: unknown) => (error instanceof RequestRefusedError ? formatRefusal(error) : String(error)),
    )
  t.equal(
    await refusal(),
    'Some values are not right:\n  extension (12x): this is not in the expected form. Write digits.\n',
  )
  t.equal(await refusal(), 'anna is needed: or say --clear-references\n  device anna (Desk): user\n')
  t.match(await refusal(), /404 .*is it Ringdown/)
})

t.test('a server that is not there is told of in one line', async (t) => {
  const { address } = await serve(t)
  const { port } = address.url
  const client = (url: string) => new ApiClient(addressOf(new URL(url)))
  await t.rejects(client(`https://127.0.0.1:${port}`).askAny('readAccount', {}), { message: /does not speak TLS/ })
  await t.rejects(client('http://127.0.0.1:9').askAny('readAccount', {}), {
    message: 'Nobody listens at 127.0.0.1:9: look at the port',
  })
  const error = await client('http://127.0.0.1:9')
    .askAny('readAccount', {})
    .catch((reason: unknown) => reason)
  t.ok(error instanceof ServerNotReachedError)
})

t.test("the certificate of this machine's server is trusted itself, and no other", async (t) => {
  const folder = t.testdir()
  for (const name of ['own', 'other']) {
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
        .concat(['-subj', `/CN=${name}.example.com`, '-keyout', join(folder, `${name}.key`)])
        .concat(['-out', join(folder, `${name}.pem`)]),
      { stdio: 'ignore' },
    )
  }
  const read = (name: string) => readFileSync(join(folder, name))
  const answer: RequestListener = (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"id":"own"}')
  }
  const server = createSecureServer({ cert: read('own.pem'), key: read('own.key') }, answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const url = new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const client = (name: string) =>
    new ApiClient({ ...addressOf(url), certificate: name === '' ? '' : join(folder, name) })
  t.match((await client('own.pem').askAny('readAccount', {})).body, { id: 'own' })
  for (const name of ['other.pem', '']) {
    await t.rejects(client(name).askAny('readAccount', {}), { message: /certificate .* is not trusted/ })
  }
})

t.test('the server is found by the data folder or by variables', async (t) => {
  const folder = t.testdir()
  const settings: PlaceSettings = { data: folder, 'http-port': 8123, 'http-bind': ['::'], 'http-certificate': '' }
  t.throws(() => findServer(settings, {}), { message: /No server is running on the data folder/ })
  // This process stands for the server.
  const began = readFileSync(`/proc/${process.pid}/stat`, 'latin1').split(') ')[1]?.split(' ')[19]
  writeFileSync(join(folder, 'supervisor.pid'), `${process.pid} ${began}\n`)
  t.throws(() => findServer({ ...settings, 'http-port': 'off' }, {}), { message: /API is off/ })
  const found = findServer(settings, {})
  t.equal(found.url.href, 'http://[::1]:8123/')
  t.throws(() => found.token(), { message: /API is not up/ })
  writeFileSync(join(folder, 'admin.token'), 'rd_one\n')
  t.equal(found.token(), 'rd_one')
  t.equal(findServer({ ...settings, 'http-certificate': 'a.pem' }, {}).url.protocol, 'https:')

  const variables = { RINGDOWN_URL: 'https://pbx.example.com/api', RINGDOWN_TOKEN: 'rd_two' }
  t.match(findServer(settings, variables), { url: { href: 'https://pbx.example.com/api' }, renewsToken: false })
  t.throws(() => findServer(settings, { RINGDOWN_URL: 'https://pbx.example.com' }), { message: /RINGDOWN_TOKEN/ })
  t.throws(() => findServer(settings, { ...variables, RINGDOWN_URL: 'pbx' }), { message: /^RINGDOWN_URL is "pbx"/ })
})
