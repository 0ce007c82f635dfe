import t from 'tap'
import { parseMessage } from '../sip/message.ts'
import { redirectedTo } from './redirect.ts'

function redirected(...contacts: string[]): string {
  const lines = ['SIP/2.0 302 Moved', ...contacts.map((contact) => `Contact: ${contact}`)]
  const response = parseMessage(`${lines.join('\r\n')}\r\n\r\n`)
  if (response === null) throw new Error('not a message')
  return redirectedTo(response)
}

t.test('the user part of the first usable Contact is dialled, whatever its host', async (t) => {
  t.equal(redirected('<sip:102@elsewhere.example>'), '102')
  t.equal(redirected('<http://a@b>, "x, y" <sips:*72%23@h>;q=0.2', '<sip:103@h>'), '*72#')
  t.equal(redirected('<sip:h>', 'tel:+1-555-0100;phone-context=x'), '+1-555-0100')
  t.equal(redirected('<sip:+15550100;cpc=ordinary@h>'), '+15550100', 'without parameters of the number')
})

t.test('what cannot be dialled is passed over', async (t) => {
  t.equal(redirected(), '')
  t.equal(redirected('*', '<sip:h>', '<sip:%zz@h>', `<sip:${'1'.repeat(65)}@h>`, 'garbage', '<sip:;x=y@h>'), '')
})
