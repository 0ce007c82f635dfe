import fc from 'fast-check'
import t from 'tap'
import type { Device, Pbx, Snapshot, User } from '../config/snapshot.ts'
import type { EntryKind } from '../records/entries.ts'
import type { Flow, TimerOwner } from '../sip/transport.ts'
import { Bindings } from './bindings.ts'
import type { RegisterRequest } from './register.ts'
import { defaultRegisterOptions, register } from './register.ts'

const start = 1_700_000_000_000

/** Two devices of one user, a clock, a journal and a registrar over them. */
function make(contacts = 10) {
  let now = start
  let timers: { at: number; owner: TimerOwner; name: string }[] = []
  const clock = {
    now: () => now,
    start: (milliseconds: number, owner: TimerOwner, name: string) => {
      const timer = { at: now + milliseconds, owner, name }
      timers.push(timer)
      return timer
    },
    stop: (handle: object) => {
      timers = timers.filter((timer) => timer !== handle)
    },
  }
  const journal = new Map<string, string>()
  const port = {
    put: (_kind: EntryKind, key: string, value: string) => void journal.set(key, value),
    remove: (_kind: EntryKind, key: string) => void journal.delete(key),
  }
  const devices: Device[] = []
  const pbx = { domain: 'a.example' } as Pbx
  const user = { id: 'u1', pbx, extension: '101', devices } as Partial<User> as User
  for (const id of ['d1', 'd2']) {
    const credentials = { sipUserName: `ann${id}`, password: 'x', digestAlgorithms: ['SHA-256'] as const }
    devices.push({ id, userId: user.id, ...credentials, secureCalling: null })
  }
  const bindings = new Bindings(clock, port, contacts, 3600)
  const random = { token: () => '', fraction: () => 0.5 }
  const options = { ...defaultRegisterOptions, contacts }
  return {
    bindings,
    journal,
    user,
    device: devices[0] as Device,
    other: devices[1] as Device,
    timers: () => timers.length,
    restart: () => {
      const next = new Bindings(clock, port, contacts, 3600)
      const entries = [...journal].map(([key, value]) => ({ kind: 'registration' as const, key, value }))
      return { next, result: next.restore({ entries, damage: [] }) }
    },
    /** How many bindings another process would take up now. It lives no longer than this question. */
    recoverable: () => {
      const still = { now: () => now, start: () => ({}), stop: () => undefined }
      const next = new Bindings(still, { put: () => undefined, remove: () => undefined }, contacts, 3600)
      const entries = [...journal].map(([key, value]) => ({ kind: 'registration' as const, key, value }))
      return next.restore({ entries, damage: [] }).restored
    },
    pass: (seconds: number) => {
      const end = now + seconds * 1000
      for (;;) {
        const due = timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0]
        if (due === undefined) break
        timers = timers.filter((timer) => timer !== due)
        now = Math.max(now, due.at)
        due.owner.timerFired(due.name)
      }
      now = end
    },
    send: (changes: Partial<RegisterRequest> = {}, device = devices[0] as Device) =>
      register(
        bindings,
        options,
        random,
        (host) => host === '127.0.0.1',
        { device, user },
        { ...request, ...changes },
        now,
      ),
  }
}

const flow: Flow = { transport: 'UDP', listener: 0, address: '192.0.2.1', port: 5060, connection: 0 }
const tcp: Flow = { ...flow, transport: 'TCP', port: 40_000, connection: 7 }
const request: RegisterRequest = {
  to: '"Ann" <sip:annd1@a.example>',
  callId: 'c1',
  cseq: 1,
  contacts: ['<sip:ann@192.0.2.1>'],
  expires: '100',
  path: [],
  userAgent: 'Phone/1',
  flow,
  rport: true,
  vias: 1,
  outbound: 'no',
}

