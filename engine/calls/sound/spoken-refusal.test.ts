/** What callers hear before they are refused. */
import t from 'tap'
import { compile } from '../../config/compile/compile-document.ts'
import { readDocument } from '../../config/read-document.ts'
import { flowBy } from '../../sip/recording-network.ts'
import { CallWorld, headerOf, phoneFlow, tagOf, trunkFlow } from '../call-world.ts'
import { DiallingPhone } from '../dialling-phone.ts'
import { RecordingMedia } from './recording-media.ts'
import { refusalPrompt } from './refusal-prompts.ts'

const company = (anna = '', pbx = '') => `
account: { name: Acme, language: fr }
pbxs: [{ id: north, name: North, domain: north.test, country: GB, dialCode: '22'${pbx} }]
sites: [{ id: n, name: N, pbx: north, timeZone: Europe/London }]
users:
  - { userName: anna, firstName: Anna, lastName: A, email: a@b.c, site: n, extension: 1001${anna} }
  - { userName: ben, firstName: Ben, lastName: B, email: b@b.c, site: n, extension: 1002, language: de }
devices:
  - { user: anna, sipUserName: anna, password: '12345678' }
  - { user: ben, sipUserName: ben, password: '12345678' }
phoneNumbers: [{ number: +442079460101, user: anna }, { number: +442079460102, user: ben }]
trunks:
  - { id: one, name: One, address: 192.0.2.21, trusted: [{ address: 192.0.2.21 }], prefixes: [+], optionsSeconds: 0 }
`
const sdp = 'v=0\r\no=x 1 1 IN IP4 203.0.113.7\r\ns=-\r\nc=IN IP4 203.0.113.7\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n'

function start(document = company()) {
  const reading = readDocument(document, 'company.yaml')
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
  const media = new RecordingMedia()
  const world = new CallWorld(compile(reading.document, 1), 1_000_000_000, media)
  const ben = new DiallingPhone(world, 'ben', flowBy('UDP', '192.0.2.12'))
  /** What the caller hears; `toEnd`: to its end. */
  const heard = (toEnd = false) => {
    world.clock.advance(200)
    const session = [...media.sessions.values()].find(({ sides }) => sides[0]?.play != null)
    const [side] = session?.sides ?? []
    if (session === undefined || side?.play?.source.kind !== 'files') return ''
    const report = { report: 'played', session: session.id, side: side.id, play: side.play.id, fault: '' } as const
    if (toEnd) world.server.sounds.reported(report)
    return side.play.source.files.join(' ')
  }
  const nothingIsLeft = () => {
    world.clock.advance(40_000)
    t.same([media.sessions.size, media.inUse.size, world.server.sounds.count], [0, 0, 0])
    t.same([world.server.sounds.spokenRefusals, world.server.calls.count, world.server.calls.dialogs], [0, 0, 0])
    t.same(world.entries, [])
  }
  return { world, media, ben, heard, nothingIsLeft }
}

t.test(
  'a number not in service: said before the answer, in the language of the caller, and refused then',
  async (t) => {
    const { world, media, ben, heard, nothingIsLeft } = start()
    const progress = ben.dial('1999').at(-1) ?? ''
    t.match(progress, /^SIP\/2.0 183 /)
    t.match(progress, /c=IN IP4 192\.0\.2\.1\r\nt=0 0\r\nm=audio 20000 RTP\/AVP 8 101\r\n/)
    t.match(media.only.sides, [{ remote: { address: '192.0.2.12', port: 4000 }, hears: true, play: null }])
    t.equal(heard(), 'de/number-not-in-service')
    t.same(world.taken('SIP/2.0', ben.flow), [], 'not while he is spoken to')
    heard(true)
    t.match(ben.one('SIP/2.0'), /^SIP\/2.0 404 Number Not In Service/)
    t.same(world.ended, ['server 404'])
    nothingIsLeft()
  },
)

t.test('RFC 3261 §9.2: a caller who hangs up meanwhile', async (t) => {
  const { world, ben, heard, nothingIsLeft } = start()
  ben.dial('1999')
  heard()
  ben.cancel()
  t.match(world.taken('SIP/2.0', ben.flow).join('\n'), /SIP\/2.0 487 /)
  t.same(world.ended, ['caller 487'])
  nothingIsLeft()
})

t.test('media that never says that it has said it', async (t) => {
  const { world, ben, nothingIsLeft } = start()
  ben.dial('1999')
  world.clock.advance(12_000)
  t.match(ben.one('SIP/2.0'), /^SIP\/2.0 404 /)
  nothingIsLeft()
})

