/** Calls that the server answers itself, with a media process: lines, and words after a code. */
import t from 'tap'
import { compile } from '../../config/compile/compile-document.ts'
import { readDocument } from '../../config/read-document.ts'
import { flowBy } from '../../sip/recording-network.ts'
import { CallWorld } from '../call-world.ts'
import { DiallingPhone } from '../dialling-phone.ts'
import { companyOfLamps } from '../watching-phone.ts'
import { RecordingMedia } from './recording-media.ts'

const reading = readDocument(companyOfLamps, 'a.yaml')
if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
const snapshot = compile(reading.document, 1)

function dialled(code: string, body?: string) {
  const media = new RecordingMedia()
  // Friday, 27 November 2026, 17:05 in London.
  const world = new CallWorld(snapshot, Date.UTC(2026, 10, 27, 17, 5), media, {
    ask: (_request, done) => done({ result: 'done' }),
  })
  const ben = new DiallingPhone(world, 'ben', flowBy('UDP', '192.0.2.12'))
  const answer = ben.dial(code, '', body).at(-1) ?? ''
  if (answer.startsWith('SIP/2.0 200')) ben.within(answer, 'ACK')
  /** What is heard now has been heard to its end. */
  const heard = (): string => {
    const [side] = media.only.sides
    const play = side?.play ?? null
    if (side === undefined || play === null) return ''
    world.server.sounds.reported({
      report: 'played',
      session: media.only.id,
      side: side.id,
      play: play.id,
      fault: '',
    })
    return play.source.kind === 'files' ? play.source.files.join(', ') : 'tones'
  }
  return { world, media, ben, answer, heard }
}

t.test('the echo line: a word, and then the phone hears itself', async (t) => {
  const { world, media, ben, answer, heard } = dialled('*43')
  t.match(answer, /^SIP\/2.0 200/)
  t.match(answer, /m=audio 20000 RTP\/AVP 8 101\r\na=rtpmap:8 PCMA\/8000\r\na=rtpmap:101 telephone-event\/8000\r\n/)
  t.match(media.only.sides, [{ remote: { address: '192.0.2.12', port: 4000 }, sends: true, hears: true }])
  t.equal(heard(), 'echo-test')
  t.match(media.only, { join: 'echo', sides: [{ play: null }] })
  world.clock.advance(300_000)
  t.match(media.only, { join: 'relay' })
  t.equal(heard(), 'echo-test-over')
  ben.respond(ben.one('BYE'), 200)
  t.same([media.sessions.size, media.inUse.size, world.server.sounds.count], [0, 0, 0])
  t.same(world.entries, [])
})

t.test('the time, as the clocks of his zone show it, three times', async (t) => {
  const { world, media, ben, heard } = dialled('*46')
  const said = 'date-is, 2026 11 27, time-is, 17 5'
  for (let told = 0; told < 3; told++) {
    t.equal(heard(), said)
  }
  ben.respond(ben.one('BYE'), 200)
  t.equal(media.sessions.size, 0)
  t.ok(world.server.usage.idle)
})

t.test('the milliwatt line is a tone for as long as he listens', async (t) => {
  const { media, ben, answer, heard } = dialled('*41')
  t.equal(heard(), 'milliwatt')
  t.match(media.only.sides, [{ play: { loop: true, source: { kind: 'tones' } } }])
  ben.within(answer, 'BYE')
  t.same([media.sessions.size, media.inUse.size], [0, 0])
})

t.test('what is done by a code is said', async (t) => {
  const { ben, heard, media } = dialled('*721001')
  t.equal(heard(), 'forward-all-on, 1001')
  ben.respond(ben.one('BYE'), 200)
  t.equal(media.sessions.size, 0)
})

t.test('a phone without G.711 gets 488, one without an offer gets ours', async (t) => {
  const head = 'v=0\r\no=- 1 1 IN IP4 192.0.2.12\r\ns=-\r\nc=IN IP4 192.0.2.12\r\nt=0 0\r\n'
  const refused = dialled('*43', `${head}m=audio 4000 RTP/AVP 9\r\n`)
  t.match(refused.answer, /^SIP\/2.0 488/)
  t.same([refused.media.inUse.size, refused.world.server.sounds.count], [0, 0])
  const { answer, media } = dialled('*43', '')
  t.match(answer, /m=audio 20000 RTP\/AVP 8 0 101/)
  t.equal(media.sessions.size, 0, 'until the ACK says where the phone is')
  const two = dialled('*43', `${head}m=video 4002 RTP/AVP 31\r\nm=audio 4000 RTP/AVP 0\r\na=sendonly\r\n`)
  t.match(
    two.answer,
    /m=video 0 RTP\/AVP 31\r\nm=audio 20000 RTP\/AVP 0\r\na=rtpmap:0 PCMU\/8000\r\na=ptime:20\r\na=recvonly/,
  )
  t.match(two.media.only.sides, [{ hears: false }])
})

t.test('without a media process a line is none', async (t) => {
  const world = new CallWorld(snapshot)
  const ben = new DiallingPhone(world, 'ben', flowBy('UDP', '192.0.2.12'))
  t.match(ben.dial('*43').at(-1), /^SIP\/2.0 501/)
})
