import t from 'tap'
import { FirstLook, messageKind } from './first-look.ts'

const invite = [
  'INVITE sip:112;phone-context=x@pbx.example;user=phone SIP/2.0',
  'Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1',
  'From: "To: <sip:fake@x>;tag=0" <sip:ann@pbx.example>;tag=1',
  'To: <sip:112@pbx.example;tag=uri>',
  'User-Agent: Desk Phone 1.0',
  'Call-ID: 1',
  'CSeq: 1 INVITE',
  'Content-Length: 0',
  '',
  'To: <sip:body@x>;tag=body',
].join('\r\n')

t.test('kinds of messages', (t) => {
  t.equal(messageKind(invite), 'INVITE')
  t.equal(messageKind(`\r\n\r\n${invite}`), 'INVITE', 'empty lines before it do not hide it')
  t.equal(messageKind('REGISTER sip:x SIP/2.0'), 'REGISTER')
  t.equal(messageKind('OPTIONS sip:x SIP/2.0'), 'OPTIONS')
  t.equal(messageKind('SIP/2.0 200 OK'), 'response')
  for (const method of ['ACK', 'BYE', 'CANCEL', 'INFO', 'NOTIFY', 'PRACK', 'REFER', 'UPDATE']) {
    t.equal(messageKind(`${method} sip:x SIP/2.0`), 'inside', method)
  }
  for (const other of [
    'SUBSCRIBE sip:x SIP/2.0',
    'MESSAGE sip:x SIP/2.0',
    'INVITED sip:x SIP/2.0',
    'invite sip:x',
    '',
  ]) {
    t.equal(messageKind(other), 'other', other)
  }
  t.end()
})

t.test('who calls whom, and with what', (t) => {
  const look = new FirstLook().read(invite)
  t.equal(look.dialled, '112')
  t.equal(look.fromUser, 'fake', 'a URI in a display name may mislead: it only costs a pass')
  t.equal(look.toUser, '112')
  t.equal(look.toTag, '', 'a tag in the URI, a display name or the body is none')
  t.equal(look.userAgent, 'Desk Phone 1.0')
  t.end()
})

t.test('forms in which headers may stand', (t) => {
  const look = new FirstLook()
  look.read(
    'INVITE tel:+4930;ext=1 SIP/2.0\r\nf : sips:bob@x ; tag=1\r\nT:<tel:112>; TAG = a.b ;x=y\r\nuser-agent:x\r\n\r\n',
  )
  t.equal(look.dialled, '+4930')
  t.equal(look.fromUser, 'bob')
  t.equal(look.toUser, '112')
  t.equal(look.toTag, 'a.b')
  t.equal(look.userAgent, 'x')
  look.read('INVITE sip:pbx.example SIP/2.0\nTo: "x;tag=1" <sip:pbx.example>\nTopic: <sip:a@b>;tag=2\n\n')
  t.equal(look.dialled, '', 'no user')
  t.equal(look.toUser, '')
  t.equal(look.toTag, '', 'nothing stays of the message before')
  t.equal(look.userAgent, '')
  t.end()
})

t.test('a text without an end costs no more than its lines', (t) => {
  const look = new FirstLook()
  for (const text of [
    '',
    'INVITE',
    'INVITE ',
    'INVITE sip:',
    'INVITE sip:a',
    `INVITE sip:1@x SIP/2.0\r\nTo: ${';'.repeat(60_000)}`,
  ]) {
    t.doesNotThrow(() => look.read(text))
  }
  look.read(`INVITE sip:1@x SIP/2.0\r\n${'x: y\r\n'.repeat(200)}To: <sip:1@x>;tag=1\r\n\r\n`)
  t.equal(look.toTag, '', 'what stands behind a hundred lines is not looked at')
  t.end()
})
