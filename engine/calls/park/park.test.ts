/** Calls that wait in park slots: parked by code and by REFER, fetched, rung back, and after a crash. */
import t from 'tap'
import { compile } from '../../config/compile/compile-document.ts'
import { readDocument } from '../../config/read-document.ts'
import { flowBy } from '../../sip/recording-network.ts'
import { CallWorld, headerOf, tagOf, trunkFlow } from '../call-world.ts'
import { carryOutOrder } from '../control/call-control.ts'
import { DiallingPhone } from '../dialling-phone.ts'
import { answerOf, shownIn, WatchingPhone } from '../watching-phone.ts'

const company = `
account: { name: Acme }
pbxs: [{ id: north, name: North, domain: north.test, country: GB }]
sites: [{ id: n, name: N, pbx: north, timeZone: Europe/London }]
users:
  - { userName: anna, firstName: Anna, lastName: A, email: a@b.c, site: n, extension: 1001 }
  - { userName: ben, firstName: Ben, lastName: B, email: a@b.c, site: n, extension: 1002 }
  - { userName: cora, firstName: Cora, lastName: C, email: a@b.c, site: n, extension: 1003 }
devices:
  - { user: anna, sipUserName: anna, password: '12345678' }
  - { user: ben, sipUserName: ben, password: '12345678' }
  - { user: cora, sipUserName: cora, password: '12345678' }
parkSlots:
  - { id: one, name: Slot 1, site: n, extension: 701, ringBackSeconds: 60 }
  - { id: two, name: Slot 2, site: n, extension: 702, ringBackSeconds: 60 }
phoneNumbers: [{ number: +442079460101, user: ben }]
trunks:
  - { id: one, name: One, address: 192.0.2.21, trusted: [{ address: 192.0.2.21 }], prefixes: [+], optionsSeconds: 0 }
`
const reading = readDocument(company, 'a.yaml')
if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
const snapshot = compile(reading.document, 1)
const offer =
  'v=0\r\no=- 1 1 IN IP4 192.0.2.21\r\ns=-\r\nc=IN IP4 192.0.2.21\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n'

/** The trunk's call is answered by ben. */
class Office {
  readonly world = new CallWorld(snapshot)
  readonly ben = new DiallingPhone(this.world, 'ben', flowBy('UDP', '192.0.2.12'))
  readonly cora = new DiallingPhone(this.world, 'cora', flowBy('UDP', '192.0.2.13'))
  readonly invite: string
  /** Our tag towards the trunk. */
  readonly tag: string
  #sequence = 1

  constructor() {
    const { world, ben } = this
    world.invite('', offer)
    this.invite = ben.one('INVITE')
    ben.respond(this.invite, 200, '', ben.sdp)
    this.tag = tagOf(world.one('SIP/2.0 200', trunkFlow), 'To')
    this.trunk('ACK')
  }

  /** A request of ben's in the call that he has answered. */
  bens(method: string, headers = '', body = ''): void {
    const type = body === '' ? '' : 'Content-Type: application/sdp\r\n'
    this.world.server.receive(
      `${method} sip:192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.12;branch=z9hG4bKin${this.#sequence}\r\n` +
        `From: ${headerOf(this.invite, 'To')};tag=ben\r\nTo: ${headerOf(this.invite, 'From')}\r\n` +
        `Call-ID: ${headerOf(this.invite, 'Call-ID')}\r\nCSeq: ${++this.#sequence} ${method}\r\nMax-Forwards: 70\r\n` +
        `Contact: <sip:ben@192.0.2.12>\r\n${headers}${type}Content-Length: ${body.length}\r\n\r\n${body}`,
      this.ben.flow,
    )
  }

  trunk(method: string, cseq = 1, body = ''): void {
    this.world.fromTrunk(method, this.tag, cseq, '', body)
  }

  /** Ben puts the trunk on hold. */
  hold(): void {
    this.bens('INVITE', '', `${this.ben.sdp}a=sendonly\r\n`)
    this.accept(this.world.one('INVITE', trunkFlow))
  }

