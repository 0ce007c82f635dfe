import t from 'tap'
import { dialogBody, dialogState, messageBody, messageState, presenceBody } from './bodies.ts'
import type { LampDialog } from './lamp-dialog.ts'
import { escapeXml } from './xml.ts'

const call: LampDialog = {
  id: 'c1-callee',
  state: 'confirmed',
  direction: 'recipient',
  callId: 'a<b>&"c',
  localTag: 'l',
  remoteTag: 'r',
  remote: '"J\xc3\xbcrgen & <Co>" <sip:1002@north.test>',
  held: true,
}

t.test('RFC 4235 §4.1: what strangers wrote does not break the document', async (t) => {
  const body = dialogBody(dialogState([call], 'sip:1001@north.test', true), 'sip:1001@north.test', 3)
  t.match(body, 'call-id="a&lt;b&gt;&amp;&quot;c"')
  t.match(body, '<identity display="J\xc3\xbcrgen &amp; &lt;Co&gt;">sip:1002@north.test</identity>')
  t.match(body, '<target uri="sip:1001@north.test"><param pname="+sip.rendering" pvalue="no"/></target>')
  const plain = dialogState([call], 'sip:1001@north.test', false)
  t.notMatch(plain, /1002|call-id|tag=/)
  t.match(plain, 'pvalue="no"', 'that it is on hold tells nothing of the other')
  t.equal(
    dialogState([{ ...call, id: 'c2-callee' }, call], 'e', true),
    dialogState([call, { ...call, id: 'c2-callee' }], 'e', true),
    'the order in which calls are asked is no change',
  )
})

t.test('XML 1.0 §2.2: bytes that are no UTF-8, and control characters', async (t) => {
  t.equal(escapeXml('plain'), 'plain')
  t.equal(escapeXml('a\x00b\x1bc\x7f'), 'a b c ')
  t.equal(escapeXml('\xff'), '\xef\xbf\xbd')
  t.equal(escapeXml("it's"), 'it&apos;s')
})

t.test('RFC 4480 §3.2: activities, and a note for phones that show nothing else', async (t) => {
  t.match(presenceBody('open on-the-phone busy', 'sip:a@b'), '<rpid:on-the-phone/><rpid:busy/>')
  t.match(presenceBody('closed', 'sip:a@b'), '<basic>closed</basic></status>\n<note>Offline</note>')
})

t.test('RFC 3842 §5.2: messages that wait', async (t) => {
  const state = messageState({ fresh: 2, heard: 8, freshUrgent: 1, heardUrgent: 0 })
  t.equal(
    messageBody(state, 'sip:a@b'),
    'Messages-Waiting: yes\r\nMessage-Account: sip:a@b\r\nVoice-Message: 2/8 (1/0)\r\n',
  )
})
