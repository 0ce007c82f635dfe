/** Calls that ring several, each for its own time; and rules by time, with the clock handed in (docs/forwarding.md). */
import t from 'tap'
import { compile } from '../config/compile/compile-document.ts'
import { readDocument } from '../config/read-document.ts'
import type { Snapshot } from '../config/snapshot.ts'
import { flowBy } from '../sip/recording-network.ts'
import { CallWorld, companyOfAnna, phoneFlow, tagOf, trunkFlow } from './call-world.ts'

const benFlow = flowBy('UDP', '192.0.2.10', 5070)
const coraFlow = flowBy('UDP', '192.0.2.11', 5070)
const sdp = 'v=0\r\n'

/** Anna's company with Ben and Cora; `annas` are fields of hers, `more` further lists of the document. */
function company(annas: string, more = ''): Snapshot {
  const others = ['ben', 'cora'].map(
    (name, index) =>
      `  - { userName: ${name}, firstName: ${name}, lastName: B, email: a@b.c, site: n, extension: 100${index + 2}, voicemail: { enabled: false } }\n`,
  )
  const text = companyOfAnna
    .replace('users: [{', 'users:\n  - {')
    .replace('ringSeconds: 120 }]\n', `ringSeconds: 120, ${annas} }\n${others.join('')}`)
    .replace(
      "password: '12345678' }]",
      `password: '12345678' }, ${['ben', 'cora'].map((name) => `{ user: ${name}, sipUserName: ${name}, password: '12345678' }`).join(', ')}]`,
    )
  const reading = readDocument(text + more, 'a.yaml')
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
  return compile(reading.document, 1)
}

function world(snapshot: Snapshot, beginsAt?: number): CallWorld {
  const made = new CallWorld(snapshot, beginsAt)
  made.register('ben', benFlow)
  made.register('cora', coraFlow)
  return made
}

const lines = (of: CallWorld, name: string) => of.server.usage.count('line', name)

t.test('who rings for a shorter time stops and has the line back, the others ring on', async (t) => {
  const members =
    '[{ user: ben, ringSeconds: 5 }, { user: cora, ringSeconds: 10 }, { number: +441632960000, ringSeconds: 20 }]'
  const of = world(company(`forwarding: { all: { to: { list: { order: simultaneous, members: ${members} } } } }`))
  of.invite('', sdp)
  const [ben, cora, outside] = [of.one('INVITE', benFlow), of.one('INVITE', coraFlow), of.one('INVITE', trunkFlow)]
  for (const [invite, flow] of [
    [ben, benFlow],
    [cora, coraFlow],
    [outside, trunkFlow],
  ] as const) {
    of.respond(invite, flow, 180, 'x')
  }
  t.same([lines(of, 'ben'), lines(of, 'cora'), of.server.usage.count('channel', 'one')], [1, 1, 2])
  t.equal(of.server.usage.count('forward', 'anna'), 1)
  of.clock.advance(4999)
  t.same(of.taken('CANCEL', benFlow), [])
  of.clock.advance(1)
  t.equal(of.taken('CANCEL', benFlow).length, 1)
  t.same([lines(of, 'ben'), lines(of, 'cora')], [0, 1])
  of.clock.advance(5000)
  t.equal(of.taken('CANCEL', coraFlow).length, 1)
  t.same(of.taken('CANCEL', trunkFlow), [])
  of.respond(outside, trunkFlow, 200, 'x', '', sdp)
  t.match(of.one('SIP/2.0 200', trunkFlow), /CSeq: 1 INVITE/)
  t.equal(of.server.usage.count('channel', 'one'), 2)
  t.same([lines(of, 'ben'), lines(of, 'cora')], [0, 0])
})

t.test('when the last of a list has rung long enough the call goes on', async (t) => {
  const members = '[{ user: ben, ringSeconds: 5 }, { user: cora, ringSeconds: 8 }]'
  const list = `list: { order: simultaneous, members: ${members}, afterwards: { busy: true } }`
  const of = world(company(`forwarding: { all: { to: { ${list} } } }`))
  of.invite('', sdp)
  of.respond(of.one('INVITE', benFlow), benFlow, 180, 'x')
  of.respond(of.one('INVITE', coraFlow), coraFlow, 180, 'x')
  of.clock.advance(7999)
  t.equal(of.ended.length, 0)
  of.clock.advance(1)
  t.same(of.ended, ['server 486'])
  t.ok(of.server.usage.idle)
})

