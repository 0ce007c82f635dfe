import t from 'tap'
import { parseMessage } from '../sip/message.ts'
import { checkBody, checkRequired } from './invite-checks.ts'

function invite(headers: readonly string[], body = '') {
  const result = parseMessage(`${['INVITE sip:a@b SIP/2.0', ...headers].join('\r\n')}\r\n\r\n${body}`)
  if (result === null) throw new Error('not a message')
  return result
}

t.test('RFC 3261 §8.2.2.3: extensions we were told to have and do not', async (t) => {
  t.equal(checkRequired(invite([]), []), null)
  t.equal(checkRequired(invite(['Require: TIMER']), ['timer']), null)
  t.same(checkRequired(invite(['Require: timer, 100rel', 'Proxy-Require: x', 'Require: y']), ['timer']), {
    status: 420,
    phrase: 'Bad Extension',
    headers: 'Unsupported: 100rel, y, x\r\n',
  })
})

t.test('RFC 3261 §8.2.3: bodies that are taken', async (t) => {
  const status = (headers: readonly string[], body = 'v=0\r\n') => checkBody(invite(headers, body))?.status ?? 0
  t.equal(status([], ''), 0)
  t.equal(status(['Content-Type: application/sdp']), 0)
  t.equal(status(['c: Application/SDP ;charset=utf-8']), 0)
  t.equal(status(['Content-Type: multipart/mixed;boundary=x'], '--x--'), 0)
  t.equal(status([]), 400)
  t.equal(status(['Content-Type: application/sdp'], 'x=0'), 400)
  t.equal(status(['Content-Type: text/plain']), 415)
  t.equal(status(['Content-Type: application/sdp', 'Content-Encoding: gzip']), 415)
  t.equal(status(['Content-Type: application/sdp', 'e: identity']), 0)
})

t.test('RFC 3261 §21.4.7: the answer must be acceptable', async (t) => {
  const status = (accept: string) => checkBody(invite([`Accept: ${accept}`]))?.status ?? 0
  t.equal(status('application/sdp;level=1, text/html'), 0)
  t.equal(status('text/html, application/*'), 0)
  t.equal(status('*/*'), 0)
  t.equal(status('text/nobodyKnowsThis'), 406)
})
