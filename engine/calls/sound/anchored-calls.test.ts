/** Calls whose sound passes through us: what each party is told, and what media is told. */
import t from 'tap'
import type { SideStatistics } from '../../../media/protocol.ts'
import { compile } from '../../config/compile/compile-document.ts'
import { readDocument } from '../../config/read-document.ts'
import { parseMessage } from '../../sip/message.ts'
import { countingRandom } from '../../sip/recording-network.ts'
import type { Flow } from '../../sip/transport.ts'
import { VirtualClock } from '../../sip/virtual-clock.ts'
import { CallWorld, companyOfAnna, headerOf, phoneFlow, tagOf, trunkFlow } from '../call-world.ts'
import { DiallingPhone } from '../dialling-phone.ts'
import { noPrompts } from './prompts.ts'
import { RecordingMedia } from './recording-media.ts'
import type { SoundServices } from './sounds.ts'
import { isBehindNat, Sounds } from './sounds.ts'

function worldOf(document: string) {
  const reading = readDocument(document, 'company.yaml')
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
  const media = new RecordingMedia()
  return { media, world: new CallWorld(compile(reading.document, 1), 1_000_000_000, media) }
}

const sdp = (address: string, port: number, more = '', formats = '0 8 101') =>
  `v=0\r\no=x 1 1 IN IP4 ${address}\r\ns=-\r\nc=IN IP4 ${address}\r\nt=0 0\r\nm=audio ${port} RTP/AVP ${formats}\r\n` +
  `a=rtpmap:101 telephone-event/8000\r\n${more}`
const offer = sdp('203.0.113.7', 4000)
const answer = sdp('192.0.2.9', 5004, '', '0 101')
const noFigures: Omit<SideStatistics, 'side'> = {
  received: { packets: 0, bytes: 0 },
  sent: { packets: 0, bytes: 0 },
  lost: 0,
  jitter: 0,
  largestJitter: 0,
  reportedLost: null,
  reportedJitter: null,
  roundTrip: null,
  mos: null,
  sourceChanges: 0,
  silentFor: null,
  dropped: { strangers: 0, malformed: 0, unknownPayload: 0, notWanted: 0, refused: 0, late: 0 },
}
const nobody = { kind: 'outside', user: null, name: '', number: '', site: null, pbx: null } as const
const bodyOf = (text: string) => text.slice(text.indexOf('\r\n\r\n') + 4)
/** Where the audio of a message's description is to go. */
const placeOf = (text: string) =>
  `${/^c=IN IP4 (.*)\r$/m.exec(bodyOf(text))?.[1]}:${/^m=audio (\d+)/m.exec(bodyOf(text))?.[1]}`

function silentServices(): SoundServices {
  const nothing = () => undefined
  return {
    random: countingRandom(),
    clock: new VirtualClock(0),
    log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    events: {
      began: nothing,
      wentOn: nothing,
      answered: nothing,
      transferred: nothing,
      recorded: nothing,
      heard: nothing,
      ended: nothing,
    },
  }
}

/** The trunk's call to anna, answered. */
function answeredCall(world: CallWorld, headers = '', theOffer = offer, theAnswer = answer) {
  world.invite(headers, theOffer)
  const invite = world.one('INVITE', phoneFlow)
  world.respond(invite, phoneFlow, 200, 'p', '', theAnswer)
  const told = world.one('SIP/2.0 200', trunkFlow)
  world.fromTrunk('ACK', tagOf(told, 'To'), 1)
  world.taken('ACK', phoneFlow)
  return { invite, told, tag: tagOf(told, 'To') }
}

