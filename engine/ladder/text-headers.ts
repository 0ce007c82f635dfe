/** Values of headers of a message that is kept as text: what is broken in it is told as it came, so nothing is parsed. */

/**
 * @param name in small letters
 * @param short its compact form (RFC 3261 §7.3.3), or ''
 * @returns the value of the first one, or ''
 */
export function headerIn(text: string, name: string, short = ''): string {
  const end = text.indexOf('\r\n\r\n')
  for (let at = text.indexOf('\r\n'); at >= 0 && at < end; at = text.indexOf('\r\n', at + 2)) {
    const colon = text.indexOf(':', at)
    if (colon < 0) return ''
    const found = text
      .slice(at + 2, colon)
      .trim()
      .toLowerCase()
    if (found !== name && (short === '' || found !== short)) continue
    return text.slice(colon + 1, text.indexOf('\r\n', colon)).trim()
  }
  return ''
}
