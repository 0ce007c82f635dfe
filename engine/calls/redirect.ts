/** 3xx from a phone (docs/trust.md): a forward by its user to the first usable Contact. */
import { Header } from '../sip/header-names.ts'
import type { SipMessage } from '../sip/message.ts'
import { splitList } from '../sip/message.ts'
import { decodeUser, parseNameAddress, parseUri, withoutUserParameters } from '../sip/uri.ts'

/** What the phone wants dialled, as if its user dialled it: the user part of the first usable Contact; '' if none. */
export function redirectedTo(response: SipMessage): string {
  for (const line of response.headers(Header.contact)) {
    for (const contact of splitList(line, 10)) {
      const uri = parseUri(parseNameAddress(contact)?.uri ?? '')
      if (uri === null || (uri.scheme !== 'sip' && uri.scheme !== 'sips' && uri.scheme !== 'tel')) continue
      // The host is not looked at: the call goes where this installation would send that number.
      const user = withoutUserParameters(decodeUser(uri.user) ?? '')
      if (user !== '' && user.length <= 64) return user
    }
  }
  return ''
}