t.test('registers, refreshes, lists and removes', (t) => {
  const { send, bindings, user, pass, journal, timers } = make()
  t.same(send(), { status: 200, reason: 'OK', headers: 'Contact: <sip:ann@192.0.2.1>;expires=100\r\n' })
  t.ok(bindings.registered(user))
  const before = bindings.contactsOf(user)
  t.equal(before, bindings.contactsOf(user), 'the same list, none made for it')
  pass(30)
  t.match(send({ contacts: [], cseq: 2 }), { status: 200, headers: 'expires=70\r\n' }, 'a query')
  t.match(send({ cseq: 3 }), { headers: 'expires=100\r\n' })
  t.equal(bindings.contactsOf(user), before)
  t.equal(journal.size, 1)
  t.ok(bindings.registeredFrom('192.0.2.1'))
  t.ok(bindings.userRegisteredFrom('192.0.2.1', 'annd1'))
  t.notOk(bindings.userRegisteredFrom('192.0.2.1', 'annd2'))
  t.same(send({ cseq: 4, expires: '0' }), { status: 200, reason: 'OK', headers: '' })
  t.notOk(bindings.registered(user))
  t.notOk(bindings.registeredFrom('192.0.2.1'))
  t.equal(journal.size, 0)
  pass(2)
  t.equal(timers(), 0)
  t.end()
})

t.test('a binding that is not refreshed goes, within a second, with its journal entry', (t) => {
  const { send, bindings, user, pass, journal, timers } = make()
  send()
  send({ expires: '60', to: 'sip:101@127.0.0.1:5070' }, make().other)
  pass(99)
  t.equal(bindings.contactsOf(user).length, 1)
  pass(2)
  t.equal(bindings.size, 0)
  t.equal(journal.size, 0)
  t.equal(timers(), 0)
  t.end()
})

t.test('RFC 3261 §10.3: what is refused, and that nothing is changed by it', (t) => {
  const cases: [Partial<RegisterRequest>, number, string][] = [
    [{ to: '' }, 400, 'Malformed To'],
    [{ to: '<tel:101>' }, 403, 'Not Your Address of Record'],
    [{ to: '<sip:annd2@a.example>' }, 403, 'Not Your Address of Record'],
    [{ to: '<sip:annd1@b.example>' }, 403, 'Not Your Address of Record'],
    [{ to: '<sip:a.example>' }, 403, 'Not Your Address of Record'],
    [{ callId: '' }, 400, 'Malformed Call-ID'],
    [{ cseq: -1 }, 400, 'Malformed CSeq'],
    [{ path: ['<mailto:x>'] }, 400, 'Malformed Path'],
    [{ contacts: ['*'] }, 400, 'Contact * Needs Expires 0'],
    [{ contacts: ['*', '<sip:ann@192.0.2.1>'], expires: '0' }, 400, 'Contact * Must Stand Alone'],
    [{ contacts: ['<sip:new@192.0.2.1>, <tel:1>'] }, 400, 'Contact Must Be a sip URI'],
    [{ contacts: ['<sip:new@192.0.2.1>', '<sips:a@192.0.2.1>'] }, 400, 'Contact Must Be a sip URI'],
    [{ contacts: ['<sip:new@192.0.2.1>', 'nonsense'] }, 400, 'Malformed Contact'],
    [{ contacts: ['<sip:new@192.0.2.1>;q=7'] }, 400, 'Malformed Contact'],
    [{ contacts: [`<sip:${'x'.repeat(600)}@192.0.2.1>`] }, 400, 'Malformed Contact'],
    [{ contacts: ['<sip:new@192.0.2.1;transport=sctp>'] }, 400, 'Contact With Unknown Transport'],
    [{ contacts: Array.from({ length: 11 }, (_, index) => `<sip:${index}@192.0.2.1>`) }, 403, 'Too Many Contacts'],
    [{ contacts: ['<sip:new@192.0.2.1>', '<sip:x@192.0.2.1>;expires=59'] }, 423, 'Interval Too Brief'],
    [{ contacts: ['<sip:new@192.0.2.1>', '<sip:ann@192.0.2.1>'], cseq: 5 }, 500, 'CSeq Out of Order'],
    [{ contacts: ['*'], expires: '0', cseq: 4 }, 500, 'CSeq Out of Order'],
  ]
  for (const [changes, status, reason] of cases) {
    const { send, bindings, user } = make()
    send({ cseq: 5 })
    t.match(send({ cseq: 6, ...changes }), { status, reason }, reason)
    t.same(
      bindings.contactsOf(user).map((binding) => binding.contact),
      ['sip:ann@192.0.2.1'],
    )
  }
  t.equal(make().send({ expires: '59' }).headers, 'Min-Expires: 60\r\n')
  t.end()
})

