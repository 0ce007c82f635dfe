/** Compact form (RFC 3261 §7.3.3), for requests that would otherwise be too long for a datagram. */

/** What fits a path of 1500 bytes with room for what lies between (§18.1.1). In bytes. */
export const longestUnfragmented = 1300

/** The registered ones of headers that are ours or that phones send; unknown headers keep their names. */
const compactNames: ReadonlyMap<string, string> = new Map([
  ['accept-contact', 'a'],
  ['allow-events', 'u'],
  ['call-id', 'i'],
  ['contact', 'm'],
  ['content-encoding', 'e'],
  ['content-length', 'l'],
  ['content-type', 'c'],
  ['event', 'o'],
  ['from', 'f'],
  ['identity', 'y'],
  ['refer-to', 'r'],
  ['referred-by', 'b'],
  ['reject-contact', 'j'],
  ['request-disposition', 'd'],
  ['session-expires', 'x'],
  ['subject', 's'],
  ['supported', 'k'],
  ['to', 't'],
  ['via', 'v'],
])

/** The same message with short header names and no blanks after colons. Values and body stay as they are. */
export function compactForm(text: string): string {
  const headersEnd = text.indexOf('\r\n\r\n')
  let position = text.indexOf('\r\n') + 2
  let compact = text.slice(0, position)
  while (position < headersEnd) {
    const end = text.indexOf('\r\n', position) + 2
    compact += compactLine(text.slice(position, end))
    position = end
  }
  return compact + text.slice(position)
}

function compactLine(line: string): string {
  const colon = line.indexOf(':')
  // What begins with a blank goes on from the line before (§7.3.1).
  if (colon < 0 || line.charCodeAt(0) === 32 || line.charCodeAt(0) === 9) return line
  const name = line.slice(0, colon).trimEnd()
  return `${compactNames.get(name.toLowerCase()) ?? name}:${line.slice(colon + 1).trimStart()}`
}
