import t from 'tap'
import { narrowCodecs } from './narrow-codecs.ts'
import { placeSession } from './place-session.ts'
import { parseSessionDescription } from './session-description.ts'

const sounds = new Set(['PCMU', 'PCMA', 'G722'])
const besides = new Set(['TELEPHONE-EVENT', 'CN'])

function narrow(...media: string[]): string[] {
  const text = ['v=0', 'o=x 1 1 IN IP4 192.0.2.1', 's=-', 'c=IN IP4 192.0.2.1', 't=0 0', ...media, ''].join('\r\n')
  const description = parseSessionDescription(text)
  if (description === null) throw new Error(text)
  const kept = narrowCodecs(description, sounds, besides)
  const places = kept.media.map(({ port }) => ({ port, protocol: '', cryptos: [] }))
  return placeSession(kept, { sessionId: 1, version: 1 }, '192.0.2.1', places).trim().split('\r\n').slice(5)
}

t.test('what cannot be understood goes, with all that is said of it; keys stay', async (t) => {
  t.same(
    narrow(
      'm=audio 4000 RTP/AVP 111 9 0 101 96',
      'a=rtpmap:111 opus/48000/2',
      'a=fmtp:111 useinbandfec=1',
      'a=rtcp-fb:111 transport-cc',
      'a=rtpmap:101 telephone-event/8000',
      'a=fmtp:101 0-15',
      'a=rtpmap:96 telephone-event/48000',
      'a=ptime:20',
    ),
    [
      'm=audio 4000 RTP/AVP 9 0 101 96',
      'a=rtpmap:101 telephone-event/8000',
      'a=fmtp:101 0-15',
      'a=rtpmap:96 telephone-event/48000',
      'a=ptime:20',
    ],
  )
})

t.test('a stream without any of them, and other streams, stay as they are', async (t) => {
  const opus = ['m=audio 4000 RTP/AVP 111', 'a=rtpmap:111 opus/48000/2']
  const video = ['m=video 4002 RTP/AVP 99', 'a=rtpmap:99 H264/90000']
  t.same(narrow(...opus, ...video), [...opus, ...video])
  const plain = ['m=audio 4000 RTP/AVP 0 8 101', 'a=rtpmap:101 telephone-event/8000']
  t.same(narrow(...plain), plain)
})
