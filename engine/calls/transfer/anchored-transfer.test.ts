/** Transfers of calls whose sound passes through us: the new pair has ports of its own, and nothing is left behind. */
import t from 'tap'
import { compile } from '../../config/compile/compile-document.ts'
import { readDocument } from '../../config/read-document.ts'
import { CallWorld, phoneFlow, tagOf, trunkFlow } from '../call-world.ts'
import { RecordingMedia } from '../sound/recording-media.ts'
import { benFlow, companyOfThree } from './transfer-world.ts'

const sdp = (address: string) =>
  `v=0\r\no=x 1 1 IN IP4 ${address}\r\ns=-\r\nc=IN IP4 ${address}\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n`
const numbersOf = (text: string) => /^o=\S+ (\d+) (\d+)/m.exec(text)?.slice(1).map(Number) ?? []

function handedOn(document = companyOfThree) {
  const reading = readDocument(document, 'company.yaml')
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
  const snapshot = compile(reading.document, 1)
  const media = new RecordingMedia()
  const world = new CallWorld(snapshot, 1_000_000_000, media)
  world.register('ben', benFlow)
  world.invite('', sdp('203.0.113.7'))
  const invited = world.one('INVITE', phoneFlow)
  world.respond(invited, phoneFlow, 200, 'anna', '', sdp('192.0.2.9'))
  const told = world.one('SIP/2.0 200', trunkFlow)
  const tag = tagOf(told, 'To')
  world.fromTrunk('ACK', tag, 1)
  world.taken('ACK', phoneFlow)
  world.fromPhone(invited, 'anna', 'REFER', 1, 'Refer-To: <sip:1002@north.test>\r\n')
  return { world, media, invited, told, tag }
}

t.test('RFC 3264 §8: the trunk is told other ports in the session it knows, and media whom it relays', async (t) => {
  const { world, media, told, tag } = handedOn()
  const invite = world.one('INVITE', benFlow)
  world.respond(invite, benFlow, 200, 'ben', '', sdp('192.0.2.10'))
  const offered = world.one('INVITE', trunkFlow)
  t.match(offered, 'c=IN IP4 192.0.2.1\r\n', 'not the address of ben')
  t.equal(numbersOf(offered)[0], numbersOf(told)[0])
  t.ok((numbersOf(offered)[1] ?? 0) > (numbersOf(told)[1] ?? 0))
  world.respond(offered, trunkFlow, 200, '', '', sdp('203.0.113.7'))
  t.match(world.one('ACK', benFlow), 'c=IN IP4 192.0.2.1\r\n')
  t.same(
    media.only.sides.map(({ remote }) => remote?.address),
    ['203.0.113.7', '192.0.2.10'],
  )
  world.fromTrunk('BYE', tag, 2)
  world.respond(world.one('BYE', benFlow), benFlow, 200, '')
  t.same([media.sessions.size, media.inUse.size, world.server.sounds.count], [0, 0, 0])
})

t.test('what is recorded goes on with the other party: the same file, each on his channel', async (t) => {
  const document = companyOfThree.replace('extension: 1001', 'extension: 1001, recording: { mode: always }')
  const { world, media, told, tag } = handedOn(document)
  const { id, recording } = media.only
  t.ok(recording)
  const calls = [...world.server.callViews()].map((view) => view.id)
  world.respond(world.one('INVITE', benFlow), benFlow, 200, 'ben', '', sdp('192.0.2.10'))
  world.respond(world.one('INVITE', trunkFlow), trunkFlow, 200, '', '', sdp('203.0.113.7'))
  t.equal(media.only.id, id)
  t.same(media.only.recording, recording, 'not interrupted, and not renamed')
  t.same(
    media.only.sides.map(({ remote }) => remote?.address),
    ['203.0.113.7', '192.0.2.10'],
  )
  t.same(
    world.recorded.map(([, one]) => one),
    [recording?.id, recording?.id],
    'the records of both calls name it',
  )
  t.equal(new Set(world.recorded.map(([call]) => call)).size, 2)
  t.equal(world.recorded[0]?.[0], calls[0])
  world.restart()
  t.same(media.only.recording, recording)
  t.not(told, '')
  world.fromTrunk('BYE', tag, 2)
  world.respond(world.one('BYE', benFlow), benFlow, 200, '')
  t.same([media.sessions.size, media.inUse.size, world.server.sounds.count], [0, 0, 0])
})

t.test('the trunk refuses: the sound of the first call goes on, and that of the second is given up', async (t) => {
  const { world, media, invited } = handedOn()
  const invite = world.one('INVITE', benFlow)
  world.respond(invite, benFlow, 200, 'ben', '', sdp('192.0.2.10'))
  world.respond(world.one('INVITE', trunkFlow), trunkFlow, 488, '')
  world.respond(world.one('BYE', benFlow), benFlow, 200, '')
  t.same(
    media.only.sides.map(({ remote }) => remote?.address),
    ['203.0.113.7', '192.0.2.9'],
  )
  world.fromPhone(invited, 'anna', 'BYE', 2)
  world.respond(world.one('BYE', trunkFlow), trunkFlow, 200, '')
  t.same([media.sessions.size, media.inUse.size, world.server.sounds.count], [0, 0, 0])
})