t.test('times: default, limits and spread', (t) => {
  const expires = (changes: Partial<RegisterRequest>) => /expires=(\d+)/.exec(make().send(changes).headers)?.[1]
  t.equal(expires({ expires: '' }), '3420', 'half of a tenth less, by this chance')
  t.equal(expires({ expires: 'soon' }), '3420')
  t.equal(expires({ expires: '99999999999' }), '3420')
  t.equal(expires({ expires: '120' }), '120')
  t.equal(expires({ expires: '121' }), '120')
  t.equal(expires({ contacts: ['<sip:ann@192.0.2.1>;Expires=600'] }), '570', 'the contact before the header')
  t.end()
})

t.test('several contacts: parameters come back, * removes all', (t) => {
  const { send, bindings, user, device } = make()
  const second = '"A, B" <sip:ann@192.0.2.1:5070;ob>;q=0.5;+sip.instance="<urn:uuid:1>";reg-id=2'
  t.equal(
    send({ contacts: [`<sip:ann@192.0.2.1>, ${second}`], path: ['<sip:edge.example;lr;ob>'] }).headers,
    'Path: <sip:edge.example;lr;ob>\r\nContact: <sip:ann@192.0.2.1>;expires=100\r\n' +
      'Contact: <sip:ann@192.0.2.1:5070;ob>;expires=100;q=0.5;+sip.instance="<urn:uuid:1>";reg-id=2\r\n',
  )
  send({ callId: 'c2', contacts: ['<sip:ann@192.0.2.1:6000>;+sip.instance="<urn:uuid:1>";reg-id=2'] })
  t.equal(bindings.ofDevice(device).length, 2, 'RFC 5626 §6: instance and reg-id name the binding')
  t.equal(bindings.ofDevice(device)[1]?.contact, 'sip:ann@192.0.2.1:6000')
  const other = make().other
  send({ to: 'sip:annd2@a.example' }, other)
  t.equal(bindings.contactsOf(user).length, 3, 'all devices of the user')
  t.equal(send({ callId: 'c3', contacts: ['*'], expires: '0' }).headers, '')
  t.equal(bindings.contactsOf(user).length, 1)
  t.end()
})

t.test('one contact too many replaces the one that would expire first', (t) => {
  const { send, bindings, device, journal } = make(2)
  for (const [index, expires] of ['100', '90', '80'].entries()) {
    send({ contacts: [`<sip:ann@192.0.2.1:${6000 + index}>`], expires, callId: `c${index}` })
  }
  t.same(
    bindings.ofDevice(device).map((binding) => binding.contact),
    ['sip:ann@192.0.2.1:6000', 'sip:ann@192.0.2.1:6002'],
  )
  t.equal(journal.size, 2)
  t.end()
})

t.test('requests go to where the REGISTER came from', (t) => {
  const target = (changes: Partial<RegisterRequest>) => {
    const { send, bindings, device } = make()
    send(changes)
    const [binding] = bindings.ofDevice(device)
    return { address: binding?.target?.address, port: binding?.target?.port, behindNat: binding?.behindNat }
  }
  t.same(target({}), { address: '192.0.2.1', port: 5060, behindNat: false })
  t.same(target({ contacts: ['<sip:a@10.0.0.5>'] }), { address: '192.0.2.1', port: 5060, behindNat: true })
  const mapped = { ...flow, port: 31_337 }
  t.same(target({ flow: mapped }), { address: '192.0.2.1', port: 31_337, behindNat: true })
  t.same(target({ flow: mapped, rport: false }), { address: '192.0.2.1', port: 5060, behindNat: false }, 'RFC 3581')
  t.same(target({ flow: { ...mapped, address: '2001:db8::1' }, contacts: ['<sip:a@[2001:DB8::1]:31337>'] }), {
    address: '2001:db8::1',
    port: 31_337,
    behindNat: false,
  })
  t.end()
})

