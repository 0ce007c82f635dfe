/** Reads YAML of strangers. */
import type { Document } from 'yaml'
import { Composer, LineCounter, Parser } from 'yaml'
import { deepestNesting } from './json-structure.ts'

/** What stands open in the parser at the deepest place: the document itself, and headings that have their values still to come. */
const mostOpen = deepestNesting + 2

/** A stack that grows with the text costs seconds for a few thousand levels, and minutes for a megabyte of brackets. */
class BoundedParser extends Parser {
  override *next(source: string): ReturnType<Parser['next']> {
    if (this.stack.length > mostOpen) throw new RangeError('nested too deeply')
    yield* super.next(source)
  }
}

export interface YamlText {
  readonly document: Document | null
  /** In words, with their places. */
  readonly errors: readonly string[]
  readonly warnings: readonly string[]
}

/**
 * The first document of a text, all scalars as text.
 *
 * @throws RangeError where lists and fields are nested deeper than in any document of ours
 */
export function readYamlText(text: string): YamlText {
  const lines = new LineCounter()
  const composer = new Composer({ schema: 'failsafe', stringKeys: true })
  let document: Document | null = null
  const errors: string[] = []
  const warnings: string[] = []
  const withPlace = (message: string, at: number) => {
    const { line, col } = lines.linePos(at)
    return `${message} at line ${line}, column ${col}`
  }
  for (const one of composer.compose(new BoundedParser(lines.addNewLine).parse(text), true, text.length)) {
    if (document !== null) {
      errors.push(withPlace('a second document begins', one.range[0]))
      break
    }
    document = one
    for (const { message, pos } of one.errors) errors.push(withPlace(message, pos[0]))
    for (const { message, pos } of one.warnings) warnings.push(withPlace(message, pos[0]))
  }
  return { document, errors, warnings }
}
