import t from 'tap'
import { preferCodecs } from './prefer-codecs.ts'
import { parseSessionDescription } from './session-description.ts'

function formatsOf(formats: string, names: readonly string[]): readonly string[] | undefined {
  const description = parseSessionDescription(
    `v=0\r\no=x 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP ${formats}\r\n` +
      'a=rtpmap:111 opus/48000/2\r\na=rtpmap:101 telephone-event/8000\r\nm=video 4002 RTP/AVP 31\r\n',
  )
  if (description === null) throw new Error('The test is wrong')
  return preferCodecs(description, names).media[0]?.formats
}

t.test('RFC 3264 §5.1: only what is taken, the preferred one first, keys behind', async (t) => {
  t.same(formatsOf('111 101 0 8 9', ['PCMA', 'PCMU']), ['8', '0', '101'])
  t.same(formatsOf('0 8 101', ['OPUS', 'PCMU']), ['0', '101'])
  t.same(formatsOf('111 101', ['G729']), ['111', '101'], 'with none of them it stays as it is')
})