t.test('a lost connection: reached by a new one, unless behind NAT', (t) => {
  const { send, bindings, device } = make()
  send({ flow: tcp, contacts: ['<sip:a@192.0.2.1:5062;transport=tcp>', '<sip:a@10.0.0.5;transport=tcp>'] })
  bindings.connectionLost(8)
  t.equal(bindings.ofDevice(device)[0]?.target?.connection, 7)
  bindings.connectionLost(7)
  const [open, nat] = bindings.ofDevice(device)
  t.same(open?.target, { ...tcp, port: 5062, connection: 0 })
  t.equal(nat?.target, null)
  t.equal(nat?.flowLost, true)
  send({ flow: { ...tcp, connection: 9 }, cseq: 2, contacts: ['<sip:a@10.0.0.5;transport=tcp>'] })
  t.equal(nat?.target?.connection, 9)
  t.equal(nat?.flowLost, false)
  t.end()
})

t.test('a phone that comes back by a new connection replaces what its lost one registered', (t) => {
  const { send, bindings, device } = make()
  send({ flow: tcp, contacts: ['<sip:a@192.0.2.1:40000;transport=tcp>;+sip.instance="<urn:uuid:1>"'] })
  bindings.connectionLost(7)
  const next = '<sip:a@192.0.2.1:40001;transport=tcp>;+sip.instance="<urn:uuid:1>"'
  send({ flow: { ...tcp, connection: 8 }, callId: 'c2', contacts: [next] })
  t.same(
    bindings.ofDevice(device).map((binding) => binding.contact),
    ['sip:a@192.0.2.1:40001;transport=tcp'],
  )
  t.end()
})

t.test('a restart brings everything back, and drops what the configuration no longer knows', (t) => {
  const { send, bindings, device, other, user, restart, journal, pass } = make()
  send({ contacts: ['<sip:ann@10.0.0.1>;q=0.5;+sip.instance="<urn:uuid:1>";reg-id=1'], path: ['<sip:e;lr>'] })
  send({ flow: tcp, to: 'sip:101@a.example' }, other)
  const saved = [...bindings.all()].map((binding) => binding.save())
  journal.set('junk', 'x').set('99', '1\nd1')
  const { next, result } = restart()
  t.same(result, { restored: 2, unreadable: 2 })
  t.same(
    [...next.all()].map((binding) => binding.save()),
    saved,
  )
  t.equal(next.ofDevice(other)[0]?.flowLost, true)
  t.equal(next.contactsOf(user).length, 2)
  next.snapshotChanged({ devicesBySipUserName: new Map([['annd1', device]]) } as Partial<Snapshot> as Snapshot)
  pass(0)
  t.equal(next.ofDevice(other).length, 0)
  t.equal(next.size, 1)
  t.equal(journal.size, 1)
  pass(200)
  t.same(restart().result, { restored: 0, unreadable: 0 })
  t.end()
})

t.test('a snapshot that comes while bindings are being looked through is looked up too', (t) => {
  const { bindings, device, pass } = make()
  const devices = Array.from({ length: 4500 }, (_, index): Device => {
    return { ...device, id: `many${index}`, sipUserName: `many${index}` }
  })
  for (const each of devices) {
    bindings.update(each, { path: '', callId: each.id, cseq: 1, userAgent: '', received: flow }, [
      {
        contact: `sip:${each.id}@192.0.2.1`,
        instanceId: '',
        regId: 0,
        q: '',
        behindNat: false,
        port: 5060,
        expiresAt: start + 60_000,
      },
    ])
  }
  const snapshotOf = (list: readonly Device[]) =>
    ({ devicesBySipUserName: new Map(list.map((each) => [each.sipUserName, each])) }) as Partial<Snapshot> as Snapshot
  bindings.snapshotChanged(snapshotOf(devices))
  // The first ones have been looked at by now.
  bindings.snapshotChanged(snapshotOf(devices.slice(1)))
  bindings.snapshotChanged(snapshotOf(devices.slice(2)))
  pass(1)
  t.equal(bindings.size, 4498)
  t.equal(bindings.ofDevice(devices[1] as Device).length, 0)
  t.equal(bindings.ofDevice(devices[2] as Device).length, 1)
  t.end()
})

t.test('a SIP user name that went to another device takes no bindings along', (t) => {
  const { send, bindings, device } = make()
  send()
  const heir: Device = { ...device, id: 'd9' }
  t.equal(bindings.ofDevice(heir).length, 0)
  send({ callId: 'c9' }, heir)
  t.equal(bindings.ofDevice(heir).length, 1)
  t.equal(bindings.ofDevice(device).length, 0)
  t.equal(bindings.size, 1)
  t.end()
})

