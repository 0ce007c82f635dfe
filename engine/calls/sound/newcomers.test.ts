/** Recordings where somebody comes into a conversation: handed on, picked up, taken over. Whose mode counts, and who is told. */
import t from 'tap'
import { compile } from '../../config/compile/compile-document.ts'
import { readDocument } from '../../config/read-document.ts'
import { flowBy } from '../../sip/recording-network.ts'
import { CallWorld, headerOf, phoneFlow, tagOf, trunkFlow } from '../call-world.ts'
import { DiallingPhone } from '../dialling-phone.ts'
import { benFlow, cleoFlow, companyOfThree } from '../transfer/transfer-world.ts'
import { RecordingMedia } from './recording-media.ts'

const sdp = (address: string) =>
  `v=0\r\no=x 1 1 IN IP4 ${address}\r\ns=-\r\nc=IN IP4 ${address}\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8 107 101\r\n` +
  'a=rtpmap:107 opus/48000/2\r\na=rtpmap:101 telephone-event/8000\r\n'

/** The trunk's call to anna, answered, with ben and cleo at their phones. `anna`, `ben`: their recording; '': never. */
function inCall(anna: string, ben: string, account = '') {
  const document = companyOfThree
    .replace('extension: 1001', `extension: 1001${anna === '' ? '' : `, recording: { ${anna} }`}`)
    .replace('extension: 1002', `extension: 1002${ben === '' ? '' : `, recording: { ${ben} }`}`)
    .replace('{ name: Acme }', `{ name: Acme${account} }`)
  const reading = readDocument(document, 'company.yaml')
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
  const media = new RecordingMedia()
  const world = new CallWorld(compile(reading.document, 1), 1_000_000_000, media)
  world.register('ben', benFlow)
  world.register('cleo', cleoFlow)
  world.invite('', sdp('203.0.113.7'))
  const invited = world.one('INVITE', phoneFlow)
  world.respond(invited, phoneFlow, 200, 'anna', '', sdp('192.0.2.9'))
  const tag = tagOf(world.one('SIP/2.0 200', trunkFlow), 'To')
  world.fromTrunk('ACK', tag, 1)
  world.one('ACK', phoneFlow)
  /** What media has of the trunk's conversation. */
  const session = () => {
    const found = [...media.sessions.values()].find(({ sides }) =>
      sides.some(({ remote }) => remote?.address === '203.0.113.7'),
    )
    if (found === undefined) throw new Error('There is no session of the trunk')
    return found
  }
  const heard = () =>
    Object.fromEntries(
      session().sides.map(({ remote, play }) => [
        remote?.address,
        play?.source.kind === 'files' ? play.source.files.join(' ') : '',
      ]),
    )
  const sideOf = (address: string) => session().sides.find(({ remote }) => remote?.address === address)
  const played = (address: string) => {
    const side = sideOf(address)
    const about = { session: session().id, side: side?.id ?? '', play: side?.play?.id ?? '', fault: '' }
    world.server.sounds.reported({ report: 'played', ...about })
  }
  const press = (address: string, digits: string) => {
    for (const digit of digits) {
      const about = { session: session().id, side: sideOf(address)?.id ?? '', digit, by: 'event' } as const
      world.server.sounds.reported({ report: 'digit', ...about })
    }
  }
  const toBen = () => {
    world.fromPhone(invited, 'anna', 'REFER', 1, 'Refer-To: <sip:1002@north.test>\r\n')
    world.respond(world.one('INVITE', benFlow), benFlow, 200, 'ben', '', sdp('192.0.2.10'))
    const offered = world.one('INVITE', trunkFlow)
    world.respond(offered, trunkFlow, 200, '', '', sdp('203.0.113.7'))
    return offered
  }
  const ends = () => {
    world.fromTrunk('BYE', tag, 2)
    for (const flow of [phoneFlow, benFlow, cleoFlow]) {
      for (const bye of world.taken('BYE', flow)) world.respond(bye, flow, 200, '')
    }
    return [media.sessions.size, media.inUse.size, world.server.sounds.count]
  }
  return { world, media, session, heard, played, press, toBen, invited, tag, ends }
}

const nothing = [0, 0, 0]

t.test('a call that nobody has recorded is, once it is handed on to somebody whose mode is always', async (t) => {
  const { world, media, session, toBen, ends } = inCall('', 'mode: always, announcement: both')
  t.equal(media.only.recording, null)
  const offered = toBen()
  t.notMatch(offered, /opus/, 'recordings do not understand it')
  t.match(session().recording, { state: 'on', description: { owners: ['ben'], callee: { user: 'ben' } } })
  t.same(
    session().sides.map(({ play }) => play !== null),
    [true, true],
  )
  t.equal(world.recorded.length, 1)
  t.same(ends(), nothing)
})