t.test('a call of a trunk: both are told ports of ours, and media who they are', async (t) => {
  const { world, media } = worldOf(companyOfAnna)
  const { invite, told } = answeredCall(world)
  t.match(placeOf(invite), /^192\.0\.2\.1:20002$/)
  t.match(placeOf(told), /^192\.0\.2\.1:20000$/)
  t.notMatch(invite + told, /203\.0\.113\.7|IP4 192\.0\.2\.9/, 'no address of the other')
  const [caller, callee] = media.only.sides
  t.match(caller, {
    local: { address: '192.0.2.1', port: 20_000, rtcpPort: 20_001 },
    remote: { address: '203.0.113.7', port: 4000, rtcpPort: 4001 },
    behindNat: null,
    sends: true,
    hears: true,
    packetTime: 20,
  })
  t.match(callee, { local: { port: 20_002 }, remote: { address: '192.0.2.9', port: 5004 } })
  t.same(
    [caller?.taking, caller?.sending].map((formats) => formats?.map(({ payloadType }) => payloadType)),
    [
      [0, 8, 101],
      [0, 101],
    ],
    'the caller takes what he offered and sends what was answered',
  )
  world.fromTrunk('BYE', tagOf(told, 'To'), 2)
  t.same([media.sessions.size, media.inUse.size, world.server.sounds.count], [0, 0, 0])
  world.respond(world.one('BYE', phoneFlow), phoneFlow, 200, '')
  t.same(world.entries, [])
})

t.test('the record of an answered call is told how its sound was; one that nobody answered is not', async (t) => {
  const { world, media } = worldOf(companyOfAnna)
  const { tag } = answeredCall(world, '', sdp('203.0.113.7', 4000, '', '8 0 101'))
  const { id, sides } = media.only
  const [{ id: call } = { id: '' }] = world.server.callViews()
  world.fromTrunk('BYE', tag, 2)
  t.same(world.heard, [], 'media has not told yet')
  const figures = (side: string, lost: number): SideStatistics => ({
    ...noFigures,
    side,
    lost,
    mos: 4.3567,
    largestJitter: 3.14,
    received: { packets: 50, bytes: 8600 },
  })
  const report = { report: 'statistics', session: id, last: true } as const
  world.server.sounds.reported({ ...report, sides: [figures(sides[1]?.id ?? '', 2), figures(sides[0]?.id ?? '', 1)] })
  t.match(world.heard, [
    [
      call,
      [
        { side: 'caller', codec: 'PCMU', packets: 50, lost: 1, mos: 4.36, largestJitter: 3.1, roundTrip: null },
        { side: 'callee', codec: 'PCMU', packets: 50, lost: 2, sent: 0, strangers: 0 },
      ],
    ],
  ])
  world.server.sounds.reported({ ...report, sides: [figures(sides[0]?.id ?? '', 1)] })
  t.equal(world.heard.length, 1, 'each session once')
  const other = worldOf(companyOfAnna)
  other.world.invite('', offer)
  const ringing = other.media.only
  other.world.fromTrunk('BYE', '', 2)
  const ended = { report: 'statistics', session: ringing.id, last: true } as const
  other.world.server.sounds.reported({ ...ended, sides: [figures(ringing.sides[0]?.id ?? '', 0)] })
  t.same(other.world.heard, [])
})

t.test('a trunk with codecs is offered these, in its order', async (t) => {
  const { world } = worldOf(companyOfAnna.replace('optionsSeconds: 0', 'optionsSeconds: 0, codecs: [PCMA, PCMU]'))
  const anna = new DiallingPhone(world, 'anna', phoneFlow)
  anna.dial('+441632960001', '', sdp('192.0.2.9', 4000, 'a=rtpmap:111 opus/48000/2\r\n', '111 0 8 101'))
  const invite = world.one('INVITE', trunkFlow)
  t.match(invite, /m=audio \d+ RTP\/AVP 8 0 101\r/)
  t.notMatch(invite, /opus/)
})

t.test('ports are bound before the INVITE leaves, and given back where nobody answers', async (t) => {
  for (const end of ['refused', 'cancelled', 'silent'] as const) {
    const { world, media } = worldOf(companyOfAnna)
    world.invite('', offer)
    const invite = world.one('INVITE', phoneFlow)
    t.equal(media.only.sides.length, 2)
    t.equal(media.only.sides[1]?.remote, null, 'nobody answered')
    if (end === 'refused') world.respond(invite, phoneFlow, 486, 'p')
    else if (end === 'cancelled') world.fromTrunk('BYE', '', 2)
    world.clock.advance(200_000)
    t.same([media.sessions.size, media.inUse.size], [0, 0], end)
  }
})

