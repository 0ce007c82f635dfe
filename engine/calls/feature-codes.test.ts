/** Codes that change a user's settings, and the last caller. */
import t from 'tap'
import { compile } from '../config/compile/compile-document.ts'
import { readDocument } from '../config/read-document.ts'
import { flowBy } from '../sip/recording-network.ts'
import { CallWorld, headerOf, phoneFlow } from './call-world.ts'
import { DiallingPhone } from './dialling-phone.ts'
import type { UserChange, UserChangeRequest, UserChangeResult } from './user-changes.ts'
import { companyOfLamps } from './watching-phone.ts'

const reading = readDocument(companyOfLamps, 'a.yaml')
if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
const snapshot = compile(reading.document, 1)

/** A world whose changes are written by the test. */
class Codes {
  readonly asked: UserChangeRequest[] = []
  readonly done: ((result: UserChangeResult) => void)[] = []
  /** What is said at once; `null`: the test says it later. */
  result: UserChangeResult | null = { result: 'done' }
  readonly world: CallWorld
  readonly ben: DiallingPhone

  constructor() {
    this.world = new CallWorld(snapshot, undefined, undefined, {
      ask: (request, done) => {
        this.asked.push(request)
        if (this.result === null) this.done.push(done)
        else done(this.result)
      },
    })
    this.ben = new DiallingPhone(this.world, 'ben', flowBy('UDP', '192.0.2.12'))
  }

  get changes(): UserChange[] {
    return this.asked.splice(0).map(({ change }) => change)
  }

  /** `200 Do not disturb on`, or status and phrase of a refusal. */
  dial(code: string): string {
    const final = this.ben.dial(code).at(-1) ?? ''
    const shown = /^P-Asserted-Identity: "(.*?)"/m.exec(final)?.[1]
    return shown === undefined ? final.slice(8, final.indexOf('\r')) : `${final.slice(8, 11)} ${shown}`
  }
}

t.test('each code asks for its change, and the phone is shown what was done', async (t) => {
  const codes = new Codes()
  const cases: [string, string, UserChange][] = [
    ['*721001', '200 Forward all calls: 1001', { kind: 'forward', event: 'all', to: { user: 'anna' } }],
    ['*73', '200 Forward all calls off', { kind: 'forward', event: 'all', to: null }],
    [
      '*9002079460101',
      '200 Forward when busy: 02079460101',
      { kind: 'forward', event: 'busy', to: { number: '+442079460101' } },
    ],
    ['*91', '200 Forward when busy off', { kind: 'forward', event: 'busy', to: null }],
    [
      '*92222001',
      '200 Forward when not answered: 222001',
      { kind: 'forward', event: 'noAnswer', to: { user: 'dora' } },
    ],
    ['*93', '200 Forward when not answered off', { kind: 'forward', event: 'noAnswer', to: null }],
    ['*78', '200 Do not disturb on', { kind: 'doNotDisturb', on: true }],
    ['*79', '200 Do not disturb off', { kind: 'doNotDisturb', on: false }],
    ['*601003', '200 Block a caller: 1003', { kind: 'block', caller: '1003', on: true }],
    ['*6001632960001', '200 Block a caller: +441632960001', { kind: 'block', caller: '+441632960001', on: true }],
    ['*80+441632960001', '200 Unblock a caller: +441632960001', { kind: 'block', caller: '+441632960001', on: false }],
  ]
  for (const [code, shown, change] of cases) {
    t.equal(codes.dial(code), shown, code)
    t.same(codes.changes, [change], code)
  }
})

t.test('the answer waits until the change counts, and a call back to work follows', async (t) => {
  const codes = new Codes()
  codes.result = null
  t.match(codes.ben.dial('*78').at(-1), /^SIP\/2.0 100/)
  t.match(codes.asked, [{ userId: 'ben', address: '192.0.2.12' }])
  codes.done[0]?.({ result: 'done' })
  const answer = codes.ben.one('SIP/2.0 200')
  codes.ben.within(answer, 'ACK')
  codes.world.clock.advance(2000)
  codes.ben.respond(codes.ben.one('BYE'), 200)
  t.same(codes.world.entries, [])
  t.ok(codes.world.server.usage.idle, 'no line is used')
  t.same(codes.world.ended, ['server 200'])
})

t.test('what is refused says why', async (t) => {
  const codes = new Codes()
  codes.result = { result: 'refused', reason: 'This leads in a circle: ben, anna, ben\nand more' }
  t.equal(codes.dial('*721001'), '403 This leads in a circle: ben, anna, ben and more')
  codes.result = { result: 'failed' }
  t.equal(codes.dial('*78'), '503 Settings Cannot Be Changed Now')
  codes.asked.length = 0
  t.equal(codes.dial('*72'), '484 Number Missing Behind Feature Code', 'the router refuses what is no change')
  t.equal(codes.dial('*720033140000000'), '403 Forbidden', 'forwarding abroad')
  t.equal(codes.dial('*60'), '404 Nobody Called Yet')
  t.equal(codes.dial('*69'), '404 Nobody Called Yet')
  t.equal(codes.dial('*43'), '501 Not Available By Code Yet: echo test')
  t.same(codes.changes, [])
})

t.test('a caller who gives up while his change is written gets 487', async (t) => {
  const codes = new Codes()
  codes.result = null
  codes.ben.dial('*78')
  codes.ben.cancel()
  t.match(codes.ben.one('SIP/2.0 487'), / INVITE\r/)
  codes.done[0]?.({ result: 'done' })
  t.same(
    codes.world.taken('SIP/2.0 200', codes.ben.flow).filter((text) => text.includes('INVITE')),
    [],
  )
  t.same(codes.world.ended, ['caller 487'])
})

t.test('nobody asks for more than 20 changes in a minute', async (t) => {
  const codes = new Codes()
  for (let i = 0; i < 20; i++) t.equal(codes.dial('*78'), '200 Do not disturb on')
  t.equal(codes.dial('*79'), '503 Too Many Changes')
  codes.world.clock.advance(60_000)
  codes.world.taken('SIP/2.0', codes.ben.flow)
  t.equal(codes.dial('*79'), '200 Do not disturb off')
})

t.test('the last caller is called back and blocked, over restarts too', async (t) => {
  const codes = new Codes()
  const { world, ben } = codes
  const anna = new DiallingPhone(world, 'anna', phoneFlow)
  anna.dial('1002')
  world.clock.advance(1000)
  world.restart()
  t.equal(codes.dial('*60'), '200 Block a caller: 1001')
  t.same(codes.changes, [{ kind: 'block', caller: '1001', on: true }])
  ben.dial('*69')
  t.match(headerOf(world.taken('INVITE', anna.flow).at(-1) ?? '', 'From'), /^"?Ben B"? <sip:1002@north.test>/)
})

t.test('numbers and words that carriers send are not dialled unless they are numbers', async (t) => {
  for (const [shown, answer] of [
    ['anonymous', '404 The Last Caller Withheld His Number'],
    ['*721001', '404 The Last Caller Has No Number'],
    ['999', '404 The Last Caller Has No Number'],
  ] as const) {
    const codes = new Codes()
    const { world } = codes
    const name =
      shown === 'anonymous' ? { user: '', name: '', anonymous: true } : { user: shown, name: '', anonymous: false }
    world.server.lastCallers.called('ben', name)
    t.equal(codes.dial('*69'), answer, shown)
    t.same(world.taken('INVITE', phoneFlow), [])
  }
})
