/** Recording of calls whose sound passes through us: what media is told, and who is heard meanwhile. */
import t from 'tap'
import type { MediaSession } from '../../../media/protocol.ts'
import { compile } from '../../config/compile/compile-document.ts'
import { readDocument } from '../../config/read-document.ts'
import { parseMessage } from '../../sip/message.ts'
import { flowBy } from '../../sip/recording-network.ts'
import { CallWorld, companyOfAnna, phoneFlow, tagOf, trunkFlow } from '../call-world.ts'
import { DiallingPhone } from '../dialling-phone.ts'
import { orderRecording } from '../ordered-recording.ts'
import { companyOfLamps } from '../watching-phone.ts'
import { digitOfInfo, recordWish } from './recording-info.ts'
import { RecordingMedia } from './recording-media.ts'

const sdp = (address: string) =>
  `v=0\r\no=x 1 1 IN IP4 ${address}\r\ns=-\r\nc=IN IP4 ${address}\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0 101\r\n` +
  'a=rtpmap:101 telephone-event/8000\r\n'

/** The trunk's call to anna, answered. `recording`: of anna, `account`: fields of the account. */
function answered(recording: string, account = '') {
  const document = companyOfAnna
    .replace('ringSeconds: 120', `ringSeconds: 120, recording: { ${recording} }`)
    .replace('{ name: Acme }', `{ name: Acme${account} }`)
  const reading = readDocument(document, 'company.yaml')
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
  const media = new RecordingMedia()
  const world = new CallWorld(compile(reading.document, 1), 1_000_000_000, media)
  world.invite('', sdp('203.0.113.7'))
  const invite = world.one('INVITE', phoneFlow)
  world.respond(invite, phoneFlow, 200, 'p', '', sdp('192.0.2.9'))
  const told = world.one('SIP/2.0 200', trunkFlow)
  world.fromTrunk('ACK', tagOf(told, 'To'), 1)
  world.network.take()
  let cseq = 1
  const info = (headers: string, body = '', type = '') => {
    const lines = type === '' ? headers : `${headers}Content-Type: ${type}\r\n`
    world.fromPhoneWithType(invite, 'p', 'INFO', cseq++, lines, body)
  }
  const digits = (text: string, side = media.only.sides[1]?.id ?? '') => {
    for (const digit of text) {
      world.server.sounds.reported({ report: 'digit', session: media.only.id, side, digit, by: 'event' })
    }
  }
  const played = (index: 0 | 1) => {
    const side = media.only.sides[index]
    world.server.sounds.reported({
      report: 'played',
      session: media.only.id,
      side: side?.id ?? '',
      play: side?.play?.id ?? '',
      fault: '',
    })
  }
  return { world, media, info, digits, played, tag: tagOf(told, 'To') }
}

const plays = ({ sides }: MediaSession) =>
  sides.map(({ play }) => (play?.source.kind === 'files' ? play.source.files.join(' ') : ''))

t.test('always: recorded from the first packet, with all that is known of it', async (t) => {
  const { world, media, tag } = answered('mode: always')
  t.match(media.only, { join: 'relay', recording: { state: 'on', beepSeconds: 0 } })
  t.match(media.only.recording?.description, {
    direction: 'incoming',
    caller: { kind: 'outside', number: '+441632960001' },
    callee: { kind: 'user', user: 'anna', number: '1001', site: 'n', pbx: 'north' },
    owners: ['anna'],
    trigger: 'always',
    announced: 'neither',
  })
  t.equal(media.only.recording?.id, media.only.recording?.description['id'])
  t.same(plays(media.only), ['', ''])
  t.same(world.recorded, [[media.only.recording?.description['call'], media.only.recording?.id]], 'for its record')
  world.fromTrunk('BYE', tag, 2)
  t.equal(media.sessions.size, 0)
})

t.test('the policy by which it is kept goes with it: of the owner, else of his PBX or the account', async (t) => {
  const policies =
    ', recordingPolicy: usual, recordingPolicies: [{ id: usual, name: U, hotDays: 3 }, { id: long, name: L, hotDays: 9 }]'
  t.equal(answered('mode: always').media.only.recording?.description['policy'], null)
  t.equal(answered('mode: always', policies).media.only.recording?.description['policy'], 'usual')
  t.equal(answered('mode: always, policy: long', policies).media.only.recording?.description['policy'], 'long')
})