t.test('RFC 3264 §8: hold and resume are told; the version of the session rises only with changes', async (t) => {
  const { world, media } = worldOf(companyOfAnna)
  const { invite, tag } = answeredCall(world)
  const versionOf = (text: string) => /^o=- \d+ (\d+) /m.exec(bodyOf(text))?.[1]
  const renegotiate = (cseq: number, theOffer: string, theAnswer: string) => {
    world.fromTrunk('INVITE', tag, cseq, 'Contact: <sip:192.0.2.21>\r\n', theOffer)
    const passed = world.one('INVITE', phoneFlow)
    world.respond(passed, phoneFlow, 200, '', '', theAnswer)
    const back = world.one('SIP/2.0 200', trunkFlow)
    world.fromTrunk('ACK', tag, cseq)
    world.taken('ACK', phoneFlow)
    return { passed, back }
  }
  t.equal(versionOf(invite), '1')
  const held = renegotiate(
    2,
    sdp('203.0.113.7', 4000, 'a=sendonly\r\n'),
    sdp('192.0.2.9', 5004, 'a=recvonly\r\n', '0 101'),
  )
  t.equal(placeOf(held.passed), '192.0.2.1:20002', 'the same port')
  t.equal(versionOf(held.passed), '2')
  t.match(bodyOf(held.passed), /a=sendonly/)
  t.match(media.only.sides, [
    { sends: true, hears: false },
    { sends: false, hears: true },
  ])
  const again = renegotiate(
    3,
    sdp('203.0.113.7', 4000, 'a=sendonly\r\n'),
    sdp('192.0.2.9', 5004, 'a=recvonly\r\n', '0 101'),
  )
  t.equal(versionOf(again.passed), '2', 'nothing changed')
  renegotiate(4, offer, answer)
  t.match(media.only.sides, [
    { sends: true, hears: true },
    { sends: true, hears: true },
  ])
  renegotiate(5, offer.replace('c=IN IP4 203.0.113.7', 'c=IN IP4 0.0.0.0'), answer)
  t.match(media.only.sides, [{ hears: false }, { hears: true }], 'as RFC 2543 did it')
})

t.test('an offer that is refused changes nothing; one that is none is refused with 488', async (t) => {
  const { world, media } = worldOf(companyOfAnna)
  const { tag } = answeredCall(world)
  const before = JSON.stringify(media.only)
  world.fromTrunk('INVITE', tag, 2, 'Contact: <sip:192.0.2.21>\r\n', sdp('203.0.113.8', 4100))
  world.respond(world.one('INVITE', phoneFlow), phoneFlow, 488, '')
  t.match(world.one('SIP/2.0 488', trunkFlow), /^SIP/)
  world.fromTrunk('ACK', tag, 2)
  world.taken('ACK', phoneFlow)
  t.equal(JSON.stringify(media.only), before)
  world.fromTrunk('INVITE', tag, 3, 'Contact: <sip:192.0.2.21>\r\n', 'v=0\r\nodd\r\n')
  world.one('SIP/2.0 488', trunkFlow)
  t.same(world.taken('INVITE', phoneFlow), [])
})

t.test('RFC 3264 §5: an offer that comes with the answer, whose answer comes with the ACK', async (t) => {
  const { world, media } = worldOf(companyOfAnna)
  world.invite('', '')
  const invite = world.one('INVITE', phoneFlow)
  t.equal(bodyOf(invite), '')
  world.respond(invite, phoneFlow, 200, 'p', '', answer)
  const told = world.one('SIP/2.0 200', trunkFlow)
  t.equal(placeOf(told), '192.0.2.1:20000')
  t.equal(media.only.sides[1]?.remote, null, 'not in force yet')
  world.fromTrunk('ACK', tagOf(told, 'To'), 1, '', offer)
  t.equal(placeOf(world.one('ACK', phoneFlow)), '192.0.2.1:20002')
  t.match(media.only.sides, [{ remote: { address: '203.0.113.7' } }, { remote: { address: '192.0.2.9' } }])
})

