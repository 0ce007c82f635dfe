/** What phones say of recording and keys by INFO. */

import { Header } from '../../sip/header-names.ts'
import type { SipMessage } from '../../sip/message.ts'

/** The record key of phones: an INFO with the line `Record: on` or `off`. '' where it has none. */
export function recordWish(info: SipMessage): 'on' | 'off' | '' {
  const found = /\r\nrecord[ \t]*:[ \t]*(on|off)[ \t]*\r\n/i.exec(info.raw.slice(0, info.bodyStart))
  const wish = found?.[1]?.toLowerCase()
  return wish === 'on' || wish === 'off' ? wish : ''
}

/**
 * A key that was pressed, by INFO: `Signal=5` (application/dtmf-relay) or the key alone (application/dtmf); '' for none.
 * 10 and 11 stand for star and hash with some phones.
 */
export function digitOfInfo(info: SipMessage): string {
  const type = info.header(Header.contentType).toLowerCase()
  if (!type.startsWith('application/dtmf')) return ''
  const { body } = info
  const signal = type.startsWith('application/dtmf-relay')
    ? (/^signal[ \t]*=[ \t]*([0-9a-d*#]{1,2})[ \t]*\r?$/im.exec(body)?.[1] ?? '')
    : body.trim()
  const digit = signal === '10' ? '*' : signal === '11' ? '#' : signal.toUpperCase()
  return /^[0-9A-D*#]$/.test(digit) ? digit : ''
}
