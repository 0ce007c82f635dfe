/** Where in the body of a message its session description stands. */

export interface BodyPart {
  readonly start: number
  readonly end: number
}

/** Parts of a body that are looked at. */
const mostParts = 16

/**
 * The session description in a body: all of it, or a part (RFC 5621 §3.1).
 * @param contentType value of the message's Content-Type
 * @param body binary string
 * @returns `null` where there is none
 */
export function sessionDescriptionIn(contentType: string, body: string): BodyPart | null {
  const type = contentType.toLowerCase()
  if (type.startsWith('application/sdp')) return { start: 0, end: body.length }
  if (!type.startsWith('multipart/')) return null
  const named = /;\s*boundary=(?:"([^"]{1,70})"|([^;\s]{1,70}))/i.exec(contentType)
  const boundary = named?.[1] ?? named?.[2] ?? ''
  if (boundary === '') return null
  const line = `--${boundary}`
  let at = body.indexOf(line)
  for (let part = 0; part < mostParts && at >= 0; part++) {
    const headers = at + line.length
    const next = body.indexOf(`\r\n${line}`, headers)
    if (next < 0) return null
    const blank = body.indexOf('\r\n\r\n', headers)
    if (blank >= 0 && blank < next) {
      const isDescription = /\r\ncontent-type:[ \t]*application\/sdp[ \t]*(;|\r|$)/i.test(body.slice(headers, blank))
      if (isDescription) return { start: blank + 4, end: next }
    }
    at = next + 2
  }
  return null
}