t.test('any sequence of requests keeps the books straight', (t) => {
  const uri = fc.constantFrom(
    'sip:a@192.0.2.1',
    'sip:A@192.0.2.1:5062',
    'sip:b@10.0.0.1;transport=tcp',
    'sip:c@x.y',
    'tel:1',
  )
  const extra = fc.constantFrom(
    '',
    ';expires=0',
    ';expires=70',
    ';expires=5',
    ';+sip.instance="<u>";reg-id=1',
    ';q=0.1',
  )
  const step = fc.record({
    contacts: fc.oneof(
      fc.array(
        fc.tuple(uri, extra).map(([text, parameters]) => `<${text}>${parameters}`),
        { maxLength: 4 },
      ),
      fc.constant(['*']),
    ),
    expires: fc.constantFrom('', '0', '60', '3600'),
    callId: fc.constantFrom('c1', 'c2'),
    cseq: fc.nat(8),
    second: fc.boolean(),
    flow: fc.constantFrom(flow, tcp),
    after: fc.constantFrom<'wait' | 'lose' | 'nothing'>('wait', 'lose', 'nothing'),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const { send, bindings, device, other, user, journal, pass, timers, recoverable } = make(3)
      for (const { second, after, ...changes } of steps) {
        const to = second ? 'sip:annd2@a.example' : 'sip:annd1@a.example'
        const answer = send({ ...changes, to }, second ? other : device)
        if (![200, 400, 403, 423, 500].includes(answer.status)) return false
        if (after === 'wait') pass(65)
        if (after === 'lose') bindings.connectionLost(7)
        const all = [...bindings.all()]
        if (all.length !== bindings.size || all.length !== journal.size) return false
        if (bindings.ofDevice(device).length > 3 || bindings.contactsOf(user).length !== all.length) return false
        if (recoverable() > all.length) return false
      }
      pass(3700)
      return bindings.size === 0 && journal.size === 0 && timers() === 0 && !bindings.registeredFrom('192.0.2.1')
    }),
  )
  t.end()
})

t.test('outbound: flows of one phone, and a first hop that does not keep them (RFC 5626 §6)', (t) => {
  const { send, bindings, device, user } = make()
  const contact = (regId: number) => [`<sip:ann@phone.invalid;ob>;+sip.instance="<urn:uuid:1>";reg-id=${regId}`]
  const second = { ...tcp, port: 40_001, connection: 8 }
  t.match(send({ contacts: contact(1), outbound: 'supported', flow: tcp }), {
    status: 200,
    headers: /^Require: outbound\r\n/,
  })
  send({ contacts: contact(2), callId: 'c2', outbound: 'supported', flow: second })
  t.equal(bindings.ofDevice(device).length, 2, 'two flows')
  t.same(
    bindings.contactsOf(user).map(({ regId }) => regId),
    [2],
    'one of them is used',
  )
  bindings.connectionLost(second.connection)
  t.same(
    bindings.contactsOf(user).map(({ regId }) => regId),
    [1],
    'the other takes over',
  )
  send({ contacts: contact(2), callId: 'c3', outbound: 'supported', flow: { ...second, connection: 9 } })
  t.equal(bindings.ofDevice(device).length, 2, 'a new flow takes the place of the lost one')
  t.notMatch(
    send({ contacts: contact(2), cseq: 2, callId: 'c3', flow: { ...second, connection: 9 } }).headers,
    'Require',
  )

  const behind = { callId: 'c4', vias: 2, path: ['<sip:proxy.example;lr>'] }
  t.match(send({ ...behind, contacts: contact(3), outbound: 'required' }), { status: 439 })
  const served = send({ ...behind, contacts: contact(3), outbound: 'supported' })
  t.equal(served.status, 200)
  t.notMatch(served.headers, 'Require')
  t.notMatch(served.headers, 'reg-id=3')
  const alone = make()
  t.notMatch(
    alone.send({ contacts: ['<sip:ann@192.0.2.1>;reg-id=1'], outbound: 'supported' }).headers,
    /Require|reg-id/,
  )
  t.end()
})
