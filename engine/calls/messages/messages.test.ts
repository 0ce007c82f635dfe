/** MESSAGE (RFC 3428): taken, kept, and handed on. */
import t from 'tap'
import { compile } from '../../config/compile/compile-document.ts'
import { readDocument } from '../../config/read-document.ts'
import type { Snapshot } from '../../config/snapshot.ts'
import { flowBy } from '../../sip/recording-network.ts'
import { CallWorld, headerOf, phoneFlow, trunkFlow } from '../call-world.ts'
import { DiallingPhone } from '../dialling-phone.ts'
import { companyOfThree } from '../transfer/transfer-world.ts'

function company(text = companyOfThree): Snapshot {
  const reading = readDocument(text, 'a.yaml')
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
  return compile(reading.document, 1)
}

const snapshot = company()
const benFlow = flowBy('UDP', '192.0.2.10', 5070)
const cleoFlow = flowBy('UDP', '192.0.2.11', 5070)
const day = 86_400_000

/** Anna is at her phone, and ben writes. */
function office(of = snapshot) {
  const world = new CallWorld(of)
  const ben = new DiallingPhone(world, 'ben', benFlow)
  return { world, ben }
}

function bodyOf(message: string): string {
  return message.slice(message.indexOf('\r\n\r\n') + 4)
}

t.test('RFC 3428 §7: it is taken with 202, and goes to all phones with who wrote it and when', (t) => {
  const { world, ben } = office()
  const idle = world.clock.running
  world.register('anna', flowBy('UDP', '192.0.2.15', 5070))
  t.match(ben.write('1001', 'Gr\xc3\xbc\xc3\x9fe\nben'), /^SIP\/2\.0 202 Accepted\r\n/)
  const [first = '', second = ''] = [
    world.one('MESSAGE', phoneFlow),
    world.one('MESSAGE', flowBy('UDP', '192.0.2.15', 5070)),
  ]
  t.match(first, /^MESSAGE sip:anna@192\.0\.2\.9:5070 SIP\/2\.0\r\n/)
  t.match(headerOf(first, 'From'), /^"Ben B" <sip:1002@north\.test>;tag=/)
  t.equal(headerOf(first, 'To'), '<sip:1001@north.test>')
  t.equal(headerOf(first, 'Content-Type'), 'text/plain')
  t.equal(headerOf(first, 'Date'), 'Mon, 12 Jan 1970 13:46:40 GMT')
  t.notMatch(first, /^Contact/m, '§4: there is no dialog')
  t.equal(bodyOf(first), 'Gr\xc3\xbc\xc3\x9fe\nben')
  world.respond(first, phoneFlow, 200, 'a')
  t.same(world.messages, ['ben to anna: Gr\xc3\xbc\xc3\x9fe\nben', 'delivered'])
  world.respond(second, phoneFlow, 486, 'a')
  t.same(world.server.messages.reading(), { waiting: 0, taken: 1, delivered: 1 })
  t.equal(world.messages.length, 2, 'it is delivered once')
  world.clock.advance(120_000)
  t.equal(world.clock.running, idle, 'nothing is left behind')
  t.end()
})

t.test('RFC 3428 §8: one at a time, in order; a phone that takes none holds up nobody else', (t) => {
  const { world, ben } = office()
  for (const text of ['one', 'two']) ben.write('1001', text)
  const first = world.one('MESSAGE', phoneFlow)
  t.equal(bodyOf(first), 'one')
  world.respond(first, phoneFlow, 415, 'a')
  const second = world.one('MESSAGE', phoneFlow)
  t.equal(bodyOf(second), 'two')
  world.respond(second, phoneFlow, 200, 'a')
  world.server.messages.phoneReturned(world.server.snapshot.users.get('anna') as never)
  t.same(world.taken('MESSAGE', phoneFlow), [], 'a phone that refused is not asked again')
  t.equal(world.server.messages.waiting, 1)
  t.end()
})