t.test('an ACK that brings the answer when the call has been ended takes no ports', async (t) => {
  const { world, media } = worldOf(companyOfAnna)
  world.invite('', '')
  world.respond(world.one('INVITE', phoneFlow), phoneFlow, 200, 'p', '', answer)
  const told = world.one('SIP/2.0 200', trunkFlow)
  for (const call of world.server.calls.all()) call.hangUp('')
  world.fromTrunk('ACK', tagOf(told, 'To'), 1, '', offer)
  t.match(world.one('ACK', phoneFlow), /^m=audio 0 /m)
  world.respond(world.one('BYE', phoneFlow), phoneFlow, 200, '')
  world.respond(world.one('BYE', trunkFlow), trunkFlow, 200, '')
  t.same([media.sessions.size, media.inUse.size, world.server.sounds.count], [0, 0, 0])
})

t.test('an UPDATE with an offer passes with our ports (RFC 3311)', async (t) => {
  const { world, media } = worldOf(companyOfAnna)
  world.invite('Allow: INVITE, UPDATE\r\n', offer)
  const invite = world.one('INVITE', phoneFlow)
  world.respond(invite, phoneFlow, 200, 'p', 'Allow: INVITE, UPDATE\r\n', answer)
  const told = world.one('SIP/2.0 200', trunkFlow)
  world.fromTrunk('ACK', tagOf(told, 'To'), 1)
  world.fromTrunk('UPDATE', tagOf(told, 'To'), 2, 'Contact: <sip:192.0.2.21>\r\n', sdp('203.0.113.7', 4200))
  const update = world.one('UPDATE', phoneFlow)
  t.equal(placeOf(update), '192.0.2.1:20002')
  world.respond(update, phoneFlow, 200, '', '', answer)
  t.equal(placeOf(world.one('SIP/2.0 200', trunkFlow)), '192.0.2.1:20000')
  t.equal(media.only.sides[0]?.remote?.port, 4200)
})

t.test('early media: each phone has ports of its own, and the loser gives them back', async (t) => {
  const { world, media } = worldOf(companyOfAnna)
  const second: Flow = { ...phoneFlow, address: '192.0.2.10' }
  world.register('anna', second)
  world.invite('', offer)
  const [one, other] = [world.one('INVITE', phoneFlow), world.one('INVITE', second)]
  world.respond(one, phoneFlow, 183, 'p', '', answer)
  const early = world.one('SIP/2.0 183', trunkFlow)
  t.equal(placeOf(early), '192.0.2.1:20000')
  world.respond(other, second, 200, 'q', '', sdp('192.0.2.10', 5006))
  const told = world.one('SIP/2.0 200', trunkFlow)
  t.equal(placeOf(told), '192.0.2.1:20004')
  t.not(tagOf(told, 'To'), tagOf(early, 'To'))
  t.equal(media.only.sides[1]?.remote?.address, '192.0.2.10')
  t.same([...media.inUse.keys()], [20_004, 20_006])
})

t.test('singleDialog: one stable answer, whoever is heard and whoever answers', async (t) => {
  const { world, media } = worldOf(companyOfAnna.replace('optionsSeconds: 0', 'optionsSeconds: 0, singleDialog: true'))
  const second: Flow = { ...phoneFlow, address: '192.0.2.10' }
  world.register('anna', second)
  world.invite('', offer)
  const [one, other] = [world.one('INVITE', phoneFlow), world.one('INVITE', second)]
  world.respond(one, phoneFlow, 183, 'p', '', answer)
  const early = world.one('SIP/2.0 183', trunkFlow)
  const withCaller = () => [...media.sessions.values()].find(({ sides }) => sides.length === 2)
  t.equal(withCaller()?.sides[1]?.remote?.address, '192.0.2.9')
  world.respond(other, second, 200, 'q', '', sdp('192.0.2.10', 5006, '', '8 101'))
  const told = world.one('SIP/2.0 200', trunkFlow)
  t.equal(bodyOf(told), bodyOf(early), 'never two answers')
  t.equal(tagOf(told, 'To'), tagOf(early, 'To'))
  t.equal(media.only.sides[1]?.remote?.address, '192.0.2.10')
  t.equal(media.only.sides[0]?.local.port, 20_000)
  world.fromTrunk('ACK', tagOf(told, 'To'), 1)
  world.fromTrunk('BYE', tagOf(told, 'To'), 2)
  t.same([media.sessions.size, media.inUse.size], [0, 0])
})