  /** The trunk takes what ben offered. */
  accept(offered: string): void {
    this.world.respond(offered, trunkFlow, 200, '', '', `${offer}a=recvonly\r\n`)
    const held = this.ben.one('SIP/2.0 200')
    const number = Number.parseInt(headerOf(held, 'CSeq'), 10)
    this.world.server.receive(
      `ACK sip:192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.12;branch=z9hG4bKack${number}\r\nFrom: ${headerOf(held, 'From')}\r\n` +
        `To: ${headerOf(held, 'To')}\r\nCall-ID: ${headerOf(held, 'Call-ID')}\r\nCSeq: ${number} ACK\r\nContent-Length: 0\r\n\r\n`,
      this.ben.flow,
    )
    this.world.taken('ACK', trunkFlow)
    this.world.taken('SIP/2.0 100', this.ben.flow)
  }

  /** Whoever waits is put on hold by us, and accepts. */
  acceptHold(): string {
    const invite = this.world.one('INVITE', trunkFlow)
    this.world.respond(invite, trunkFlow, 200, '', '', `${offer}a=inactive\r\n`)
    this.world.one('ACK', trunkFlow)
    return invite
  }

  /** Parks by code: `ben` has the call on hold. */
  park(code = '*68'): string {
    const answer = this.ben.dial(code).at(-1) ?? ''
    this.ben.within(answer, 'ACK')
    this.ben.respond(this.ben.one('BYE sip:ben@192.0.2.12'), 200)
    return answer
  }

  get parked(): string[] {
    return [...this.world.server.parking.views()].map(({ extension, parked, by }) => `${extension}: ${parked} by ${by}`)
  }
}

const shown = (answer: string) => /^P-Asserted-Identity: "(.*?)"/m.exec(answer)?.[1] ?? answer.split('\r')[0]
const statusOf = (answers: readonly string[]) => (answers.at(-1) ?? '').slice(8).split('\r')[0]

t.test('the held call is parked in a free slot, and the parker is shown which', async (t) => {
  const office = new Office()
  const { world, ben } = office
  t.equal(statusOf(ben.dial('*68')), '404 You Hold No Call To Park')
  office.hold()
  t.equal(shown(office.park()), 'Parked in 701')
  t.match(office.acceptHold(), /^a=inactive\r$/m, 'who waits is not left sending to a phone that has hung up')
  t.same(office.parked, ['701: +441632960001 (One) by 1002 Ben B'])
  t.equal(world.server.usage.count('line', 'ben'), 0, 'his line is free')
  world.clock.advance(2000)
  ben.respond(ben.one('BYE'), 200)
  t.same(world.server.calls.count, 1)
  office.trunk('BYE', 2)
  t.same(office.parked, [], 'who waits may give up')
  t.ok(world.server.usage.idle)
  world.clock.advance(100_000)
  t.same(world.taken('INVITE', ben.flow), [])
  t.same(world.entries, [])
})

for (const code of ['*88701', '701']) {
  t.test(`a parked call is fetched by ${code}`, async (t) => {
    const office = new Office()
    const { world, cora } = office
    office.hold()
    office.park()
    office.acceptHold()
    t.equal(statusOf(cora.dial('*88702')), '404 Nobody Is Parked There')
    t.equal(statusOf(cora.dial(code)), '100 Trying')
    const invite = world.one('INVITE', trunkFlow)
    t.match(invite, /^c=IN IP4 192.0.2.13\r$/m, 'who waits is offered her session')
    t.equal(statusOf(office.ben.dial(code)), '486 This Call Is Being Fetched')
    world.respond(invite, trunkFlow, 200, '', '', offer)
    const answer = cora.one('SIP/2.0 200')
    t.match(answer, /^c=IN IP4 192.0.2.21\r$/m)
    cora.within(answer, 'ACK')
    world.one('ACK', trunkFlow)
    t.same(office.parked, [])
    world.clock.advance(100_000)
    t.same(world.taken('SIP/2.0 200', cora.flow), [])
    t.same(
      [...world.server.callViews()].map(({ caller, callee }) => `${caller} ${callee}`),
      ['+441632960001 (One) 1003 Cora C'],
    )
    cora.within(answer, 'BYE')
    world.respond(world.one('BYE', trunkFlow), trunkFlow, 200, '')
    t.ok(world.server.usage.idle)
    t.equal(world.server.calls.dialogs, 0)
  })
}