t.test('at once: without an offer, with Require: 100rel, without media, and beside too many others', async (t) => {
  for (const [headers, body] of [
    ['', ''],
    ['Require: 100rel\r\n', undefined],
  ] as const) {
    const { ben, nothingIsLeft } = start()
    t.match(ben.dial('1999', headers, body).at(-1), /^SIP\/2.0 404 /)
    nothingIsLeft()
  }
  const gone = start()
  gone.media.available = false
  t.match(gone.ben.dial('1999').at(-1), /^SIP\/2.0 404 /)
  const full = start()
  full.world.server.sounds.spokenRefusals = 200
  t.match(full.ben.dial('1999').at(-1), /^SIP\/2.0 404 /)
  const keyless = start()
  const g729 = keyless.ben.sdp.replace('RTP/AVP 8 101', 'RTP/AVP 18')
  t.match(keyless.ben.dial('1999', '', g729).at(-1), /^SIP\/2.0 404 /, 'a codec that is not spoken here')
  keyless.nothingIsLeft()
})

t.test('a call that rang in vain: nobody answers, in the language of the account to a carrier', async (t) => {
  const { world, heard, nothingIsLeft } = start(company(', ringSeconds: 10, voicemail: { enabled: false }'))
  world.invite('', sdp)
  const invite = world.one('INVITE', phoneFlow)
  world.respond(invite, phoneFlow, 180, 'p')
  world.one('SIP/2.0 180', trunkFlow)
  world.clock.advance(10_000)
  const progress = world.one('SIP/2.0 183', trunkFlow)
  t.equal(heard(true), 'fr/nobody-answers')
  const refused = world.one('SIP/2.0 480', trunkFlow)
  t.match(refused, /^SIP\/2.0 480 No Answer/)
  t.not(tagOf(progress, 'To'), '')
  t.match(headerOf(refused, 'CSeq'), /INVITE/)
  world.fromTrunk('ACK', tagOf(refused, 'To'), 1)
  world.respond(world.one('CANCEL', phoneFlow), phoneFlow, 200, 'p')
  world.respond(invite, phoneFlow, 487, 'p')
  nothingIsLeft()
})

t.test('RFC 3261 §15.1.2: BYE in the early dialog in which he hears it', async (t) => {
  const { world, heard, nothingIsLeft } = start(company(', ringSeconds: 10, voicemail: { enabled: false }'))
  world.invite('', sdp)
  const invite = world.one('INVITE', phoneFlow)
  world.respond(invite, phoneFlow, 180, 'p')
  world.clock.advance(10_000)
  const progress = world.one('SIP/2.0 183', trunkFlow)
  heard()
  world.fromTrunk('BYE', tagOf(progress, 'To'), 2)
  const refused = world.taken('SIP/2.0 487', trunkFlow).at(-1) ?? ''
  t.not(refused, '')
  world.fromTrunk('ACK', tagOf(refused, 'To'), 1)
  world.respond(invite, phoneFlow, 487, 'p')
  nothingIsLeft()
})

t.test('busy has a tone of its own; whoever has heard a phone or carrier already hears nothing more', async (t) => {
  const busy = start(company(', voicemail: { enabled: false }'))
  busy.world.invite('', sdp)
  busy.world.respond(busy.world.one('INVITE', phoneFlow), phoneFlow, 486, 'p')
  t.match(busy.world.one('SIP/2.0 4', trunkFlow), /^SIP\/2.0 486 /)
  const early = start()
  early.ben.dial('+441632960001')
  const invite = early.world.one('INVITE', trunkFlow)
  early.world.respond(invite, trunkFlow, 183, 'c', '', sdp)
  early.world.taken('SIP/2.0', early.ben.flow)
  early.world.respond(invite, trunkFlow, 404, 'c')
  t.match(early.ben.one('SIP/2.0'), /^SIP\/2.0 404 /)
})

t.test('a feature code that is refused says why', async (t) => {
  const { ben, heard } = start()
  t.match(ben.dial('*68').at(-1), /^SIP\/2.0 183 /)
  t.equal(heard(true), 'de/code-failed')
  t.match(ben.one('SIP/2.0'), /^SIP\/2.0 404 You Hold No Call To Park/)
})

t.test('what is said for which refusal, and what only our own phones hear', async (t) => {
  t.equal(refusalPrompt(403, 'Calling Plan Does Not Allow This Number', 'call'), 'call-not-permitted')
  t.equal(refusalPrompt(403, 'Calling Plan Does Not Allow This Number', 'carrier'), '')
  t.equal(refusalPrompt(404, 'Number Not In Service', 'carrier'), 'number-not-in-service')
  t.equal(refusalPrompt(404, 'Whatever A Carrier Says', 'call'), 'number-not-in-service')
  t.equal(refusalPrompt(403, 'constructor', 'code'), 'code-not-permitted')
  t.equal(refusalPrompt(488, 'Not Acceptable Here', 'call'), 'codecs-differ')
  t.equal(refusalPrompt(503, 'No Trunk For Emergency Calls', 'call'), '')
  t.equal(refusalPrompt(486, 'Busy Here', 'call'), '')
})
