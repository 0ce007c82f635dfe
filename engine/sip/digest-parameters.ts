/** The parameters of Digest in any of its header fields: challenges and credentials (RFC 7616 §3.3, §3.4). */

const longestValue = 4096
const mostParameters = 32

/**
 * Reads one header value: parameters by lower-case name, quotes and escapes taken off. `other-scheme`: not Digest.
 * `malformed`: a syntax error, or a parameter given twice, which would have no meaning that both ends agree on.
 */
export function parseDigestParameters(value: string): ReadonlyMap<string, string> | 'other-scheme' | 'malformed' {
  if (value.length > longestValue) return 'malformed'
  if (!/^digest[ \t\r\n]/i.test(value)) return 'other-scheme'
  const found = new Map<string, string>()
  let position = 7
  for (let count = 0; ; count++) {
    position = skipBlanks(value, position)
    if (position >= value.length) break
    if (count === mostParameters) return 'malformed'
    const nameEnd = endOfToken(value, position)
    if (nameEnd === position) return 'malformed'
    const name = value.slice(position, nameEnd).toLowerCase()
    if (found.has(name)) return 'malformed'
    position = skipBlanks(value, nameEnd)
    if (value.charCodeAt(position) !== 61) return 'malformed'
    position = skipBlanks(value, position + 1)
    let content: string
    if (value.charCodeAt(position) === 34) {
      const end = closingQuote(value, position)
      if (end < 0) return 'malformed'
      content = value.slice(position + 1, end)
      if (content.includes('\\')) content = content.replace(/\\(.)/gs, '$1')
      position = end + 1
    } else {
      const end = endOfToken(value, position)
      if (end === position) return 'malformed'
      content = value.slice(position, end)
      position = end
    }
    found.set(name, content)
    position = skipBlanks(value, position)
    if (position >= value.length) break
    if (value.charCodeAt(position) !== 44) return 'malformed'
    position++
  }
  return found
}

function skipBlanks(text: string, start: number): number {
  let position = start
  for (;;) {
    const code = text.charCodeAt(position)
    if (code !== 32 && code !== 9 && code !== 13 && code !== 10) return position
    position++
  }
}

/** Token characters (RFC 3261 §25.1), and what phones leave unquoted besides: everything but separators. */
function endOfToken(text: string, start: number): number {
  let position = start
  while (position < text.length) {
    const code = text.charCodeAt(position)
    if (code <= 32 || code === 34 || code === 44 || code === 61 || code >= 127) break
    position++
  }
  return position
}

/** Index of the quote that closes the one at `start`, or -1. */
function closingQuote(text: string, start: number): number {
  for (let position = start + 1; position < text.length; position++) {
    const code = text.charCodeAt(position)
    if (code === 92) position++
    else if (code === 34) return position
  }
  return -1
}
