/** How long calls may last, how many there may be, and whom that does not touch (docs/calls.md, "Limits"). */
import t from 'tap'
import { compile } from '../config/compile/compile-document.ts'
import { readDocument } from '../config/read-document.ts'
import type { Snapshot } from '../config/snapshot.ts'
import { flowBy } from '../sip/recording-network.ts'
import { CallWorld, headerOf, phoneFlow, tagOf, trunkFlow } from './call-world.ts'
import { carryOutOrder } from './control/call-control.ts'
import { DiallingPhone } from './dialling-phone.ts'
import { RecordingMedia } from './sound/recording-media.ts'
import { benFlow, companyOfThree } from './transfer/transfer-world.ts'

function company(...changes: readonly (readonly [string, string])[]): Snapshot {
  let text = companyOfThree
  for (const [from, to] of changes) text = text.replace(from, to)
  const reading = readDocument(text, 'a.yaml')
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
  return compile(reading.document, 1)
}

const twoPbxes = `
account: { name: Acme }
pbxs:
  - { id: north, name: North, domain: north.test, country: GB, dialCode: '21', simultaneousCalls: 5 }
  - { id: south, name: South, domain: south.test, country: GB, dialCode: '22', simultaneousCalls: 5 }
  - { id: east, name: East, domain: east.test, country: GB, dialCode: '23' }
sites:
  - { id: n, name: N, pbx: north, timeZone: Europe/London }
  - { id: s, name: S, pbx: south, timeZone: Europe/London }
  - { id: e, name: E, pbx: east, timeZone: Europe/London }
users:
  - { userName: anna, firstName: Anna, lastName: A, email: a@b.c, site: n, extension: 1001 }
  - { userName: ben, firstName: Ben, lastName: B, email: a@b.c, site: s, extension: 1002 }
  - { userName: cleo, firstName: Cleo, lastName: C, email: a@b.c, site: s, extension: 1003 }
  - { userName: dora, firstName: Dora, lastName: D, email: a@b.c, site: e, extension: 1002 }
  - userName: emma
    firstName: Emma
    lastName: E
    email: a@b.c
    site: e
    extension: 1009
    #rules
devices:
  - { user: anna, sipUserName: anna, password: '12345678' }
  - { user: ben, sipUserName: ben, password: '12345678' }
  - { user: cleo, sipUserName: cleo, password: '12345678' }
  - { user: dora, sipUserName: dora, password: '12345678' }
`
const sdp = (address: string) =>
  `v=0\r\no=x 1 1 IN IP4 ${address}\r\ns=-\r\nc=IN IP4 ${address}\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0 101\r\n` +
  'a=rtpmap:101 telephone-event/8000\r\n'
const minute = 60_000
const ofUser = (minutes: number) => ['extension: 1001,', `extension: 1001, longestCallMinutes: ${minutes},`] as const
const ofTrunk = (minutes: number) =>
  ['optionsSeconds: 0 }', `optionsSeconds: 0, longestCallMinutes: ${minutes} }`] as const
const ofPbx = (field: string) => ['country: GB', `country: GB, ${field}`] as const

/** The trunk's call to anna is answered. Without session timers, which would end it. */
function talking(snapshot: Snapshot, media: RecordingMedia | null = null) {
  const world = new CallWorld(snapshot, 1_000_000_000, media)
  world.invite('', sdp('192.0.2.21'))
  const invite = world.one('INVITE', phoneFlow)
  world.respond(invite, phoneFlow, 200, 'anna', '', sdp('192.0.2.9'))
  const tag = tagOf(world.one('SIP/2.0 200', trunkFlow), 'To')
  world.fromTrunk('ACK', tag, 1)
  world.taken('', phoneFlow)
  return world
}

/** Lets time pass; both sides answer whatever looks whether they are still there. */
function pass(world: CallWorld, milliseconds: number): string[] {
  const byes: string[] = []
  for (let passed = 0; passed < milliseconds; passed += 5000) {
    world.clock.advance(5000)
    for (const flow of [trunkFlow, phoneFlow]) {
      for (const request of [...world.taken('OPTIONS', flow), ...world.taken('UPDATE', flow)]) {
        world.respond(request, flow, 200, '')
      }
      for (const bye of world.taken('BYE', flow)) {
        byes.push(bye)
        world.respond(bye, flow, 200, '')
      }
    }
  }
  return byes
}