t.test('who waits does not take the session of whoever fetches him: he waits on', async (t) => {
  const office = new Office()
  const { world, cora } = office
  office.hold()
  office.park('702')
  office.acceptHold()
  cora.dial('702')
  world.respond(world.one('INVITE', trunkFlow), trunkFlow, 488, '')
  t.match(cora.one('SIP/2.0 488'), 'INVITE')
  t.same(office.parked, ['702: +441632960001 (One) by 1002 Ben B'])
  t.equal(world.server.usage.count('line', 'cora'), 0)
  cora.dial('702')
  world.one('INVITE', trunkFlow)
  cora.cancel()
  t.match(cora.one('SIP/2.0 487'), 'INVITE', 'who fetches may give up')
  t.same(office.parked.length, 1)
})

t.test('another phone takes his place before his call is parked: the parker is told goodbye once', async (t) => {
  const office = new Office()
  const { world, ben } = office
  const other = new DiallingPhone(world, 'ben', flowBy('UDP', '192.0.2.14'))
  office.hold()
  // Something is under way in the call, which is to be parked afterwards.
  office.bens('INVITE', '', ben.sdp)
  const offered = world.one('INVITE', trunkFlow)
  t.equal(statusOf(ben.dial('*68')), '100 Trying')
  world.clock.advance(100)
  const own = `${headerOf(office.invite, 'Call-ID')};to-tag=${tagOf(office.invite, 'From')};from-tag=ben`
  t.equal(statusOf(other.dial('1002', `Replaces: ${own}\r\nRequire: replaces\r\n`)), '100 Trying')
  world.clock.advance(450)
  office.accept(offered)
  world.taken('INVITE', trunkFlow)
  world.clock.advance(100)
  world.respond(world.one('INVITE', trunkFlow), trunkFlow, 200, '', '', offer)
  other.within(other.one('SIP/2.0 200'), 'ACK')
  ben.respond(ben.one('BYE'), 200)
  world.clock.advance(1000)
  t.equal(statusOf(world.taken('SIP/2.0', ben.flow)), '491 The Call Cannot Be Parked Now')
  t.same(world.taken('BYE', ben.flow), [])
  t.same(office.parked, [])
  t.equal(world.server.callsInProgress, 1)
})

t.test('a hold by order that waits for an offer under way asks nobody who was parked away meanwhile', async (t) => {
  const office = new Office()
  const { world, ben } = office
  const call = [...world.server.callViews()][0]?.id ?? ''
  office.bens('INVITE', '', ben.sdp)
  const offered = world.one('INVITE', trunkFlow)
  t.equal(carryOutOrder(world.server, { order: 'park', call, user: 'ben', slot: '701' }).done, true)
  world.clock.advance(250)
  t.equal(carryOutOrder(world.server, { order: 'hold', call, user: 'ben' }).done, true)
  office.accept(offered)
  world.clock.advance(250)
  ben.respond(ben.one('BYE'), 200)
  office.acceptHold()
  world.clock.advance(10_000)
  t.same(world.taken('INVITE', ben.flow), [])
  t.same(office.parked, ['701: +441632960001 (One) by 1002 Ben B'])
  office.trunk('BYE', 2)
  t.ok(world.server.usage.idle)
})

t.test('a REFER to the code parks as well, and slots are taken one after the other', async (t) => {
  const office = new Office()
  const { world, ben, cora } = office
  office.bens('REFER', 'Refer-To: <sip:*68@north.test>\r\n')
  t.match(ben.one('SIP/2.0 202'), 'REFER')
  ben.respond(ben.one('NOTIFY'), 200)
  const last = ben.one('NOTIFY')
  t.match(last, 'SIP/2.0 200 OK')
  ben.respond(last, 200)
  ben.respond(ben.one('BYE'), 200)
  t.same(office.parked, ['701: +441632960001 (One) by 1002 Ben B'])
  t.equal(statusOf(cora.dial('*68')), '404 You Hold No Call To Park')
  t.equal(world.server.usage.count('line', 'ben'), 0)
})

