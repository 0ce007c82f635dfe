/** Calls between a browser and a phone, where a carrier serves browsers: what each is told, and what media is. */
import t from 'tap'
import { compile } from '../../config/compile/compile-document.ts'
import { readDocument } from '../../config/read-document.ts'
import { flowBy } from '../../sip/recording-network.ts'
import { CallWorld } from '../call-world.ts'
import { DiallingPhone } from '../dialling-phone.ts'
import { companyOfLamps } from '../watching-phone.ts'
import { RecordingMedia, wayToUs } from './recording-media.ts'

const fingerprint = `sha-256 ${Array(32).fill('AB').join(':')}`
const ofBrowser = (setup: string, formats = '111 8 101', address = '0.0.0.0', ufrag = 'abcd') =>
  `v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\na=msid-semantic: WMS x\r\n` +
  `m=audio 9 UDP/TLS/RTP/SAVPF ${formats}\r\nc=IN IP4 ${address}\r\na=rtcp:9 IN IP4 0.0.0.0\r\n` +
  `a=candidate:1 1 udp 2122260223 192.0.2.12 50000 typ host\r\na=ice-ufrag:${ufrag}\r\n` +
  `a=ice-pwd:0123456789abcdef01234567\r\na=fingerprint:${fingerprint}\r\na=setup:${setup}\r\na=mid:0\r\n` +
  'a=extmap:1 urn:x\r\na=sendrecv\r\na=msid:x y\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 nack\r\n' +
  'a=rtpmap:101 telephone-event/8000\r\na=ssrc:1 cname:x\r\n'
const ofPhone = (address: string) =>
  `v=0\r\no=- 1 1 IN IP4 ${address}\r\ns=-\r\nc=IN IP4 ${address}\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8 101\r\n` +
  'a=rtpmap:101 telephone-event/8000\r\n'
const bodyOf = (text: string) => text.slice(text.indexOf('\r\n\r\n') + 4)
const amongBrowsers = /a=(fingerprint|setup|mid|msid|extmap|rtcp-fb|ssrc|ice-|candidate|group|rtcp-mux)/

/** Anna's browser and ben's phone, on one local network. `serves`: there is a carrier for browsers. */
function company(serves = true, ofBen = '') {
  const text = companyOfLamps.replace(', doNotDisturb: true', '').replace('extension: 1002', `extension: 1002${ofBen}`)
  const reading = readDocument(text, 'a.yaml')
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
  const media = new RecordingMedia()
  media.browsers = serves
  const world = new CallWorld(compile(reading.document, 1), 1_000_000_000, media)
  const browser = new DiallingPhone(world, 'ben', flowBy('WSS', '192.0.2.12'))
  const phone = new DiallingPhone(world, 'anna', flowBy('UDP', '192.0.2.14'))
  return { world, media, browser, phone }
}

t.test('a browser calls: it is answered, the phone sees nothing of browsers, and media knows both', async (t) => {
  const { world, media, browser, phone } = company()
  browser.dial('1001', '', ofBrowser('actpass'))
  const invite = phone.one('INVITE')
  t.match(bodyOf(invite), /m=audio \d+ RTP\/AVP 111 8 101 0\r\n/)
  t.notMatch(bodyOf(invite), amongBrowsers)
  t.match(bodyOf(invite), 'a=sendrecv', 'though its address is nowhere')
  phone.respond(invite, 200, '', ofPhone('192.0.2.14'))
  const answer = browser.one('SIP/2.0 200')
  browser.within(answer, 'ACK')
  const told = bodyOf(answer)
  t.match(told, /m=audio (\d+) UDP\/TLS\/RTP\/SAVPF 8 101\r\n/)
  for (const line of [
    'a=ice-lite',
    'a=mid:0',
    'a=rtcp-mux',
    'a=setup:passive',
    `a=fingerprint:${wayToUs.fingerprint}`,
    `a=ice-ufrag:${wayToUs.ufrag}`,
    `a=ice-pwd:${wayToUs.password}`,
  ]) {
    t.match(told, `${line}\r\n`)
  }
  t.match(told, /a=candidate:1 1 UDP \d+ 192\.0\.2\.9 \d+ typ host\r\n/)
  const [caller, callee] = media.only.sides
  t.match(caller, {
    browser: { ufrag: 'abcd', password: '0123456789abcdef01234567', fingerprint, setup: 'active' },
    remote: { address: '192.0.2.12' },
    hears: true,
    sends: true,
  })
  t.equal(callee?.browser, undefined)
  world.restart()
  t.match(media.only.sides[0], { browser: { ufrag: 'abcd', setup: 'active' } }, 'after a crash too')
  browser.within(answer, 'BYE')
  phone.respond(phone.one('BYE'), 200, '')
  t.same([media.sessions.size, media.inUse.size, world.server.sounds.count], [0, 0, 0])
})

