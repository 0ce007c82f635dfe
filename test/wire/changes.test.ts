/** What is changed over the API is what the very next call does: every kind of rule, and what else decides a call. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { AdminUnderTest } from '../crash/admin-under-test.ts'
import { IncomingCall, OutgoingCall } from './call.ts'
import { Company } from './company.ts'
import type { Endpoint } from './endpoint.ts'
import { headerValue } from './message.ts'
import { registeredPhone, signedIn } from './phones.ts'
import { freePort, loopback } from './ports.ts'
import { RingdownServer } from './server.ts'

t.setTimeout(120_000)

const company = new Company()
const callerPerson = company.person()
const target = company.person({ ringSeconds: 1, primaryNumber: '+442079460101' })
const heir = company.person({ ringSeconds: 30 })
const away = company.person()
company.number('+442079460199')
const port = await freePort()
const server = await RingdownServer.start({
  document: company.document(),
  environment: { RINGDOWN_HTTP_PORT: String(port) },
})
t.teardown(() => server.stopEmpty())
await new AdminUnderTest(port).alive()
const token = readFileSync(join(server.dataFolder, 'admin.token'), 'utf8').trim()
const caller = await signedIn(t, server, callerPerson)
const phones = {
  target: await registeredPhone(t, server, target),
  heir: await registeredPhone(t, server, heir),
}

/** Makes a change; fails unless the engine has it when the answer comes. */
async function change(method: string, path: string, body?: unknown): Promise<void> {
  const response = await fetch(`http://${loopback}:${port}/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined
        ? {}
        : { 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
  t.equal(response.headers.get('ringdown-in-force'), 'true', `${method} ${path} is in force`)
}

type Outcome = 'target' | 'heir' | number

/** Calls, answers with nothing but ringing, and says who was rung last, or what the caller got. */
async function outcomeOf(dialled: string, targetDoes: 'rings' | 'is busy' = 'rings'): Promise<Outcome> {
  const outgoing = await OutgoingCall.start(caller, dialled)
  const rung = (name: keyof typeof phones) =>
    IncomingCall.next(phones[name]).then((incoming) => ({ name, incoming }) as const)
  const refused = outgoing.transaction
    .seen((response) => response.status >= 300, 'a refusal')
    .then(({ status }) => status)
  // It is only of interest while somebody waits for it.
  refused.catch(() => undefined)
  let first = await Promise.race([waitsFor(phones.target, 'target'), waitsFor(phones.heir, 'heir'), refused])
  if (typeof first === 'number') return first
  if (first === 'target' && targetDoes === 'is busy') {
    await (await rung('target')).incoming.reject(486, 'Busy Here')
    const second = await Promise.race([waitsFor(phones.heir, 'heir'), refused])
    if (typeof second === 'number') return second
    first = second
  }
  const { incoming } = await rung(first)
  incoming.ring()
  await outgoing.status(180)
  if (first === 'target') {
    // Rings out after a second: whoever comes next is the outcome.
    const [, next] = await Promise.all([incoming.cancelled(), Promise.race([waitsFor(phones.heir, 'heir'), refused])])
    if (next === 480) return 'target'
    if (typeof next === 'number') return next
    const other = await rung('heir')
    other.incoming.ring()
    await Promise.all([outgoing.cancel(), other.incoming.cancelled()])
    return next
  }
  await Promise.all([outgoing.cancel(), incoming.cancelled()])
  return first
}

/** Resolves when the phone has an INVITE that nobody has taken yet, and leaves it there. */
async function waitsFor(phone: Endpoint, name: keyof typeof phones): Promise<keyof typeof phones> {
  const isInvite = (message: { method?: string }) => message.method === 'INVITE'
  while (!phone.has(isInvite)) await new Promise((resolve) => setTimeout(resolve, 5).unref())
  return name
}

const user = `/users/${target.id}`
const clearForwarding = () => change('PATCH', user, { forwarding: null })

t.test('forwarding', async (t) => {
  t.equal(await outcomeOf(target.extension), 'target', 'as configured at first')
  const to = { to: { user: heir.id } }
  await change('PATCH', user, { forwarding: { all: to } })
  t.equal(await outcomeOf(target.extension), 'heir', 'forward all')
  await change('PATCH', user, { forwarding: { all: { ...to, enabled: false } } })
  t.equal(await outcomeOf(target.extension), 'target', 'forward all switched off')
  await change('PUT', `${user}/forwarding`, { all: { to: { busy: true } } })
  t.equal(await outcomeOf(target.extension), 486, 'no one, and play busy')
  await clearForwarding()
  await change('PATCH', user, { forwarding: { busy: to } })
  t.equal(await outcomeOf(target.extension, 'is busy'), 'heir', 'forward on busy')
  await clearForwarding()
  t.equal(await outcomeOf(target.extension, 'is busy'), 486, 'without it')
  await change('PATCH', user, { forwarding: { noAnswer: to } })
  t.equal(await outcomeOf(target.extension), 'heir', 'forward on no answer')
  await clearForwarding()
  t.equal(await outcomeOf(away.extension), 480, 'nobody there')
  await change('PATCH', `/users/${away.id}`, { forwarding: { notReachable: to } })
  t.equal(await outcomeOf(away.extension), 'heir', 'forward when not reachable')
})

t.test('by feature codes, which are confirmed when they count', async (t) => {
  /** What the phone is shown for a code; the call that it dialled it with has ended. */
  const dial = async (code: string): Promise<string> => {
    const call = await OutgoingCall.start(phones.target, code)
    const answer = await call.answered()
    const bye = await phones.target.receive(({ method }) => method === 'BYE', 'a BYE')
    phones.target.respond(bye, 200, 'OK', '')
    return headerValue(answer, 'P-Asserted-Identity').split('<')[0] ?? ''
  }
  t.equal(await dial(`*72${heir.extension}`), `"Forward all calls: ${heir.extension}" `)
  t.equal(await outcomeOf(target.extension), 'heir', 'forward all')
  t.equal(await dial('*73'), '"Forward all calls off" ')
  t.equal(await outcomeOf(target.extension), 'target', 'no more')
  await change('PATCH', user, { forwarding: null })
})

t.test('block lists of user, PBX and account', async (t) => {
  const callers = { callers: [callerPerson.extension] }
  const callersAnywhere = { callers: [`21${callerPerson.extension}`] }
  for (const [path, list] of [
    [user, callers],
    ['/pbxs/north', callers],
    ['/account', callersAnywhere],
  ] as const) {
    await change('PATCH', path, { blockList: list })
    t.equal(await outcomeOf(target.extension), 486, `blocked by ${path}`)
    await change('PATCH', path, { blockList: { ...list, treatment: { user: heir.id } } })
    t.equal(await outcomeOf(target.extension), 'heir', `sent on by ${path}`)
    await change('PATCH', path, { blockList: null })
    t.equal(await outcomeOf(target.extension), 'target', `let through again by ${path}`)
  }
})

t.test('users, extensions and numbers come, change and go', async (t) => {
  await change('PATCH', user, { active: false })
  t.equal(await outcomeOf(target.extension), 480, 'deactivated')
  await change('PATCH', user, { active: true })
  t.equal(await outcomeOf(target.extension), 'target')
  await change('PATCH', user, { extension: '4711' })
  t.equal(await outcomeOf(target.extension), 404, 'the old extension')
  t.equal(await outcomeOf('4711'), 'target', 'the new one')
  await change('PATCH', user, { extension: target.extension })
  t.equal(await outcomeOf('+442079460199'), 404, 'nobody has the number')
  await change('PUT', '/phone-numbers/+442079460199', { number: '+442079460199', user: heir.id })
  t.equal(await outcomeOf('+442079460199'), 'heir', 'assigned')
  await change('PATCH', '/phone-numbers/+442079460199', { user: target.id })
  t.equal(await outcomeOf('+442079460199'), 'target', 'given to somebody else')
  await change('POST', '/phone-numbers/exchange', { one: { user: target.id }, other: { user: heir.id } })
  t.equal(await outcomeOf('+442079460199'), 'heir', 'exchanged for none')
  await change('POST', '/phone-numbers/exchange', { one: { user: target.id }, other: { user: heir.id } })
  await change('DELETE', '/phone-numbers/+442079460199')
  t.equal(await outcomeOf('+442079460199'), 404, 'not ours any more, and no trunk carries it')
  await change('POST', '/users', {
    userName: 'nina',
    firstName: 'Nina',
    lastName: 'New',
    email: 'nina@example.com',
    site: 'north-office',
    extension: '4712',
    forwarding: { all: { to: { user: heir.id } } },
  })
  t.equal(await outcomeOf('4712'), 'heir', 'a new user')
  await change('DELETE', '/users/nina')
  t.equal(await outcomeOf('4712'), 404, 'deleted')
  await change('PATCH', '/pbxs/north', { dialCode: '77' })
  t.equal(await outcomeOf(`77${target.extension}`), 'target', 'the PBX’s new dial code')
  t.equal(await outcomeOf(`21${target.extension}`), 404, 'the old one')
})

t.test('own rules, lists, schedules, groups and what a user may call', async (t) => {
  const rules = `${user}/rules`
  const to = { user: heir.id }
  await change('POST', rules, { name: 'Familiar', who: { callers: [callerPerson.extension] }, to })
  t.equal(await outcomeOf(target.extension), 'heir', 'a rule for this caller')
  await change('PATCH', `${rules}/Familiar`, { who: { callers: ['+4420*'] } })
  t.equal(await outcomeOf(target.extension), 'target', 'for others')
  await change('PATCH', `${rules}/Familiar`, { who: null, when: { until: '2059-01-01T00:00' } })
  t.equal(await outcomeOf(target.extension), 'heir', 'for anyone, until then')
  await change('PATCH', `${rules}/Familiar`, { when: { until: null, from: '2059-01-01T00:00' } })
  t.equal(await outcomeOf(target.extension), 'target', 'from then on')
  const day = [{ from: '00:00', to: '24:00' }]
  const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']
  const weekly = Object.fromEntries(days.map((name) => [name, day]))
  await change('POST', '/schedules', { id: 'office', name: 'Office', timeZone: 'Europe/London', weekly })
  await change('PATCH', `${rules}/Familiar`, { when: { from: null, schedule: 'office' } })
  t.equal(await outcomeOf(target.extension), 'heir', 'while the office is open')
  await change('PATCH', '/schedules/office', { exceptions: [{ date: '2020-01-01', until: '2059-01-01' }] })
  t.equal(await outcomeOf(target.extension), 'target', 'the schedule says that it is closed')
  await change('PATCH', `${rules}/Familiar`, { when: null, to: { user: null, busy: true } })
  t.equal(await outcomeOf(target.extension), 486, 'for anyone at any time, and play busy')
  const list = { order: 'sequential', members: [{ user: heir.id }] }
  await change('PATCH', `${rules}/Familiar`, { to: { busy: null, list } })
  t.equal(await outcomeOf(target.extension), 'heir', 'a list')
  await change('DELETE', `${rules}/Familiar`)
  t.equal(await outcomeOf(target.extension), 'target', 'without it')

  const group = { id: 'sales', name: 'Sales', site: 'north-office', extension: '1900', members: [{ user: heir.id }] }
  await change('POST', '/ring-groups', group)
  t.equal(await outcomeOf('1900'), 'heir', 'a ring group')
  await change('PATCH', '/ring-groups/sales', { extension: '1901' })
  t.equal(await outcomeOf('1900'), 404, 'its old extension')
  t.equal(await outcomeOf('1901'), 'heir', 'its new one')
  await change('DELETE', '/ring-groups/sales')
  t.equal(await outcomeOf('1901'), 404, 'deleted')

  // No trunk carries these: what may be called is refused by that alone.
  const caller = `/users/${callerPerson.id}`
  const outside = '+442079469999'
  t.equal(await outcomeOf(outside), 404, 'permitted')
  await change('PATCH', caller, { callingPlan: 'emergency-only' })
  t.equal(await outcomeOf(outside), 403, 'a built-in calling plan')
  await change('POST', '/calling-plans', { id: 'london', name: 'London', allow: ['+4420'] })
  await change('PATCH', caller, { callingPlan: 'london' })
  t.equal(await outcomeOf(outside), 404, 'a plan of ours')
  await change('PATCH', '/calling-plans/london', { allow: ['+4421'] })
  t.equal(await outcomeOf(outside), 403, 'the plan is changed')
  await change('PATCH', caller, { callingPlan: null })
  for (const path of [caller, '/sites/north-office', '/pbxs/north', '/account']) {
    await change('PATCH', path, { outboundBlockList: ['+44207946'] })
    t.equal(await outcomeOf(outside), 403, `a number blocked by ${path}`)
    await change('PATCH', path, { outboundBlockList: null })
    t.equal(await outcomeOf(outside), 404, `no longer by ${path}`)
  }
})