t.test('the parker is rung after a time, whatever his lines; the call waits on where he does not answer', async (t) => {
  const office = new Office()
  const { world, ben } = office
  office.hold()
  office.park()
  office.acceptHold()
  world.clock.advance(2000)
  ben.respond(ben.one('BYE'), 200)
  world.server.usage.take('line', 'ben')
  world.server.usage.take('line', 'ben')
  world.clock.advance(58_000)
  const invite = ben.one('INVITE')
  t.match(headerOf(invite, 'From'), 'sip:+441632960001@north.test')
  ben.respond(invite, 486)
  t.same(office.parked.length, 1)
  world.clock.advance(60_000)
  const again = ben.one('INVITE')
  ben.respond(again, 200, '', ben.sdp)
  world.respond(world.one('INVITE', trunkFlow), trunkFlow, 200, '', '', offer)
  t.match(world.taken('ACK', ben.flow).at(-1), /^c=IN IP4 192.0.2.21\r$/m)
  t.same(office.parked, [])
  t.same(
    [...world.server.callViews()].map(({ callee }) => callee),
    ['1002 Ben B'],
  )
})

t.test('after a crash a parked call can be fetched, and is rung back in its time', async (t) => {
  const office = new Office()
  const { world, ben, cora } = office
  office.hold()
  office.park()
  office.acceptHold()
  world.clock.advance(30_000)
  world.restart()
  world.restart()
  t.same(office.parked, ['701: +441632960001 (One) by 1002 Ben B'])
  world.network.sent = []
  world.clock.advance(29_000)
  t.same(world.taken('INVITE', ben.flow), [])
  world.clock.advance(2000)
  ben.respond(world.taken('INVITE', ben.flow).at(-1) ?? '', 486)
  cora.dial('*88701')
  world.respond(world.one('INVITE', trunkFlow), trunkFlow, 200, '', '', offer)
  cora.within(cora.one('SIP/2.0 200'), 'ACK')
  t.same(office.parked, [])
  office.trunk('BYE', 2)
  cora.respond(cora.one('BYE'), 200)
  t.ok(world.server.usage.idle)
})

t.test('who waits on a phone that lost its connection in the crash is fetched when it comes back', async (t) => {
  const connection = (number: number) => ({ ...flowBy('TCP', '192.0.2.11', 40_000 + number), connection: number })
  const parkedByBen = () => {
    const { world, ben, cora } = new Office()
    const anna = new DiallingPhone(world, 'anna', connection(1))
    anna.dial('1002')
    ben.respond(ben.one('INVITE'), 200, '', ben.sdp)
    anna.within(anna.one('SIP/2.0 200'), 'ACK')
    const call = [...world.server.callViews()].find(({ caller }) => caller.startsWith('1001'))?.id ?? ''
    t.equal(carryOutOrder(world.server, { order: 'park', call, user: 'ben', slot: '701' }).done, true)
    world.restart()
    world.network.sent = []
    cora.dial('*88701')
    return { world, cora }
  }
  /** The INVITEs to anna, by their connections; 0: where she was, and nobody is there any more. */
  const offered = (world: CallWorld): number[] => {
    const found = world.network.sent.filter(({ flow, text }) => flow.transport === 'TCP' && text.startsWith('INVITE'))
    world.network.sent = world.network.sent.filter((message) => !found.includes(message))
    for (const { flow, listener } of found) if (flow.connection !== 9) listener?.sendFailed()
    return found.map(({ flow }) => flow.connection)
  }
  const { world, cora } = parkedByBen()
  t.equal(offered(world).length, 1)
  world.clock.advance(500)
  t.equal(offered(world).length, 1, 'she is looked for')
  const anna = new WatchingPhone(world, 'anna', connection(9))
  anna.register()
  world.clock.advance(500)
  const invite = world.network.sent.find(({ text }) => text.startsWith('INVITE'))?.text ?? ''
  t.same(offered(world), [9])
  world.respond(invite, anna.flow, 200, '', '', offer)
  cora.within(cora.one('SIP/2.0 200'), 'ACK')

  const away = parkedByBen()
  for (let looks = 0; looks < 12; looks++) {
    offered(away.world)
    away.world.clock.advance(500)
  }
  t.ok(away.world.taken('SIP/2.0 488', away.cora.flow).length > 0)
  t.equal([...away.world.server.parking.views()].length, 1, 'she waits on')
})

