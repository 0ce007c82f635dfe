/** Whatever calls do and however a phone answers: when nothing changes any more, its lamp is right. */
import fc from 'fast-check'
import t from 'tap'
import { compile } from '../config/compile/compile-document.ts'
import { readDocument } from '../config/read-document.ts'
import { flowBy } from '../sip/recording-network.ts'
import { CallWorld, phoneFlow } from './call-world.ts'
import { companyOfLamps, shownIn, WatchingPhone } from './watching-phone.ts'

const reading = readDocument(companyOfLamps, 'a.yaml')
if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
const company = compile(reading.document, 1)
const sdp = 'v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\nm=audio 5004 RTP/AVP 0\r\n'

/** A phone that says nothing at all is given up, in milliseconds. */
const givenUpAfter = 4000

type Event = 'call' | 'rings' | 'answers' | 'refuses' | 'hangs up' | 'crash'
const events = fc.constantFrom<Event>('call', 'rings', 'rings', 'answers', 'answers', 'refuses', 'hangs up', 'crash')

t.test('the lamp of one line equals the model when all is quiet', async (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ event: events, wait: fc.integer({ min: 0, max: 1500 }), answered: fc.boolean() }), {
        maxLength: 25,
      }),
      (steps) => {
        const calls = new CallWorld(company)
        const ben = new WatchingPhone(calls, 'ben', flowBy('UDP', '192.0.2.12'))
        ben.subscribe('sip:1001@north.test', 'Event: dialog\r\n')
        // The model: one call at a time, and how far it is.
        let state: 'none' | 'trying' | 'early' | 'confirmed' = 'none'
        let invite = ''
        let number = 0
        let shown = ''
        /** How long the phone that is called has said nothing, in milliseconds. */
        let silentFor = 0
        const take = (status: number) => {
          for (const { body } of ben.notified(status)) shown = shownIn(body)
        }
        for (const [index, { event, wait, answered }] of steps.entries()) {
          if (event === 'call' && state === 'none') {
            calls.invite('', sdp, ++number)
            invite = calls.taken('INVITE', phoneFlow).at(-1) ?? ''
            state = 'trying'
            silentFor = 0
          } else if (event === 'rings' && state === 'trying') {
            calls.respond(invite, phoneFlow, 180, 'annas')
            state = 'early'
          } else if (event === 'answers' && (state === 'trying' || state === 'early')) {
            calls.respond(invite, phoneFlow, 200, 'annas', '', sdp)
            state = 'confirmed'
          } else if (event === 'refuses' && (state === 'trying' || state === 'early')) {
            calls.respond(invite, phoneFlow, 486, 'annas')
            state = 'none'
          } else if (event === 'hangs up' && state === 'confirmed') {
            calls.fromPhone(invite, 'annas', 'BYE', 2)
            state = 'none'
          } else if (event === 'crash') {
            calls.restart()
            if (state !== 'confirmed') state = 'none'
          }
          calls.clock.advance(wait)
          silentFor += wait
          if (state === 'trying' && silentFor >= givenUpAfter) state = 'none'
          // Never so late that the phone would be given up.
          if (answered || index % 6 === 5) take(200)
        }
        // Less than the silence after which a phone that says nothing is not there.
        for (let round = 0; round < 4; round++) {
          take(200)
          calls.clock.advance(700)
        }
        take(200)
        const expected = state === 'none' ? '' : `${state} recipient tags sip:+441632960001@north.test`
        // A call that is only tried may have ended by itself meanwhile.
        return shown === expected || (state === 'trying' && shown === '')
      },
    ),
    { numRuns: 150 },
  )
  t.pass()
})
