/**
 * `text`, a binary string, as character data or attribute value of XML 1.0: what has a meaning there is escaped, what may
 * not stand in a document at all is replaced. Display names come from strangers and may hold any bytes.
 */
export function escapeXml(text: string): string {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code < 32 || code > 126 || code === 34 || code === 38 || code === 39 || code === 60 || code === 62) {
      return escapeAll(text)
    }
  }
  return text
}

function escapeAll(text: string): string {
  let escaped = ''
  // Bytes that are no UTF-8 become U+FFFD on the way.
  for (const character of Buffer.from(text, 'latin1').toString('utf8')) {
    const code = character.codePointAt(0) ?? 0
    switch (character) {
      case '"':
        escaped += '&quot;'
        break
      case '&':
        escaped += '&amp;'
        break
      case "'":
        escaped += '&apos;'
        break
      case '<':
        escaped += '&lt;'
        break
      case '>':
        escaped += '&gt;'
        break
      default:
        escaped += code < 32 || code === 127 || code === 0xfffe || code === 0xffff ? ' ' : character
    }
  }
  return Buffer.from(escaped, 'utf8').toString('latin1')
}