t.test('the lamp of a slot is on while somebody waits there, after a crash too', async (t) => {
  const office = new Office()
  const { world } = office
  const anna = new WatchingPhone(world, 'anna', flowBy('UDP', '192.0.2.11'))
  t.equal(answerOf(anna.subscribe('sip:701@north.test', 'Event: dialog\r\n'), 'Expires'), '200 3600')
  t.equal(shownIn(anna.notified()[0]?.body ?? '-'), '')
  t.equal(answerOf(anna.subscribe('sip:701@north.test', 'Event: presence\r\n'), ''), '404', 'slots are not present')
  office.hold()
  office.park()
  world.clock.advance(10)
  const [on] = anna.notified()
  t.match(shownIn(on?.body ?? ''), /^confirmed/)
  t.match(on?.body, 'entity="sip:701@north.test"')
  world.restart()
  world.clock.advance(10)
  t.match(shownIn(anna.notified()[0]?.body ?? ''), /^confirmed/)
  office.trunk('BYE', 2)
  world.clock.advance(10)
  t.equal(shownIn(anna.notified()[0]?.body ?? '-'), '')
  t.same(office.parked, [])
})

t.test('parked by order, listed, and told to whoever follows calls', async (t) => {
  const office = new Office()
  const { world } = office
  const told: string[] = []
  world.server.calls.watcher = {
    callChanged: (event, { parkedIn = '' }) => told.push(`${event} ${parkedIn}`.trim()),
    callEnded: () => told.push('ended'),
  }
  const [view] = [...world.server.callViews()]
  const call = view?.id ?? ''
  const order = (slot: string, user = 'ben') => carryOutOrder(world.server, { order: 'park', call, user, slot })
  t.match(order('799'), { done: false, problem: 'conflict', why: 'There Is No Such Park Slot' })
  t.match(order('', 'cora'), { done: false, problem: 'conflict' }, 'it is not her call')
  t.same([...world.server.parking.views()], [])
  t.same(order('702'), { done: true, calls: [call] })
  const [parked] = [...world.server.parking.views()]
  t.match(parked, { slot: 'two', extension: '702', name: 'Slot 2', call, by: '1002 Ben B' })
  t.same(told, ['parked 702'])
  t.equal([...world.server.callViews()][0]?.parkedIn, '702')
  t.match(order('701'), { done: false }, 'ben has left it')
  office.trunk('BYE', 2)
  t.same([...world.server.parking.views()], [])
  t.equal(told.at(-1), 'ended')
})

t.test('fetched by order: her phones ring, and she has who waits; where she does not answer he waits on', async (t) => {
  const office = new Office()
  const { world, cora } = office
  office.hold()
  office.park()
  office.acceptHold()
  const fetch = (user: string, slot: string) => carryOutOrder(world.server, { order: 'fetch', user, slot })
  t.match(fetch('nobody', '701'), { done: false, problem: 'not-found' })
  t.match(fetch('cora', '702'), { done: false, problem: 'not-found', why: 'Nobody Is Parked There' })
  t.match(fetch('cora', '701'), { done: true })
  t.match(fetch('cora', '701'), { done: false, problem: 'conflict' }, 'one at a time')
  cora.respond(cora.one('INVITE'), 486)
  cora.one('ACK')
  t.equal(office.parked.length, 1, 'he waits on')
  t.match(fetch('cora', '701'), { done: true })
  cora.respond(cora.one('INVITE'), 200, '', cora.sdp)
  world.respond(world.one('INVITE', trunkFlow), trunkFlow, 200, '', '', offer)
  world.one('ACK', trunkFlow)
  cora.one('ACK')
  t.same(office.parked, [])
  office.trunk('BYE', 2)
  cora.respond(cora.one('BYE'), 200)
  t.ok(world.server.usage.idle)
})