for (const isHeard of [false, true]) {
  t.test(
    `singleDialog: a call${isHeard ? ' that is heard' : ''} is picked up where no media process is there`,
    async (t) => {
      const { world, media } = worldOf(
        companyOfAnna.replace('optionsSeconds: 0', 'optionsSeconds: 0, singleDialog: true'),
      )
      world.invite('', offer)
      const invite = world.one('INVITE', phoneFlow)
      world.respond(invite, phoneFlow, isHeard ? 183 : 180, 'p', '', isHeard ? answer : '')
      const early = isHeard ? world.one('SIP/2.0 183', trunkFlow) : ''
      const other = new DiallingPhone(world, 'anna', { ...phoneFlow, address: '192.0.2.10' })
      media.available = false
      const rings = `${headerOf(invite, 'Call-ID')};to-tag=p;from-tag=${tagOf(invite, 'From')};early-only`
      const answers = other.dial('1001', `Replaces: ${rings}\r\n`)
      t.match(answers.at(-1), /^SIP\/2.0 200 OK/)
      const told = world.one('SIP/2.0 200', trunkFlow)
      world.one('CANCEL', phoneFlow)
      world.respond(invite, phoneFlow, 487, 'p')
      t.same([media.sessions.size, media.inUse.size], [0, 0], 'his ports are given back')
      world.fromTrunk('ACK', tagOf(told, 'To'), 1)
      other.within(answers.at(-1) ?? '', 'ACK')
      world.clock.advance(1000)
      const asked = [...world.taken('INVITE', trunkFlow), ...world.taken('INVITE', other.flow)]
      t.equal(bodyOf(told) === bodyOf(early), isHeard, 'never two answers')
      t.equal(asked.length > 0, isHeard, 'both are asked for the sessions they have now')
    },
  )
}

t.test('a crash of the engine: the next one has the same sound, and tells it on', async (t) => {
  const { world, media } = worldOf(companyOfAnna)
  const { tag } = answeredCall(world)
  const before = JSON.stringify(media.only)
  media.sessions.clear()
  media.inUse.clear()
  world.restart()
  t.equal(JSON.stringify(media.only), before)
  t.same([...media.inUse.keys()], [20_000, 20_002])
  world.fromTrunk('INVITE', tag, 2, 'Contact: <sip:192.0.2.21>\r\n', sdp('203.0.113.9', 4300))
  const passed = world.one('INVITE', phoneFlow)
  t.equal(placeOf(passed), '192.0.2.1:20002')
  world.respond(passed, phoneFlow, 200, '', '', answer)
  t.equal(media.only.sides[0]?.remote?.address, '203.0.113.9')
  world.fromTrunk('ACK', tag, 2)
  world.fromTrunk('BYE', tag, 3)
  t.same([media.sessions.size, media.inUse.size], [0, 0])
})

t.test('no media process: the call goes on as if there were none to be had', async (t) => {
  const { world, media } = worldOf(companyOfAnna)
  media.available = false
  const { invite, told } = answeredCall(world)
  t.equal(bodyOf(invite), offer)
  t.equal(bodyOf(told), answer)
})

t.test('a stream that cannot pass is declined, and never dropped', async (t) => {
  const { world, media } = worldOf(companyOfAnna)
  const { invite } = answeredCall(world, '', `${offer}m=image 4002 udptl t38\r\nm=video 4004 RTP/AVP 31\r\n`)
  t.match(bodyOf(invite), /m=image 0 udptl t38\r\nm=video 20006 RTP\/AVP 31/)
  t.equal(media.sessions.size, 2, 'the picture has a session of its own')
})