t.test('a call ends when the shortest time of user, PBX, account and trunk is over', (t) => {
  const cases: [Snapshot, number][] = [
    [company(ofUser(10)), 10],
    [company(ofPbx('longestCallMinutes: 7')), 7],
    [company(['{ name: Acme }', '{ name: Acme, longestCallMinutes: 9 }']), 9],
    [company(ofTrunk(5), ofUser(10)), 5],
    [company(ofPbx('longestCallMinutes: 7'), ofUser(10)), 10],
  ]
  for (const [snapshot, minutes] of cases) {
    const world = talking(snapshot)
    t.same(pass(world, minutes * minute - 10_000), [], `${minutes} minutes are allowed`)
    const byes = pass(world, 15_000)
    t.equal(byes.length, 2)
    t.match(byes[0], /\r\nReason: SIP;cause=408;text="Maximum Call Length Reached"\r\n/)
    t.same(world.entries, [])
  }
  t.end()
})

t.test('a crash does not make it longer', (t) => {
  const world = talking(company(ofUser(10)))
  pass(world, 6 * minute)
  world.restart()
  t.same(pass(world, 4 * minute - 20_000), [])
  t.equal(pass(world, 30_000).length, 2)
  t.end()
})

t.test('both sides hear three tones a minute before, over each other, and then what they heard', (t) => {
  const media = new RecordingMedia()
  const world = talking(company(ofUser(10)), media)
  pass(world, 9 * minute - 10_000)
  const plays = () => media.only.sides.map(({ play }) => play)
  t.same(plays(), [null, null])
  pass(world, 10_000)
  t.match(plays(), [
    { how: 'mix', loop: false, source: { kind: 'tones' } },
    { how: 'mix', loop: false },
  ])
  pass(world, 10_000)
  t.same(plays(), [null, null])
  t.equal(pass(world, minute).length, 2)
  t.end()
})

t.test('without a limit of ours it ends after a day', (t) => {
  const world = talking(company())
  t.same(pass(world, 1440 * minute - 10_000), [])
  t.equal(pass(world, 15_000).length, 2)
  t.end()
})

t.test('a PBX has so many calls: those that begin in it and those that ring in it', (t) => {
  const world = new CallWorld(company(ofPbx('simultaneousCalls: 1')))
  const ben = new DiallingPhone(world, 'ben', benFlow)
  const cleo = new DiallingPhone(world, 'cleo', flowBy('UDP', '192.0.2.11', 5070))
  ben.dial('1001')
  t.equal(world.server.usage.count('pbx', 'north'), 1, 'a call within it is one')
  const refused = cleo.dial('1002').at(-1) ?? ''
  t.match(refused, /^SIP\/2\.0 503 All Calls Of The PBX Are In Use\r\n/)
  t.ok(Number(headerOf(refused, 'Retry-After')) > 0)
  world.invite('', sdp('192.0.2.21'))
  t.match(world.taken('SIP/2.0 503', trunkFlow).join(), 'All Calls Of The PBX Are In Use', 'from outside likewise')
  t.notMatch(cleo.dial('999').at(-1), /^SIP\/2\.0 503 All Calls/, 'an emergency call passes')
  const rings = world.one('INVITE', phoneFlow)
  ben.cancel()
  world.respond(rings, phoneFlow, 487, 'anna')
  world.clock.advance(40_000)
  world.invite('', sdp('192.0.2.21'), 2)
  t.equal(world.taken('INVITE', phoneFlow).length, 1, 'there is room again')
  world.restart()
  world.clock.advance(100_000)
  t.equal(world.server.usage.count('pbx', 'north'), 0)
  t.end()
})

t.test('whoever is handed on within a PBX that counts his call is counted once', (t) => {
  const reading = readDocument(twoPbxes, 'a.yaml')
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
  const world = new CallWorld(compile(reading.document, 1))
  const anna = new DiallingPhone(world, 'anna', phoneFlow)
  const ben = new DiallingPhone(world, 'ben', benFlow)
  const cleo = new DiallingPhone(world, 'cleo', flowBy('UDP', '192.0.2.11', 5070))
  const count = () => world.server.usage.count('pbx', 'south')
  anna.dial('221002')
  ben.respond(ben.one('INVITE'), 200, '', ben.sdp)
  const answer = anna.one('SIP/2.0 200')
  anna.within(answer, 'ACK')
  t.equal(count(), 1)
  const call = [...world.server.callViews()][0]?.id ?? ''
  t.equal(carryOutOrder(world.server, { order: 'transfer', call, user: 'anna', to: '221003' }).done, true)
  t.equal(count(), 2, 'two ring or talk there')
  cleo.respond(cleo.one('INVITE'), 200, '', cleo.sdp)
  world.respond(ben.one('INVITE'), benFlow, 200, '', '', ben.sdp)
  anna.respond(anna.one('BYE'), 200)
  t.equal(count(), 1, 'and talk with each other')
  for (const view of world.server.callViews()) carryOutOrder(world.server, { order: 'hangUp', call: view.id })
  t.ok(world.server.usage.idle)
  t.end()
})