t.test('one who declines ends nothing for the others, and busy means that all were', async (t) => {
  const group = 'ringGroups: [{ id: g, name: G, site: n, extension: 1900, members: [{ user: ben }, { user: cora }] }]\n'
  const snapshot = company('forwarding: { all: { to: { ringGroup: g } } }', group)
  const of = world(snapshot)
  of.invite('', sdp)
  of.respond(of.one('INVITE', benFlow), benFlow, 603, 'x')
  t.equal(lines(of, 'ben'), 0)
  t.same(of.taken('CANCEL', coraFlow), [])
  const cora = of.one('INVITE', coraFlow)
  of.respond(cora, coraFlow, 200, 'y', '', sdp)
  of.one('SIP/2.0 200', trunkFlow)
  const ringGroup = snapshot.ringGroups.get('ringGroup:g')
  if (ringGroup === undefined) throw new Error('There is no group')
  t.equal(of.server.usage.lastAnswered(ringGroup), 2, 'she is known to have answered')
  const other = world(snapshot)
  other.invite('', sdp)
  other.respond(other.one('INVITE', benFlow), benFlow, 603, 'x')
  other.respond(other.one('INVITE', coraFlow), coraFlow, 486, 'y')
  t.same(other.ended, ['server 486'])
})

t.test('one of several phones that forwards by itself is only busy', async (t) => {
  const list = 'list: { order: simultaneous, members: [{ user: ben }, { user: cora }], afterwards: { busy: true } }'
  const of = world(company(`forwarding: { all: { to: { ${list} } } }`))
  of.invite('', sdp)
  of.respond(of.one('INVITE', benFlow), benFlow, 302, 'x', 'Contact: <sip:1003@north.test>\r\n')
  t.same(of.taken('INVITE', coraFlow).length, 1, 'she rings once, as a member')
  t.equal(of.ended.length, 0)
})

t.test('in turn: the next is called when one is done, and 3xx counts as busy', async (t) => {
  const list = 'list: { order: sequential, members: [{ user: ben }, { user: cora, ringSeconds: 7 }] }'
  const of = world(company(`voicemail: { enabled: false }, forwarding: { all: { to: { ${list} } } }`))
  of.invite('', sdp)
  t.same(of.taken('INVITE', coraFlow), [])
  of.respond(of.one('INVITE', benFlow), benFlow, 302, 'x', 'Contact: <sip:1001@north.test>\r\n')
  of.respond(of.one('INVITE', coraFlow), coraFlow, 180, 'y')
  of.clock.advance(7000)
  t.same(of.ended, ['server 480'])
})

t.test('a mailbox answers what the caller would get without one', async (t) => {
  const of = world(company('ringSeconds: 3'.replace('ringSeconds: 3', 'callWaiting: true')))
  of.invite('', sdp)
  of.respond(of.one('INVITE', phoneFlow), phoneFlow, 180, 'x')
  of.clock.advance(120_000)
  t.same(of.ended, ['server 480'])
  t.match(of.one('SIP/2.0 480', trunkFlow), /480 No Answer/)
})

const office = 'weekly: { friday: [{ from: "09:00", to: "17:00" }] }'
const christmas = 'exceptions: [{ date: 2026-12-25, name: Christmas, holiday: true }]'
const schedules = `schedules: [{ id: office, name: Office, timeZone: Europe/London, ${office}, ${christmas} }]\n`

t.test('rules by time follow the clock that is handed in', async (t) => {
  const rules = `rules: [
    { name: Holiday, when: { schedule: office, during: holiday }, to: { busy: true } },
    { name: Office, when: { ${office} }, to: { user: ben } },
    { name: Easter, when: { from: "2026-04-06T00:00", until: "2026-04-07T00:00" }, to: { user: cora } } ]`
  const snapshot = company(rules, schedules)
  for (const [at, who] of [
    ['2026-03-27T08:59:59Z', 'anna'],
    ['2026-03-27T09:00:00Z', 'ben'],
    ['2026-04-03T08:00:00Z', 'ben'],
    ['2026-04-03T16:00:00Z', 'anna'],
    ['2026-04-05T22:59:59Z', 'anna'],
    ['2026-04-05T23:00:00Z', 'cora'],
    ['2026-04-06T23:00:00Z', 'anna'],
    ['2026-12-25T12:00:00Z', '486'],
  ] as const) {
    const of = world(snapshot, Date.parse(at))
    of.invite('', sdp)
    const flows = { anna: phoneFlow, ben: benFlow, cora: coraFlow }
    const rung = Object.entries(flows).filter(([, flow]) => of.taken('INVITE', flow).length > 0)
    const found = rung.length === 0 ? of.one('SIP/2.0', trunkFlow).slice(8, 11) : rung.map(([name]) => name).join()
    t.equal(found, who, at)
  }
})

t.test('the tag of a phone is its own', async (t) => {
  const list = 'list: { order: simultaneous, members: [{ user: ben }, { user: cora }] }'
  const of = world(company(`forwarding: { all: { to: { ${list} } } }`))
  of.invite('', sdp)
  of.respond(of.one('INVITE', benFlow), benFlow, 183, 'x', '', sdp)
  of.respond(of.one('INVITE', coraFlow), coraFlow, 183, 'y', '', sdp)
  const [first, second] = of.taken('SIP/2.0 183', trunkFlow)
  t.not(tagOf(first ?? '', 'To'), tagOf(second ?? '', 'To'), 'RFC 3261 §12.1: each is a dialog of its own')
})