t.test('it need not have passed through us before', async (t) => {
  const { world, media, ends } = inCall('', 'mode: always')
  const cleo = new DiallingPhone(world, 'cleo', cleoFlow)
  cleo.dial('1001')
  const invite = world.one('INVITE', phoneFlow)
  world.respond(invite, phoneFlow, 200, 'second', '', sdp('192.0.2.9'))
  cleo.within(cleo.one('SIP/2.0 200'), 'ACK')
  world.one('ACK', phoneFlow)
  t.equal(media.sessions.size, 1, 'that of the trunk')
  world.fromPhone(invite, 'second', 'REFER', 1, 'Refer-To: <sip:1002@north.test>\r\n')
  world.respond(world.one('INVITE', benFlow), benFlow, 200, 'ben', '', sdp('192.0.2.10'))
  cleo.respond(cleo.one('INVITE'), 200, '', cleo.sdp)
  const recorded = [...media.sessions.values()].find(({ recording }) => recording !== null)
  t.match(recorded, {
    sides: [{ remote: { address: '192.0.2.11' } }, { remote: { address: '192.0.2.10' } }],
    recording: { description: { owners: ['ben'], direction: 'internal' } },
  })
  t.equal(ends()[0], 1, 'that of cleo and ben goes on')
})

t.test(
  'who comes to a recording owns it as well where his mode says so, and it is told to whom the modes say',
  async (t) => {
    const { session, heard, toBen, ends } = inCall('mode: always', 'mode: always, announcement: remote-party')
    const { recording } = session()
    t.same(recording?.description['owners'], ['anna'])
    toBen()
    t.equal(session().recording?.id, recording?.id, 'the same file')
    t.same(session().recording?.description['owners'], ['anna', 'ben'])
    t.same(Object.keys(session().recording?.description['ownedSince'] ?? {}), ['ben'], 'since when it is said of him')
    t.same(heard(), { '203.0.113.7': 'call-recorded', '192.0.2.10': '' })
    t.same(ends(), nothing)
  },
)

t.test('*1 of who came starts and stops what is his, and does not stop what is recorded always', async (t) => {
  const onDemand = inCall('', 'mode: on-demand')
  onDemand.toBen()
  t.equal(onDemand.session().recording, null)
  onDemand.press('192.0.2.10', '*1')
  t.match(onDemand.session().recording, { state: 'on', description: { owners: ['ben'], trigger: 'on-demand' } })
  onDemand.press('192.0.2.10', '*1')
  t.equal(onDemand.session().recording, null)
  t.same(onDemand.ends(), nothing)
  const always = inCall('mode: always', 'mode: on-demand')
  always.toBen()
  always.press('192.0.2.10', '*1')
  t.match(always.session().recording, { state: 'on' }, 'anna has left, and her mode was always')
})

t.test('announced first: who comes is kept apart, and nothing is recorded, until he has heard it', async (t) => {
  for (const ending of ['played', 'patience', 'crash'] as const) {
    const first = ', recordingAnnouncement: first'
    const { world, session, heard, played, toBen, ends } = inCall('', 'mode: always, announcement: remote-party', first)
    toBen()
    t.match(session(), { join: 'apart', recording: null })
    t.same(heard(), { '203.0.113.7': 'call-recorded', '192.0.2.10': '' })
    if (ending === 'played') played('203.0.113.7')
    else if (ending === 'patience') world.clock.advance(20_000)
    else {
      world.restart()
      t.match(session(), { join: 'apart' }, 'it is told again')
      played('203.0.113.7')
    }
    t.match(session(), { join: 'relay', recording: { state: 'on' } }, ending)
    t.same(ends(), nothing)
  }
})

t.test('announced first, and recorded already: it is paused meanwhile', async (t) => {
  for (const ending of ['played', 'crash'] as const) {
    const first = ', recordingAnnouncement: first'
    const { world, session, played, toBen, ends } = inCall('mode: always', 'mode: always, announcement: both', first)
    const { recording } = session()
    toBen()
    t.match(session(), { join: 'apart', recording: { id: recording?.id, state: 'paused' } })
    if (ending === 'crash') world.restart()
    else for (const address of ['203.0.113.7', '192.0.2.10']) played(address)
    t.match(session(), { join: 'relay', recording: { id: recording?.id, state: 'on' } }, ending)
    t.same(ends(), nothing)
  }
})

/** Anna asks ben, and hands the trunk to him. `crashes`: before they have agreed on a session. */
function handedOver(call: ReturnType<typeof inCall>, crashes = false): void {
  const { world, invited } = call
  const anna = new DiallingPhone(world, 'anna', phoneFlow)
  anna.dial('1002')
  world.respond(world.one('INVITE', benFlow), benFlow, 200, 'ben', '', sdp('192.0.2.10'))
  const answer = anna.one('SIP/2.0 200')
  anna.within(answer, 'ACK')
  world.one('ACK', benFlow)
  const target = `${headerOf(answer, 'Call-ID')}%3Bto-tag%3D${tagOf(answer, 'To')}%3Bfrom-tag%3D${tagOf(answer, 'From')}`
  world.fromPhone(invited, 'anna', 'REFER', 1, `Refer-To: <sip:1002@north.test?Replaces=${target}>\r\n`)
  for (const bye of world.taken('BYE', phoneFlow)) world.respond(bye, phoneFlow, 200, '')
  if (crashes) world.restart()
  world.clock.advance(0)
  if (crashes) world.clock.advance(1000)
  world.respond(world.one('INVITE', trunkFlow), trunkFlow, 200, '', '', sdp('203.0.113.7'))
  world.respond(world.one('INVITE', benFlow), benFlow, 200, '', '', sdp('192.0.2.10'))
}