for (const [announcement, heard] of [
  ['neither', ['', '']],
  ['me', ['', 'call-recorded']],
  ['remote-party', ['call-recorded', '']],
  ['both', ['call-recorded', 'call-recorded']],
] as const) {
  t.test(`announcement to ${announcement}: over the speech, while it is recorded`, async (t) => {
    const { media, played } = answered(`mode: always, announcement: ${announcement}`)
    t.same(plays(media.only), heard)
    t.match(media.only, { join: 'relay', recording: { state: 'on' } })
    t.equal(media.only.recording?.description['announced'], announcement)
    for (const index of [0, 1] as const) if (heard[index] !== '') played(index)
    t.same(plays(media.only), ['', ''])
  })

  t.test(`announcement to ${announcement}: first, before they are joined and recorded`, async (t) => {
    const { media, played } = answered(
      `mode: always, announcement: ${announcement}`,
      ', recordingAnnouncement: first, recordingBeep: true',
    )
    t.same(plays(media.only), heard)
    const indexes = ([0, 1] as const).filter((index) => heard[index] !== '')
    for (const index of indexes) {
      t.match(media.only, { join: 'apart', recording: null })
      played(index)
    }
    t.match(media.only, { join: 'relay', recording: { state: 'on', beepSeconds: 15 } })
    t.same(plays(media.only), ['', ''])
  })
}

t.test('an announcement that nobody tells the end of keeps nobody apart', async (t) => {
  const { world, media } = answered('mode: always, announcement: both', ', recordingAnnouncement: first')
  world.clock.advance(20_000)
  t.match(media.only, { join: 'relay', recording: { state: 'on' } })
})

t.test('on demand: *1 starts, and stops; other keys and other people do not', async (t) => {
  const { world, media, digits } = answered('mode: on-demand')
  t.equal(media.only.recording, null)
  digits('1*21**')
  t.equal(media.only.recording, null)
  digits('1')
  t.match(media.only.recording, { state: 'on', description: { trigger: 'on-demand', owners: ['anna'] } })
  t.same(plays(media.only), ['', 'recording-on'], 'who pressed hears it')
  digits('*1')
  t.equal(media.only.recording, null)
  digits('*1', media.only.sides[0]?.id)
  t.equal(media.only.recording, null, 'the caller may not')
  digits('*')
  world.clock.advance(3000)
  digits('1')
  t.equal(media.only.recording, null, 'too late')
})

t.test('keys by INFO, in both forms, and the record key', async (t) => {
  const { world, media, info } = answered('mode: on-demand')
  info('', 'Signal=*\r\nDuration=160\r\n', 'application/dtmf-relay')
  info('', 'Signal=1\r\nDuration=160\r\n', 'application/dtmf-relay')
  t.match(media.only.recording, { state: 'on' })
  t.equal(world.taken('INFO', trunkFlow).length, 2, 'the other side gets keys as well')
  info('', '*', 'application/dtmf')
  info('', '1', 'application/dtmf')
  t.equal(media.only.recording, null)
  world.network.take()
  info('Record: on\r\n')
  t.match(media.only.recording, { state: 'on' })
  world.one('SIP/2.0 200', phoneFlow)
  info('Record: on\r\n')
  t.match(world.one('SIP/2.0 403', phoneFlow), /being recorded already/)
  info('Record: off\r\n')
  t.equal(media.only.recording, null)
  t.same(world.taken('INFO', trunkFlow), [], 'the record key is between the phone and us')
})

t.test('whose mode is never may not start one; a failed one is let go, and the call goes on', async (t) => {
  const { world, media, info } = answered('mode: always')
  info('Record: off\r\n')
  t.match(world.one('SIP/2.0 403', phoneFlow), /may not start and stop/)
  const recording = media.only.recording?.id ?? ''
  const about = { file: '', bytes: 0, milliseconds: 0, sha256: '', fault: 'the disk is full', at: 0 }
  world.server.sounds.reported({ report: 'recording', session: media.only.id, recording, state: 'failed', ...about })
  t.equal(media.only.recording, null)
  t.equal(world.server.callsInProgress, 1)
})

