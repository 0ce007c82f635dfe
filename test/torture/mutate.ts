/** Spoils messages by chance, in the ways that hurt readers of SIP. */
import type { Chance } from '../simulation/chance.ts'

/** What stands at the joints of SIP and SDP, and what readers stumble over. */
const pieces: readonly string[] = [
  ...['\r\n', '\r', '\n', '\r\n\r\n', '\r\n ', ' ', '\t', '\0', '\x7f', '\xff', '\xc3\x28'],
  ...[':', ';', ',', '"', '\\', '<', '>', '=', '@', '?', '%', '%00', '%zz', '[', ']', '(', ')', '/', '*', '-', ';;'],
  ...['0', '-1', '2147483647', '2147483648', '4294967296', '99999999999999999999', '1e9', '0x10', 'NaN', '+5'],
  ...['sip:', 'sips:', 'tel:', 'SIP/2.0', 'SIP/3.0', ';tag=', ';branch=', ';rport', ';received=', ';lr', ';expires='],
  ...['z9hG4bK', 'sip:[::1]', 'sip:[', 'sip:a@b@c', '<sip:a@b>', 'INVITE', 'ACK', 'CANCEL', 'BYE', 'REGISTER', 'PRACK'],
  ...['Via: ', 'From: ', 'To: ', 'Call-ID: ', 'CSeq: ', 'Content-Length: ', 'l: 0\r\n', 'Route: <sip:x;lr>\r\n'],
  ...[
    'Require: x\r\n',
    'Replaces: a;to-tag=b;from-tag=c\r\n',
    'Contact: *\r\n',
    'Expires: 0\r\n',
    'v=0\r\n',
    'm=audio 0 ',
  ],
  ...['__proto__', 'constructor', 'toString', '\u00e9', '../../etc/passwd'],
]

/** One message spoilt in one to four places. `donor`: another message, of which parts are put in. */
export function mutate(text: string, chance: Chance, donor: string): string {
  let spoilt = text
  for (let place = 1 + chance.below(4); place > 0; place--) spoilt = mutateOnce(spoilt, chance, donor)
  // A datagram carries no more.
  return spoilt.slice(0, 65_507)
}

function mutateOnce(text: string, chance: Chance, donor: string): string {
  const at = chance.below(text.length + 1)
  const end = Math.min(text.length, at + 1 + chance.below(chance.pick([1, 4, 30, 200])))
  switch (
    chance.weighted({
      insert: 5,
      replace: 4,
      remove: 3,
      flip: 3,
      line: 4,
      repeat: 2,
      many: 1,
      cut: 1,
      splice: 2,
      swap: 2,
    })
  ) {
    case 'insert':
      return text.slice(0, at) + chance.pick(pieces) + text.slice(at)
    case 'replace':
      return text.slice(0, at) + chance.pick(pieces) + text.slice(end)
    case 'remove':
      return text.slice(0, at) + text.slice(end)
    case 'flip':
      return text.slice(0, at) + String.fromCharCode(chance.below(256)) + text.slice(at + 1)
    case 'line':
      return withOtherLine(text, chance, donor)
    case 'repeat':
      return text.slice(0, end) + text.slice(at, end) + text.slice(end)
    case 'many':
      return text.slice(0, at) + chance.pick(pieces).repeat(chance.pick([10, 300, 3000])) + text.slice(at)
    case 'cut':
      return text.slice(0, at)
    case 'splice':
      return text.slice(0, at) + donor.slice(chance.below(donor.length + 1))
    case 'swap':
      return swapped(text, chance)
  }
}

/** One line is left out, doubled, or replaced by one of the donor. */
function withOtherLine(text: string, chance: Chance, donor: string): string {
  const lines = text.split('\r\n')
  const at = chance.below(lines.length)
  const line = lines[at] ?? ''
  const other = chance.pick(donor.split('\r\n'))
  lines.splice(at, 1, ...chance.pick([[], [line, line], [other], [line, other], [line.toUpperCase()]]))
  return lines.join('\r\n')
}

function swapped(text: string, chance: Chance): string {
  const lines = text.split('\r\n')
  const [one, other] = [chance.below(lines.length), chance.below(lines.length)]
  const kept = lines[one] ?? ''
  lines[one] = lines[other] ?? ''
  lines[other] = kept
  return lines.join('\r\n')
}