t.test('attended: the recording of the first conversation goes on, and that of the consultation ends', async (t) => {
  const call = inCall('mode: always', '')
  const { world, media, session, ends } = call
  const { recording } = session()
  handedOver(call)
  t.equal(session().recording?.id, recording?.id)
  t.same(
    session().sides.map(({ remote }) => remote?.address),
    ['203.0.113.7', '192.0.2.10'],
    'each on his channel',
  )
  t.equal(media.sessions.size, 1)
  const [first, second, again] = world.recorded
  t.same([world.recorded.length, again?.[1]], [3, first?.[1]], 'the record of the second call names it as well')
  t.equal(again?.[0], second?.[0])
  t.not(second?.[1], first?.[1])
  world.restart()
  t.equal(session().recording?.id, recording?.id)
  t.same(ends(), nothing)
})

t.test('attended, the other way round: channels stay, though the caller is now called', async (t) => {
  const call = inCall('mode: always', '')
  const { world, session, tag, invited, ends } = call
  const ben = new DiallingPhone(world, 'ben', benFlow)
  ben.dial('1001')
  const invite = world.one('INVITE', phoneFlow)
  world.respond(invite, phoneFlow, 200, 'second', '', sdp('192.0.2.9'))
  ben.within(ben.one('SIP/2.0 200'), 'ACK')
  world.one('ACK', phoneFlow)
  const { recording } = session()
  const target = `${headerOf(invite, 'Call-ID')}%3Bto-tag%3Dsecond%3Bfrom-tag%3D${tagOf(invite, 'From')}`
  world.fromPhone(invited, 'anna', 'REFER', 1, `Refer-To: <sip:1002@north.test?Replaces=${target}>\r\n`)
  world.clock.advance(0)
  world.respond(world.one('INVITE', benFlow), benFlow, 200, '', '', sdp('192.0.2.10'))
  world.respond(world.one('INVITE', trunkFlow), trunkFlow, 200, '', '', sdp('203.0.113.7'))
  t.equal(session().recording?.id, recording?.id)
  t.same(
    session().sides.map(({ remote }) => remote?.address),
    ['203.0.113.7', '192.0.2.10'],
  )
  t.not(tag, '')
  t.same(ends(), nothing)
})

t.test('attended, only the consultation was recorded: it goes on with who is handed on', async (t) => {
  const call = inCall('', 'mode: always')
  const { session, world, ends } = call
  t.equal(session().recording, null)
  handedOver(call)
  t.match(session().recording, { state: 'on', description: { owners: ['ben'] } })
  t.equal(world.recorded.length, 1)
  t.same(ends(), nothing)
})

t.test('a crash before the two have agreed on a session: then his mode counts all the same', async (t) => {
  const call = inCall('mode: always', 'mode: always')
  handedOver(call, true)
  t.same(call.session().recording?.description['owners'], ['anna', 'ben'])
  t.same(call.ends(), nothing)
})

t.test('who picks a call up has it recorded by his mode', async (t) => {
  const { world, media } = inCall('', 'mode: always')
  const cleo = new DiallingPhone(world, 'cleo', cleoFlow)
  cleo.dial('1001')
  world.respond(world.one('INVITE', phoneFlow), phoneFlow, 180, 'rings')
  const ben = new DiallingPhone(world, 'ben', flowBy('UDP', '192.0.2.13'))
  t.match(ben.dial('**1001').at(-1), /SIP\/2\.0 200/)
  const recorded = [...media.sessions.values()].find(({ recording }) => recording !== null)
  t.match(recorded, {
    sides: [{ remote: { address: '192.0.2.11' } }, { remote: { address: '192.0.2.13' } }],
    recording: { description: { owners: ['ben'] } },
  })
})

t.test('who takes a call over at another phone of his: the recording goes on', async (t) => {
  const { world, session, invited, ends } = inCall('mode: always, announcement: both', '')
  const { recording } = session()
  const other = new DiallingPhone(world, 'anna', flowBy('UDP', '192.0.2.12'))
  const callId = headerOf(invited, 'Call-ID')
  other.dial('1001', `Replaces: ${callId};to-tag=${tagOf(invited, 'From')};from-tag=anna\r\nRequire: replaces\r\n`)
  world.respond(world.one('INVITE', trunkFlow), trunkFlow, 200, '', '', sdp('203.0.113.7'))
  other.within(other.one('SIP/2.0 200'), 'ACK')
  t.equal(session().recording?.id, recording?.id)
  t.same(session().recording?.description['owners'], ['anna'])
  world.respond(world.one('BYE', phoneFlow), phoneFlow, 200, '')
  t.same(ends(), nothing)
})
