import t from 'tap'
import { compile } from '../../config/compile/compile-document.ts'
import { readDocument } from '../../config/read-document.ts'
import { CallWorld, companyOfAnna, phoneFlow, tagOf, trunkFlow } from '../call-world.ts'
import { RecordingMedia } from './recording-media.ts'

const sdp = (direction: string, address = '192.0.2.9') =>
  `v=0\r\no=- 1 1 IN IP4 ${address}\r\ns=-\r\nc=IN IP4 ${address}\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\na=${direction}\r\n`

/** The trunk's call to anna, answered, through us. */
function answered(document = companyOfAnna) {
  const reading = readDocument(document, 'company.yaml')
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
  const media = new RecordingMedia()
  const world = new CallWorld(compile(reading.document, 1), 1_000_000_000, media)
  world.invite('', sdp('sendrecv', '203.0.113.7'))
  const invite = world.one('INVITE', phoneFlow)
  world.respond(invite, phoneFlow, 200, 'p', '', sdp('sendrecv'))
  const tag = tagOf(world.one('SIP/2.0 200', trunkFlow), 'To')
  world.fromTrunk('ACK', tag, 1)
  const phoneHolds = (direction: string, answer: string, cseq: number) => {
    world.fromPhone(invite, 'p', 'INVITE', cseq, 'Contact: <sip:anna@192.0.2.9:5070>\r\n', sdp(direction))
    world.respond(world.one('INVITE', trunkFlow), trunkFlow, 200, '', '', sdp(answer, '203.0.113.7'))
    world.fromPhone(invite, 'p', 'ACK', cseq)
  }
  return { world, media, tag, phoneHolds }
}

const played = (media: RecordingMedia) =>
  media.only.sides.map(({ play }) => (play?.source.kind === 'files' ? play.source.files : null))

t.test('who is held hears the music of the holder, until he is not', async (t) => {
  const { world, media, phoneHolds } = answered()
  phoneHolds('sendonly', 'recvonly', 1)
  t.same(played(media), [['music '], null], 'the default music, where nothing is chosen')
  t.match(media.only.sides[0], { hears: true, play: { loop: true, how: 'replace' } })
  const { id } = media.only.sides[0]?.play ?? { id: '' }
  world.restart()
  t.equal(media.only.sides[0]?.play?.id, id, 'it goes on after a crash')
  phoneHolds('sendrecv', 'sendrecv', 2)
  t.same(played(media), [null, null])
})

t.test('a carrier holds with music of its own', async (t) => {
  const { world, media, tag } = answered()
  world.fromTrunk('INVITE', tag, 2, 'Contact: <sip:192.0.2.21>\r\n', sdp('sendonly', '203.0.113.7'))
  world.respond(world.one('INVITE', phoneFlow), phoneFlow, 200, '', '', sdp('recvonly'))
  world.fromTrunk('ACK', tag, 2)
  t.same(played(media), [null, null])
})

t.test('the user’s own music counts, then that of site, PBX and account', async (t) => {
  const files = 'audioFiles: [{id: a, name: A}, {id: p, name: P}, {id: s, name: S}, {id: u, name: U}]\n'
  const withMusic = (kinds: string) => {
    let document = `${companyOfAnna}\n${files}`
    const put = (kind: string, list: RegExp) => {
      if (!kinds.includes(kind)) return
      const before = document
      document = document.replace(list, `$1musicOnHold: ${kind}, `)
      if (document === before) throw new Error(`${list} is not in ${document}`)
    }
    put('a', /(account: \{ *)/)
    put('p', /(pbxs:\n? *(?:- |\[)\{ *)/)
    put('s', /(sites:\n? *(?:- |\[)\{ *)/)
    put('u', /(users:\n? *(?:- |\[)\{ *)/)
    return document
  }
  for (const [kinds, heard] of [
    ['a', 'music a'],
    ['ap', 'music p'],
    ['aps', 'music s'],
    ['apsu', 'music u'],
    ['au', 'music u'],
    ['s', 'music s'],
  ] as const) {
    const { media, phoneHolds } = answered(withMusic(kinds))
    phoneHolds('sendonly', 'recvonly', 1)
    t.same(played(media)[0], [heard], kinds)
  }
})
