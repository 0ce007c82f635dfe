import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import t from 'tap'
import type { ConfigurationListener } from '../../../engine/config/configuration-writer.ts'
import type { WebhookBody } from '../../../engine/config/entities/webhook.ts'
import type { LiveEventListener } from '../../../engine/control/engine-client.ts'
import type { CallEndedEvent, CallLiveEvent } from '../../../engine/control/live-events.ts'
import type { CallEntry } from '../../../engine/control/protocol.ts'
import { WebhookQueue } from './webhook-queue.ts'
import { deliver } from './webhook-request.ts'
import { Webhooks } from './webhooks.ts'

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }
const secret = 'a-long-secret'
const call = { id: 'one', state: 'answered', caller: 'Zoë' } as unknown as CallEntry
const started: CallLiveEvent = { event: 'call-started', at: 1, call }
const ringing: CallLiveEvent = { event: 'call-ringing', at: 2, call }
const ended: CallEndedEvent = { event: 'call-ended', at: 3, call, status: 200 }

interface Taken {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A program that is told of calls. */
async function listening(t: Test, answer: (response: ServerResponse, number: number) => void) {
  const taken: Taken[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (part) => (body += part))
    request.on('end', () => {
      taken.push({ headers: request.headers, body })
      answer(response, taken.length)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return { taken, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/calls?key=1` }
}

const well = (response: ServerResponse) => response.writeHead(204).end()

/** A configuration of webhooks that can be changed, and an engine in name only. */
function house(bodies: WebhookBody[], dataFolder = '/nowhere') {
  const listeners = new Set<LiveEventListener>()
  let changed: ConfigurationListener = () => undefined
  const webhooks = new Webhooks({
    configuration: {
      configuration: { all: () => bodies } as never,
      onChange(listener: ConfigurationListener) {
        changed = listener
        return () => undefined
      },
    },
    engine: {
      listen(listener) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
    log: silent,
    clock: () => 1_700_000_000_999,
    dataFolder,
  })
  return {
    webhooks,
    listeners,
    configure(next: WebhookBody[]) {
      bodies.splice(0, bodies.length, ...next)
      changed(2, [{ kind: 'webhook', id: 'crm', before: null, after: null }])
    },
  }
}

async function until(enough: () => boolean): Promise<void> {
  while (!enough()) await new Promise((resolve) => setTimeout(resolve, 5))
}

t.test('a program is told of what it wants, signed', async (t) => {
  const { taken, url } = await listening(t, well)
  const { webhooks, listeners } = house([
    { id: 'crm', name: 'CRM', url, secret, events: ['call-ended'] },
    { id: 'all', name: 'All', url, secret },
    { id: 'off', name: 'Off', url, secret, on: false },
  ])
  t.teardown(() => webhooks.close())
  for (const listener of listeners) listener.happened([started, ringing, ended])
  await until(() => taken.length === 3)
  await until(() => webhooks.states().every(({ waiting }) => waiting === 0))
  const events = taken.map(({ headers }) => headers['ringdown-event'])
  t.same(events.sort(), ['call-ended', 'call-ended', 'call-started'])
  t.equal(new Set(taken.map(({ headers }) => headers['ringdown-delivery'])).size, 3)
  for (const { headers, body } of taken) {
    const expected = createHmac('sha256', secret).update(`1700000000.${body}`).digest('hex')
    t.equal(headers['ringdown-signature'], `t=1700000000,v1=${expected}`)
    t.match(JSON.parse(body), { event: headers['ringdown-event'], call: { id: 'one', caller: 'Zoë' } })
  }
  t.match(webhooks.states(), [
    { id: 'crm', delivered: 1, failed: 0, lost: 0, waiting: 0, problem: '' },
    { id: 'all', delivered: 2 },
  ])
})

t.test('the engine is asked for events only while somebody is told', (t) => {
  const webhook = { id: 'crm', name: 'CRM', url: 'http://127.0.0.1:1/', secret }
  const { webhooks, listeners, configure } = house([])
  t.equal(listeners.size, 0)
  configure([webhook])
  t.equal(listeners.size, 1)
  t.equal(webhooks.states().length, 1)
  configure([{ ...webhook, on: false }])
  t.equal(listeners.size, 0)
  t.same(webhooks.states(), [])
  configure([webhook])
  webhooks.close()
  t.equal(listeners.size, 0)
  t.end()
})

t.test('what is not taken is tried again, with the same id, and then given up', async (t) => {
  const webhook = { id: 'crm', name: 'CRM', url: 'http://x/', secret }
  const seen: string[] = []
  let faults = ['it answered 500', 'connection refused', '']
  const send = async ({ id }: { id: string }) => {
    seen.push(id)
    return faults.shift() ?? ''
  }
  const queue = new WebhookQueue({ webhook, send, log: silent, pauses: [5, 10, 15] })
  t.teardown(() => queue.close())
  queue.add({ id: 'first', event: 'call-ended', body: '{}' })
  await until(() => queue.state().delivered === 1)
  t.same(seen, ['first', 'first', 'first'])
  t.match(queue.state(), { failed: 2, lost: 0, waiting: 0, problem: '' })
  faults = Array<string>(4).fill('it answered 503')
  queue.add({ id: 'second', event: 'call-ended', body: '{}' })
  await until(() => queue.state().lost === 1)
  t.match(queue.state(), { delivered: 1, failed: 6, waiting: 0, problem: 'it answered 503' })
})

t.test('a program that never answers holds a thousand events and no more', async (t) => {
  const webhook = { id: 'crm', name: 'CRM', url: 'http://x/', secret }
  const send = () => new Promise<string>(() => undefined)
  const queue = new WebhookQueue({ webhook, send, log: silent })
  t.teardown(() => queue.close())
  for (let index = 0; index < 1500; index++) queue.add({ id: String(index), event: 'call-started', body: '{}' })
  t.equal(queue.state().waiting, 1004)
  t.equal(queue.state().lost, 496)
})

t.test('answers that are none, redirections and programs that are away', async (t) => {
  const told = { id: 'a', event: 'call-ended', body: '{}' }
  const moved = await listening(t, (response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end())
  t.equal(await deliver(moved.url, secret, told, 1), 'it answered 302')
  t.equal(moved.taken.length, 1)
  t.match(await deliver('http://127.0.0.1:1/', secret, told, 1), /ECONNREFUSED/)
  const endless = await listening(t, (response) => {
    response.writeHead(200)
    const more = setInterval(() => response.write('x'.repeat(10_000)), 1)
    response.on('close', () => clearInterval(more))
  })
  t.equal(await deliver(endless.url, secret, told, 1), '', 'the head is enough')
  t.match(await deliver('http://name.invalid/', secret, told, 1), /name\.invalid/)
})

t.test('what still waits when the process ends is told by the next one, once, under the same id', async (t) => {
  const dataFolder = mkdtempSync(join(tmpdir(), 'ringdown-webhooks-'))
  t.teardown(() => rmSync(dataFolder, { recursive: true, force: true }))
  const away = await listening(t, (response) => response.writeHead(503).end())
  const first = house([{ id: 'crm', name: 'CRM', url: away.url, secret }], dataFolder)
  for (const listener of first.listeners) listener.happened([ended])
  await until(() => away.taken.length === 1)
  await until(() => first.webhooks.states()[0]?.failed === 1)
  first.webhooks.close()
  const there = await listening(t, well)
  const next = house([{ id: 'crm', name: 'CRM', url: there.url, secret }], dataFolder)
  t.teardown(() => next.webhooks.close())
  await until(() => there.taken.length === 1)
  const id = (requests: typeof away.taken) => requests[0]?.headers['ringdown-delivery']
  t.equal(id(there.taken), id(away.taken))
  t.equal(there.taken[0]?.body, away.taken[0]?.body)
  t.same(readdirSync(dataFolder), [])
})