t.test('a phone calls a browser: the browser is offered what it takes, and answers for itself', async (t) => {
  const { media, browser, phone } = company()
  phone.dial('1002', '', ofPhone('192.0.2.14'))
  const invite = browser.one('INVITE')
  t.match(bodyOf(invite), /m=audio \d+ UDP\/TLS\/RTP\/SAVPF 8 101 0\r\n/)
  t.match(bodyOf(invite), 'a=setup:actpass\r\n')
  t.match(media.only?.sides[1], { browser: { ufrag: '', setup: '' }, remote: null })
  browser.respond(invite, 200, '', ofBrowser('active', '8 101'))
  const answer = bodyOf(phone.one('SIP/2.0 200'))
  t.match(answer, /m=audio \d+ RTP\/AVP 8 101\r\n/)
  t.notMatch(answer, amongBrowsers)
  t.match(media.only.sides[1], { browser: { ufrag: 'abcd', setup: 'active' } })
})

t.test('what cannot be: two browsers are direct, and without a carrier a browser is too', async (t) => {
  const { media, browser, world } = company()
  const other = new DiallingPhone(world, 'anna', flowBy('WSS', '192.0.2.15'))
  other.dial('1002', '', ofBrowser('actpass'))
  t.match(bodyOf(browser.one('INVITE')), fingerprint)
  t.equal(media.sessions.size, 0)
  const without = company(false)
  without.browser.dial('1001', '', ofBrowser('actpass'))
  t.match(bodyOf(without.phone.one('INVITE')), fingerprint)
})

t.test('a browser whose description lacks what it needs gets no sound, and no crash', async (t) => {
  const { media, browser, phone } = company()
  browser.dial('1001', '', ofBrowser('actpass', '8', '192.0.2.12', 'a'))
  phone.respond(phone.one('INVITE'), 200, '', ofPhone('192.0.2.14'))
  browser.one('SIP/2.0 200')
  t.match(media.only.sides[0], { browser: { ufrag: '', fingerprint: '' } })
})

t.test(
  'a browser that is handed on keeps its edge: the way is the same, and only the relay is told anew',
  async (t) => {
    const { world, media, browser, phone } = company()
    const cora = new DiallingPhone(world, 'cora', flowBy('UDP', '192.0.2.16'))
    phone.dial('1002', '', ofPhone('192.0.2.14'))
    const invite = browser.one('INVITE')
    const edge = media.only.sides[1]?.edge?.name
    const port = /m=audio (\d+)/.exec(bodyOf(invite))?.[1]
    browser.respond(invite, 200, '', ofBrowser('active', '8 101'))
    const answer = phone.one('SIP/2.0 200')
    phone.within(answer, 'ACK')
    browser.one('ACK')
    phone.within(answer, 'REFER', 'Refer-To: <sip:1003@north.test>\r\n')
    const placed = cora.one('INVITE')
    t.notMatch(bodyOf(placed), amongBrowsers)
    cora.respond(placed, 200, '', ofPhone('192.0.2.16'))
    const again = bodyOf(browser.one('INVITE'))
    t.match(again, new RegExp(`m=audio ${port} UDP/TLS/RTP/SAVPF`))
    for (const line of ['a=mid:0', `a=ice-ufrag:${wayToUs.ufrag}`, 'a=setup:actpass']) t.match(again, `${line}\r\n`)
    world.restart()
    t.ok(edge)
    const told = [...media.sessions.values()].flatMap(({ sides }) => sides)
    t.ok(told.filter((side) => side.browser !== undefined).every((side) => side.edge?.name === edge))
  },
)

t.test('two browsers, one of which is recorded: each has an edge of its own', async (t) => {
  const { world, media, browser } = company(true, ', recording: { mode: always }')
  const other = new DiallingPhone(world, 'anna', flowBy('WSS', '192.0.2.15'))
  other.dial('1002', '', ofBrowser('actpass', '111 8 101'))
  const invite = browser.one('INVITE')
  t.match(bodyOf(invite), `a=fingerprint:${wayToUs.fingerprint}`)
  t.notMatch(bodyOf(invite), /opus/, 'recordings do not understand it')
  browser.respond(invite, 200, '', ofBrowser('active', '8 101'))
  t.match(bodyOf(other.one('SIP/2.0 200')), /a=setup:passive\r\n/)
  const { sides, recording } = media.only
  t.match(recording, { state: 'on' })
  t.equal(new Set(sides.map(({ edge }) => edge?.name)).size, 2)
  t.ok(sides.every(({ browser: end }) => end?.setup === 'active'))
})

t.test('a browser dials a line of the server: it is answered as by a phone', async (t) => {
  const { media, browser } = company()
  const answer = browser.dial('*43', '', ofBrowser('actpass', '111 8 101')).at(-1) ?? ''
  const told = bodyOf(answer)
  t.match(told, /a=ice-lite\r\n(?:.*\r\n)*m=audio \d+ UDP\/TLS\/RTP\/SAVPF 8 101\r\n/)
  for (const line of ['a=mid:0', 'a=setup:passive', `a=fingerprint:${wayToUs.fingerprint}`])
    t.match(told, `${line}\r\n`)
  const [side] = media.only.sides
  t.match(side, { browser: { ufrag: 'abcd', setup: 'active' }, hears: true })
  t.ok(side?.edge)
  browser.within(answer, 'ACK')
  browser.within(answer, 'BYE')
  t.same([media.sessions.size, media.inUse.size], [0, 0])
})
