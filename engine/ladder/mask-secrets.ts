/**
 * Takes out of a message what must not leave this program (docs/trust.md, Secrets and traces): credentials, keys of
 * encrypted sound, digits that people dial during a call, and what they write to each other. The form stays, so that the
 * message can still be read.
 */

const mask = '***'

/** Credentials and challenges (RFC 3261 §20.7, §20.27, §20.28, §20.44): of them only the scheme and the user's name stay. */
const credentials = /^(authorization|proxy-authorization)[ \t]*:[ \t]*([^\s]*)[^\r\n]*/gim
const userName = /username[ \t]*=[ \t]*("[^"\r\n]*")/i
/** RFC 4568: the key stands behind `inline:`; RFC 8122: the fingerprint behind the name of its hash. */
const mediaKey = /^(a=crypto:[^\r\n]*?inline:)[^\r\n|]*/gim
const fingerprint = /^(a=fingerprint:[^\s\r\n]*)[^\r\n]*/gim
const digits = /^(signal[ \t]*[=:][ \t]*)[^\r\n]*/gim
const contentType = /^(?:content-type|c)[ \t]*:[ \t]*([^\s;]*)/im

/** @param text a whole message, or the first part of one; binary string */
export function maskSecrets(text: string): string {
  const end = text.indexOf('\r\n\r\n')
  const head = end < 0 ? text : text.slice(0, end)
  const body = end < 0 ? '' : text.slice(end + 4)
  const maskedHead = head.replace(credentials, (line, name: string, scheme: string) => {
    const user = userName.exec(line)?.[1]
    return user === undefined ? `${name}: ${scheme} ${mask}` : `${name}: ${scheme} username=${user}, ${mask}`
  })
  return end < 0 ? maskedHead : `${maskedHead}\r\n\r\n${maskBody(head, body)}`
}

function maskBody(head: string, body: string): string {
  if (body === '') return ''
  const type = (contentType.exec(head)?.[1] ?? '').toLowerCase()
  const method = methodOf(head)
  if (method === 'MESSAGE') return mask
  // Forms of digits in INFO: `Signal=5`, or the digit alone.
  if (type === 'application/dtmf') return mask
  if (type === 'application/dtmf-relay') return body.replace(digits, `$1${mask}`)
  return body.replace(mediaKey, `$1${mask}`).replace(fingerprint, `$1 ${mask}`)
}

/** Of a request, or of what a response answers. */
function methodOf(head: string): string {
  return /^cseq[ \t]*:[ \t]*\d+[ \t]+([A-Z]+)/im.exec(head)?.[1] ?? ''
}