t.test('a call that rings in two PBXs is counted where it is answered', (t) => {
  const together = `
rules:
      - name: Together
        to: { list: { order: simultaneous, members: [{ user: anna }, { user: ben }] } }`
  for (const [winner, counts] of [
    ['anna', [1, 0]],
    ['ben', [0, 1]],
  ] as const) {
    const reading = readDocument(twoPbxes.replace('#rules', together.trim()), 'a.yaml')
    if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
    const world = new CallWorld(compile(reading.document, 1))
    const phones = {
      anna: new DiallingPhone(world, 'anna', phoneFlow),
      ben: new DiallingPhone(world, 'ben', benFlow),
      dora: new DiallingPhone(world, 'dora', flowBy('UDP', '192.0.2.14', 5070), 'east.test'),
    }
    const count = () => ['north', 'south'].map((pbx) => world.server.usage.count('pbx', pbx))
    phones.dora.dial('1009')
    const rings = { anna: phones.anna.one('INVITE'), ben: phones.ben.one('INVITE') }
    phones[winner].respond(rings[winner], 200, '', phones[winner].sdp)
    t.same(count(), counts)
    for (const view of world.server.callViews()) carryOutOrder(world.server, { order: 'hangUp', call: view.id })
    const loser = winner === 'anna' ? 'ben' : 'anna'
    phones[loser].respond(rings[loser], 487)
    t.same(count(), [0, 0])
  }
  t.end()
})

t.test('it is counted over a restart, and given back at the end', (t) => {
  const world = talking(company(ofPbx('simultaneousCalls: 1')))
  const count = () => world.server.usage.count('pbx', 'north')
  t.equal(count(), 1)
  world.restart()
  t.equal(count(), 1)
  t.match(new DiallingPhone(world, 'ben', benFlow).dial('1001').at(-1), /^SIP\/2\.0 503 All Calls/)
  for (const view of world.server.callViews()) carryOutOrder(world.server, { order: 'hangUp', call: view.id })
  t.equal(count(), 0)
  t.end()
})

t.test('an emergency call has no longest time, and is no call that deactivation ends', (t) => {
  const world = new CallWorld(company(ofUser(1), ofTrunk(1), ofPbx('simultaneousCalls: 1')))
  const anna = new DiallingPhone(world, 'anna', phoneFlow)
  anna.dial('999')
  const invite = world.one('INVITE', trunkFlow)
  world.respond(invite, trunkFlow, 200, 'fire', '', sdp('192.0.2.21'))
  anna.within(world.one('SIP/2.0 200', phoneFlow), 'ACK')
  t.same(pass(world, 5 * minute), [])
  world.restart()
  t.same(pass(world, 5 * minute), [], 'nor after a restart')
  world.server.replaceSnapshot(company(['extension: 1001,', 'extension: 1001, active: false,']))
  t.same(pass(world, minute), [])
  t.equal(world.server.callsInProgress, 1)
  t.end()
})

t.test('the calls of a user who is deactivated or deleted end at once, those of others go on', (t) => {
  const gone = company(['extension: 1001,', 'extension: 1001, active: false,'])
  const world = talking(company())
  const ben = new DiallingPhone(world, 'ben', benFlow)
  ben.dial('1003')
  const before = world.server.callsInProgress
  world.server.replaceSnapshot(gone)
  const byes = pass(world, 5000)
  t.match(byes, [/text="User Deactivated"/, /text="User Deactivated"/])
  t.equal(world.server.callsInProgress, before - 1)
  t.end()
})

t.test(
  'emergency calls that are ordered or handed on count as dialled: five at once, then limits hold for them',
  (t) => {
    const world = new CallWorld(company())
    for (let call = 0; call < 6; call++) {
      carryOutOrder(world.server, { order: 'dial', user: 'anna', to: '999' })
      const rings = world.one('INVITE', phoneFlow)
      world.respond(rings, phoneFlow, 200, `a${call}`, '', sdp('192.0.2.9'))
      world.taken('', phoneFlow)
    }
    t.equal(world.taken('INVITE', trunkFlow).length, 5)
    t.end()
  },
)