t.test('a crash: the same recording goes on, and *1 still works', async (t) => {
  const { world, media, digits } = answered('mode: on-demand')
  digits('*1')
  const { recording } = media.only
  t.not(recording, null)
  world.restart()
  t.same(media.only.recording, recording)
  digits('*1')
  t.equal(media.only.recording, null)
})

t.test('what INFO says of keys and of recording', async (t) => {
  const read = (headers: string, body = '') => {
    const text =
      'INFO sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bKx\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>;tag=2\r\n' +
      `Call-ID: x\r\nCSeq: 1 INFO\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`
    const message = parseMessage(text)
    if (message === null) throw new Error('The test is wrong')
    return message
  }
  const digit = (type: string, body: string) => digitOfInfo(read(`Content-Type: ${type}\r\n`, body))
  t.equal(digit('application/dtmf-relay', 'Signal= 5\r\nDuration= 160\r\n'), '5')
  t.equal(digit('application/dtmf-relay', 'signal=10\n'), '*')
  t.equal(digit('application/dtmf-relay', 'Signal=11'), '#')
  t.equal(digit('application/dtmf', 'd'), 'D')
  t.equal(digit('application/dtmf', '55'), '')
  t.equal(digit('application/dtmf-relay', 'Duration=5\r\n'), '')
  t.equal(digit('application/media_control+xml', '5'), '')
  t.equal(recordWish(read('Record: on\r\n')), 'on')
  t.equal(recordWish(read('record:OFF\r\n')), 'off')
  t.equal(recordWish(read('Record: maybe\r\n')), '')
  t.equal(recordWish(read('', 'x\r\nRecord: on\r\n')), '', 'not in the body')
})

t.test('an order of the API: a direct call is brought to us once, and recorded', async (t) => {
  const reading = readDocument(companyOfLamps, 'a.yaml')
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
  const media = new RecordingMedia()
  const world = new CallWorld(compile(reading.document, 1), 1_000_000_000, media)
  const ben = new DiallingPhone(world, 'ben', flowBy('UDP', '192.0.2.12'))
  ben.dial('1001')
  const invite = world.one('INVITE', phoneFlow)
  t.match(invite, /c=IN IP4 192\.0\.2\.12/, 'it is direct')
  world.respond(invite, phoneFlow, 200, 'p', '', sdp('192.0.2.9'))
  const answer = ben.one('SIP/2.0 200')
  ben.within(answer, 'ACK')
  world.network.take()
  const [view] = world.server.callViews()
  const { calls, log } = world.server
  const order = (action: 'start' | 'pause' | 'resume' | 'stop') =>
    orderRecording(calls, log, view?.id ?? '', action).reason || 'done'
  t.equal(orderRecording(calls, log, 'other', 'start').outcome, 'unknown')
  t.match(order('pause'), /not being recorded/)
  t.equal(order('start'), 'done')
  world.clock.advance(0)
  const asked = ben.one('INVITE')
  ben.respond(asked, 200, '', ben.sdp)
  const passed = world.one('INVITE', phoneFlow)
  t.match(passed, /c=IN IP4 192\.0\.2\.1\r\n/)
  world.respond(passed, phoneFlow, 200, '', '', sdp('192.0.2.9'))
  t.match(ben.one('ACK'), /c=IN IP4 192\.0\.2\.1\r\n/)
  t.match(media.only, {
    sides: [{ remote: { address: '192.0.2.12' } }, { remote: { address: '192.0.2.9' } }],
    recording: { state: 'on', description: { direction: 'internal', owners: ['ben'], trigger: 'on-demand' } },
  })
  t.equal(order('pause'), 'done')
  t.match(media.only.recording, { state: 'paused' })
  t.match(order('pause'), /paused already/)
  t.equal(order('resume'), 'done')
  t.equal(order('stop'), 'done')
  t.equal(media.only.recording, null)
  ben.within(answer, 'BYE')
  t.same([media.sessions.size, media.inUse.size], [0, 0])
})