t.test('it waits for a phone that is away, over a crash, and is not taken twice', (t) => {
  const { world, ben } = office()
  t.match(ben.write('1003', 'lunch?'), /^SIP\/2\.0 202 /)
  world.restart()
  t.equal(world.server.messages.waiting, 1)
  world.clock.advance(day)
  world.register('cleo', cleoFlow)
  const cleo = world.server.snapshot.users.get('cleo')
  if (cleo === undefined) throw new Error('There is no cleo')
  world.server.messages.phoneReturned(cleo)
  const sent = world.one('MESSAGE', cleoFlow)
  t.equal(headerOf(sent, 'Date'), 'Mon, 12 Jan 1970 13:46:40 GMT', 'when it was written')
  // It does not answer: it has it when it registers again, under the same Call-ID.
  world.clock.advance(40_000)
  t.ok(world.taken('MESSAGE', cleoFlow).length > 0, 'it was sent again meanwhile')
  world.restart()
  const again = world.one('MESSAGE', cleoFlow)
  t.equal(headerOf(again, 'Call-ID'), headerOf(sent, 'Call-ID'))
  world.respond(again, cleoFlow, 503, 'c')
  t.same(world.taken('MESSAGE', cleoFlow), [])
  world.server.messages.phoneReturned(cleo)
  world.respond(world.one('MESSAGE', cleoFlow), cleoFlow, 202, 'c')
  world.restart()
  t.same(world.taken('MESSAGE', cleoFlow), [])
  t.equal(world.server.messages.waiting, 0)
  t.same(world.messages, ['ben to cleo: lunch?', 'delivered'])
  t.end()
})

t.test('a copy whose 202 a crash took is answered and not taken twice', (t) => {
  const { world } = office()
  world.restart()
  const ben = new DiallingPhone(world, 'ben', benFlow)
  ben.write('1003', 'once')
  const before = world.server.messages
  world.restart()
  t.not(world.server.messages, before)
  const again = new DiallingPhone(world, 'ben', benFlow)
  t.match(again.write('1003', 'once'), /^SIP\/2\.0 202 /)
  t.equal(world.server.messages.waiting, 1)
  t.end()
})

t.test('it is given up after a week, or when its sender says; a deleted user gets none', (t) => {
  const { world, ben } = office()
  ben.write('1003', 'long')
  ben.write('1003', 'short', 'Content-Type: text/plain\r\nExpires: 60\r\n')
  world.clock.advance(120_000)
  t.same(world.messages.slice(2), ['expired'])
  world.clock.advance(8 * day)
  t.same(world.messages.slice(2), ['expired', 'expired'])
  ben.write('1003', 'late')
  world.server.replaceSnapshot(
    company(companyOfThree.replace(/\n.*userName: cleo.*\n/, '\n').replace(/, \{ user: cleo[^}]*\}/, '')),
  )
  t.equal(world.messages.at(-1), 'expired')
  t.equal(world.server.messages.waiting, 0)
  t.end()
})

t.test('who may not, what is no message, and whom nobody can write to', (t) => {
  const { world, ben } = office()
  const answer = (to: string, text = 'x', headers?: string) => ben.write(to, text, headers).slice(8, 11)
  t.equal(answer('1099'), '404')
  t.equal(answer('999'), '403', 'emergency services')
  t.equal(answer('+14155550123'), '404', 'an outside number')
  t.equal(answer('1001', 'x', ''), '400', 'without Content-Type')
  t.equal(answer('1001', 'x', 'Content-Type: image/png\r\n'), '415')
  t.match(ben.write('1001', 'x', 'Content-Type: image/png\r\n'), /\r\nAccept: text\/\*, /)
  t.equal(answer('1001', 'x', 'Content-Type: text/plain\r\nContent-Encoding: gzip\r\n'), '415')
  t.equal(answer('1001', 'x'.repeat(4097)), '413')
  t.equal(answer('1001', 'x', 'Content-Type: text/plain\r\nRequire: nonsense\r\n'), '420')
  world.fromTrunk('MESSAGE', '', 7, 'Content-Type: text/plain\r\n')
  t.match(world.one('SIP/2.0', trunkFlow), /^SIP\/2\.0 (400|403) /)
  t.same(world.messages, [])
  t.equal(world.server.messages.waiting, 0)
  t.end()
})

t.test('whoever floods is slowed; what waits for one user has a bound', (t) => {
  const { world, ben } = office()
  for (let count = 0; count < 20; count++) t.match(ben.write('1003', 'x'), / 202 /)
  const slowed = ben.write('1003', 'x')
  t.match(slowed, /^SIP\/2\.0 503 Too Many Messages\r\n/)
  t.equal(headerOf(slowed, 'Retry-After'), '1')
  for (let count = 20; count < 200; count++) {
    world.clock.advance(1000)
    ben.write('1003', 'x')
  }
  world.clock.advance(1000)
  t.match(ben.write('1003', 'x'), /^SIP\/2\.0 480 Too Many Messages Wait For This User\r\n/)
  t.equal(world.server.messages.waiting, 200)
  t.end()
})

