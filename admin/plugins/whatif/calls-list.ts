/** Calls that somebody wrote down: CSV (RFC 4180) with the columns caller, dialled and, if it matters, at. */
import type { Problem } from '../../../engine/config/problem.ts'

export interface ListedCall {
  /** Which one it is for people: `line 7`. */
  readonly id: string
  readonly caller: string
  readonly dialled: string
  /** Milliseconds since the epoch. */
  readonly at: number
}

export type CallsListRead =
  | { readonly ok: true; readonly calls: readonly ListedCall[] }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/** Calls of a list. */
export const mostListedCalls = 1_000_000
/** Mistakes that are told. */
const mostProblems = 20

/**
 * Problems have the path `csv`, the field of the question, with the line: whoever read a file knows its name.
 *
 * @param now for calls without a time
 */
export function readCallsList(text: string, now: number): CallsListRead {
  const problems: Problem[] = []
  const add = (path: string, value: string, message: string, cure: string) => {
    if (problems.length < mostProblems) problems.push({ path, value: value.slice(0, 100), message, cure })
  }
  const calls: ListedCall[] = []
  let columns: { readonly caller: number; readonly dialled: number; readonly at: number } | null = null
  for (const { line, cells } of linesOf(text)) {
    if (cells.length === 1 && cells[0]?.trim() === '') continue
    if (columns === null) {
      const names = cells.map((cell) => cell.trim().toLowerCase())
      columns = { caller: names.indexOf('caller'), dialled: names.indexOf('dialled'), at: names.indexOf('at') }
      if (columns.caller >= 0 && columns.dialled >= 0) continue
      add('csv', names.join(','), 'the first line does not name the columns', 'Begin with: caller,dialled,at')
      break
    }
    const place = `csv line ${line}`
    const caller = (cells[columns.caller] ?? '').trim()
    const dialled = (cells[columns.dialled] ?? '').trim()
    const when = columns.at < 0 ? '' : (cells[columns.at] ?? '').trim()
    const at = when === '' ? now : timeOf(when)
    if (caller === '') add(place, '', 'nobody calls', 'Write an extension, a user name, a number with + or: anonymous')
    if (dialled === '') add(place, '', 'nothing is dialled', 'Write an extension or a number')
    if (at === null) add(place, when, 'this is no time with its zone', 'Write it as 2026-03-01T18:30:00Z')
    if (calls.length === mostListedCalls) {
      add(place, '', `there are more than ${mostListedCalls} calls`, 'Ask in several lists')
      break
    }
    calls.push({ id: `line ${line}`, caller, dialled, at: at ?? now })
    if (problems.length === mostProblems) break
  }
  if (columns === null) add('csv', '', 'the list is empty', 'Begin with: caller,dialled,at')
  return problems.length === 0 ? { ok: true, calls } : { ok: false, problems }
}

function timeOf(text: string): number | null {
  const time = /Z$|[+-]\d\d:?\d\d$/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(time) ? null : time
}

interface Line {
  /** The first line is 1. */
  readonly line: number
  readonly cells: readonly string[]
}

/** Cells may stand in quotation marks, and then hold commas, line breaks and doubled quotation marks. */
function* linesOf(text: string): Generator<Line> {
  let line = 1
  let cells: string[] = []
  let began = line
  let start = text.charCodeAt(0) === 0xfeff ? 1 : 0
  while (start <= text.length) {
    let cell: string
    let end: number
    if (text.charAt(start) === '"') {
      let close = start + 1
      for (;;) {
        const quote = text.indexOf('"', close)
        if (quote < 0) {
          close = text.length
          break
        }
        close = quote
        if (text.charAt(quote + 1) !== '"') break
        close += 2
      }
      cell = text.slice(start + 1, close).replaceAll('""', '"')
      for (const character of cell) if (character === '\n') line++
      end = nextEnd(text, Math.min(close + 1, text.length))
    } else {
      end = nextEnd(text, start)
      cell = text.slice(start, end)
    }
    cells.push(cell.endsWith('\r') ? cell.slice(0, -1) : cell)
    start = end + 1
    if (text.charAt(end) === ',') continue
    yield { line: began, cells }
    cells = []
    began = ++line
  }
}

/** Where the cell ends: at a comma, a line break or the end of the text. */
function nextEnd(text: string, from: number): number {
  for (let index = from; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === 0x2c || code === 0x0a) return index
  }
  return text.length
}
