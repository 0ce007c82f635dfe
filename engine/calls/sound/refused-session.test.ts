import t from 'tap'
import { compile } from '../../config/compile/compile-document.ts'
import { readDocument } from '../../config/read-document.ts'
import { CallWorld, companyOfAnna, phoneFlow } from '../call-world.ts'

const sdp = (address: string) =>
  `v=0\r\no=x 1 1 IN IP4 ${address}\r\ns=-\r\nc=IN IP4 ${address}\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0 101\r\n` +
  'a=rtpmap:101 telephone-event/8000\r\n'

t.test('whoever takes no session stands in the record of the call with what he was offered', async (t) => {
  const reading = readDocument(companyOfAnna, 'company.yaml')
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
  for (const [answer, detail] of [
    ['', '488: offered PCMU'],
    [sdp('192.0.2.9').replace('AVP 0', 'AVP 18'), '488: offered PCMU, takes G729'],
  ] as const) {
    const world = new CallWorld(compile(reading.document, 1), 1_000_000_000)
    world.invite('', sdp('203.0.113.7'))
    world.respond(world.one('INVITE', phoneFlow), phoneFlow, 488, 'p', '', answer)
    t.same(world.wentOn, [`unreachable ${detail}`])
  }
})