t.test('a block list keeps a sender out, and may hide that it does', (t) => {
  const blocks = (treatment: string) =>
    office(
      company(
        companyOfThree.replace('extension: 1003', `extension: 1003, blockList: { callers: ['1002']${treatment} }`),
      ),
    )
  const busy = blocks('')
  t.match(busy.ben.write('1003', 'x'), /^SIP\/2\.0 486 /)
  const hidden = blocks(', treatment: { asWhenBusy: true }')
  t.match(hidden.ben.write('1003', 'x'), /^SIP\/2\.0 202 /)
  t.equal(hidden.world.server.messages.waiting, 0)
  t.same(hidden.world.messages, ['ben to cleo: x', 'discarded'])
  t.end()
})

t.test('messages switched off: the sender sees nothing, and they come when they are switched on again', (t) => {
  const off = `${companyOfThree.replace('userName: anna,', 'userName: anna, profilePolicy: quiet,')}profilePolicies: [{ id: quiet, name: Quiet, locks: [messaging] }]\n`
  const { world, ben } = office(company(off))
  t.match(ben.write('1001', 'x'), /^SIP\/2\.0 202 /)
  t.same(world.taken('MESSAGE', phoneFlow), [])
  const anna = new DiallingPhone(world, 'anna', phoneFlow)
  t.match(anna.write('1002', 'x'), /^SIP\/2\.0 403 Messages Are Switched Off For You\r\n/)
  world.server.replaceSnapshot(snapshot)
  t.equal(bodyOf(world.one('MESSAGE', phoneFlow)), 'x')
  t.end()
})

t.test('RFC 3994: that somebody writes is told at once or never', (t) => {
  const { world, ben } = office()
  const composing = 'Content-Type: application/im-iscomposing+xml\r\n'
  t.match(ben.write('1001', '<isComposing/>', composing), /^SIP\/2\.0 202 /)
  world.one('MESSAGE', phoneFlow)
  t.match(ben.write('1003', '<isComposing/>', composing), /^SIP\/2\.0 202 /)
  t.equal(world.server.messages.waiting, 0)
  t.same(world.messages, [])
  t.end()
})

/** `+442079460101` is anna's: she is in it twice, and ben, who writes, is a member too. */
const groups = `ringGroups:
  - { id: team, name: Team, site: n, extension: 1100, callerNamePrefix: '[Team]', members: [{ user: anna }, { user: ben }, { user: cleo }, { number: +442079460101 }, { number: +442079460999 }] }
  - { id: alone, name: Alone, site: n, extension: 1101, members: [{ user: ben }] }
`

t.test('a message to a group goes to each of its members once, and waits for those who are away', (t) => {
  const { world, ben } = office(company(`${companyOfThree}${groups}`))
  t.match(ben.write('1100', 'fire drill at ten'), /^SIP\/2\.0 202 /)
  const sent = world.one('MESSAGE', phoneFlow)
  t.match(headerOf(sent, 'From'), /^"\[Team\] Ben B" <sip:1002@north\.test>;tag=/, 'whom she is written to for')
  t.equal(bodyOf(sent), 'fire drill at ten')
  t.same(world.taken('MESSAGE', benFlow), [], 'not to whoever wrote it')
  world.respond(sent, phoneFlow, 200, 'a')
  t.same(world.messages, ['ben to anna: fire drill at ten', 'ben to cleo: fire drill at ten', 'delivered'])
  t.equal(world.server.messages.waiting, 1)
  world.restart()
  // Its 202 was lost, and it comes again: anna does not get it twice, for cleo's still waits.
  t.match(new DiallingPhone(world, 'ben', benFlow).write('1100', 'fire drill at ten'), /^SIP\/2\.0 202 /)
  t.same(world.taken('MESSAGE', phoneFlow), [])
  world.register('cleo', cleoFlow)
  world.server.messages.phoneReturned(world.server.snapshot.users.get('cleo') as never)
  world.respond(world.one('MESSAGE', cleoFlow), cleoFlow, 200, 'c')
  t.equal(world.server.messages.waiting, 0)
  t.equal(world.messages.filter((what) => what === 'delivered').length, 2)
  t.end()
})

t.test('a group in which nobody else is takes none; a member whose list names the sender gets none', (t) => {
  const listed = companyOfThree.replace('extension: 1003', "extension: 1003, blockList: { callers: ['1002'] }")
  const { world, ben } = office(company(`${listed}${groups}`))
  t.match(ben.write('1101', 'x'), /^SIP\/2\.0 480 Nobody In The Group Takes Messages\r\n/)
  t.match(ben.write('1100', 'x'), /^SIP\/2\.0 202 /)
  world.one('MESSAGE', phoneFlow)
  t.same(world.messages, ['ben to anna: x', 'ben to cleo: x', 'discarded'])
  t.match(ben.write('+14155550123', 'x'), /^SIP\/2\.0 404 Outside Numbers Take No Messages\r\n/)
  t.end()
})