t.test('a call that may be recorded is offered only codecs that recordings understand', async (t) => {
  const wideband = sdp('203.0.113.7', 4000, 'a=rtpmap:111 opus/48000/2\r\na=fmtp:111 useinbandfec=1\r\n', '111 0 8 101')
  const recorded = companyOfAnna.replace('ringSeconds: 120', 'ringSeconds: 120, recording: { mode: on-demand }')
  for (const document of [companyOfAnna, recorded]) {
    const { world } = worldOf(document)
    world.invite('', wideband)
    const invite = world.one('INVITE', phoneFlow)
    const isRecorded = document === recorded
    t.match(invite, isRecorded ? /m=audio \d+ RTP\/AVP 0 8 101\r/ : /m=audio \d+ RTP\/AVP 111 0 8 101\r/)
    t.equal(invite.includes('opus'), !isRecorded)
  }
})

t.test('a transfer while a call is recorded: the same session and recording, with the other party', async (t) => {
  const media = new RecordingMedia()
  const sounds = new Sounds({ media, prompts: noPrompts }, silentServices())
  const side = (id: string, flow: Flow) => sounds.side(id, flow, false)
  const message = (body: string) => {
    const read = parseMessage(
      'INVITE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bKx\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\n' +
        `Call-ID: x\r\nCSeq: 1 INVITE\r\nContent-Type: application/sdp\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    )
    if (read === null) throw new Error('The test is wrong')
    return read
  }
  const before = sounds.join(media, 'one', side('a', trunkFlow), side('b', phoneFlow), false)
  before.offered(before.caller, message(offer))
  before.answered(before.callee, message(answer))
  before.terms = {
    owners: [],
    announcedFirst: false,
    beep: false,
    languages: { caller: 'en', callee: 'en' },
    order: { call: 'x', direction: 'incoming', caller: nobody, callee: nobody },
  }
  before.recording = { id: 'r', state: 'on', beepSeconds: 0, description: {} }
  before.tell()
  const next = sounds.join(
    media,
    'two',
    side('c', trunkFlow),
    side('d', { ...phoneFlow, address: '192.0.2.10' }),
    false,
  )
  sounds.succeed(before, next)
  t.same(media.closed, [])
  next.offered(next.caller, message(offer))
  next.answered(next.callee, message(sdp('192.0.2.10', 5008)))
  t.match(media.only, {
    id: 'one',
    recording: { id: 'r' },
    sides: [{ id: 'c' }, { id: 'd', remote: { address: '192.0.2.10' } }],
  })
  t.equal(media.inUse.size, 2, 'those of the first sound are given back')
  sounds.end(next)
  t.same([media.closed, media.inUse.size, sounds.count], [['one'], 0, 0])
})

t.test('RFC 3261 §18.2.1: who says another address than he sends from is behind address translation', async (t) => {
  const from = (via: string) => {
    const message = parseMessage(
      `INVITE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP ${via};branch=z9hG4bKx\r\nFrom: <sip:a@b>;tag=1\r\n` +
        'To: <sip:c@d>\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n',
    )
    if (message === null) throw new Error('The test is wrong')
    return isBehindNat(message, phoneFlow)
  }
  t.notOk(from('192.0.2.9:5070'))
  t.ok(from('10.1.2.3:5060;rport'))
  t.ok(from('[2001:db8::1]:5060'))
  t.notOk(from('phone.example.com'), 'a name says nothing')
  const sounds = new Sounds(null, silentServices())
  const side = sounds.side('a', phoneFlow, true)
  side.ports.push({ process: 0, local: { address: '192.0.2.1', port: 2, rtcpPort: 3 }, shown: 'x' })
  t.equal(side.mediaSide(0, false)?.behindNat, '192.0.2.9', 'its sound is taken from where it signals')
})
