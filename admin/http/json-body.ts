/** Reads JSON from strangers: bounded in depth, and nothing in it that reaches into JavaScript's own objects. */
import { isUtf8 } from 'node:buffer'
import { deepestNesting, jsonStructure } from '../../engine/config/json-structure.ts'
import { RequestRefused } from './problems.ts'

/**
 * The text of a body. Anything but UTF-8 would silently become something else than was sent.
 * @throws RequestRefused
 */
export function textOfBody(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8')
  throw refused('it is not UTF-8: save the text in that encoding, and send it again')
}

/** @throws RequestRefused with what is wrong; never quotes the text, which may hold a password */
export function parseJsonBody(text: string): unknown {
  if (text.trim() === '') throw refused('the body is empty: send a JSON object')
  if (jsonStructure(text).depth > deepestNesting) {
    throw refused(`lists and fields are nested more than ${deepestNesting} deep`)
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    const place = /at position (\d+)/.exec(error instanceof Error ? error.message : '')
    throw refused(
      place === null ? 'the body is not JSON, or ends too early' : `the body is not JSON at character ${place[1]}`,
    )
  }
  checkTexts(value)
  return value
}

/** The depth is bounded by now, so recursion is. */
function checkTexts(value: unknown): void {
  if (typeof value === 'string') {
    // Half a surrogate pair cannot be written in UTF-8: the database would keep something else than was sent.
    if (/\p{Surrogate}/u.test(value)) throw refused('a text holds half a character (a lone surrogate like \\ud800)')
  } else if (Array.isArray(value)) {
    for (const item of value) checkTexts(item)
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, member] of Object.entries(value)) {
      if (name === '__proto__' || name === 'constructor' || name === 'prototype') {
        throw refused(`a field may not be called ${name}`)
      }
      checkTexts(name)
      checkTexts(member)
    }
  }
}

function refused(what: string): RequestRefused {
  return new RequestRefused('invalid-request', `This cannot be read: ${what}`)
}
