/**
 * Events of calls as text for the journal, and back. One field a line; every text is a binary string (UTF-8 bytes, one
 * character a byte).
 */
import type {
  AskedCaller,
  CallBegan,
  CallWentOn,
  EndedBy,
  HeardQuality,
  RecordedParty,
  RouteTaken,
} from './call-events.ts'

export type CallEvent =
  | ({ readonly kind: 'began' } & CallBegan)
  | ({ readonly kind: 'wentOn' } & CallWentOn)
  | { readonly kind: 'answered'; readonly id: string; readonly at: number; readonly callee: RecordedParty }
  | {
      readonly kind: 'transferred'
      readonly id: string
      readonly at: number
      readonly by: RecordedParty
      readonly into: string
    }
  | { readonly kind: 'recorded'; readonly id: string; readonly at: number; readonly recording: string }
  | { readonly kind: 'heard'; readonly id: string; readonly at: number; readonly quality: readonly HeardQuality[] }
  | {
      readonly kind: 'ended'
      readonly id: string
      readonly at: number
      readonly by: EndedBy
      readonly status: number
      readonly phrase: string
    }

/** Divides the rules of one step, which stand in one field. */
const ruleSeparator = '\r'

export function beganText(event: CallBegan): string {
  const { id, at, callId, fromTag, sequence, source, caller, asked, dialled, domain, revision, step, refusal } = event
  const refused = refusal === null ? '' : `${refusal.status} ${line(refusal.phrase)}`
  return (
    `b\n${id}\n${at}\n${callId}\n${source}\n${partyText(caller)}\n${line(dialled)}\n${line(domain)}\n${revision}\n` +
    `${stepText(step)}\n${refused}\n${asked === null ? '' : askedText(asked)}\n${step.targets}\n` +
    `${sequence} ${fromTag}${event.parent === undefined ? '' : `\n${event.parent}`}`
  )
}

export function wentOnText({ id, at, outcome, detail, revision, step }: CallWentOn): string {
  return `s\n${id}\n${at}\n${outcome}\n${stepText(step)}\n${revision}\n${line(detail)}\n${step.targets}`
}

export function answeredText(id: string, at: number, callee: RecordedParty): string {
  return `a\n${id}\n${at}\n${partyText(callee)}`
}

export function transferredText(id: string, at: number, by: RecordedParty, into: string): string {
  return `t\n${id}\n${at}\n${partyText(by)}\n${into}`
}

export function recordedText(id: string, at: number, recording: string): string {
  return `r\n${id}\n${at}\n${recording}`
}

export function heardText(id: string, at: number, quality: readonly HeardQuality[]): string {
  return `q\n${id}\n${at}\n${JSON.stringify(quality)}`
}

export function endedText(id: string, at: number, by: EndedBy, status: number, phrase: string): string {
  return `e\n${id}\n${at}\n${by}\n${status} ${line(phrase)}`
}

/** Where the fields of every event stand. */
const idField = 1
const timeField = 2
const firstField = 3

/**
 * Reads what the functions above wrote; `null` where it is damaged or of a version this one does not know. The text may
 * be readable instead of a binary string, and its fields are so then.
 */
export function readCallEvent(text: string): CallEvent | null {
  const fields = text.split('\n')
  const id = fields[idField]
  const at = Number(fields[timeField])
  if (id === undefined || id === '' || !Number.isFinite(at)) return null
  const field = (index: number) => fields[firstField + index] ?? ''
  switch (fields[0]) {
    case 'b':
      return readBegan(id, at, fields)
    case 's':
      return {
        kind: 'wentOn',
        id,
        at,
        outcome: field(0),
        detail: readLine(field(5)),
        revision: Number(field(4)),
        step: readStep(field(1), field(2), field(3), field(6)),
      }
    case 'a': {
      const callee = readParty(field(0))
      return callee === null ? null : { kind: 'answered', id, at, callee }
    }
    case 't': {
      const by = readParty(field(0))
      return by === null ? null : { kind: 'transferred', id, at, by, into: field(1) }
    }
    case 'r':
      return field(0) === '' ? null : { kind: 'recorded', id, at, recording: field(0) }
    case 'q': {
      const quality = readQuality(field(0))
      return quality === null ? null : { kind: 'heard', id, at, quality }
    }
    case 'e': {
      const by = field(0)
      const read = readStatus(field(1))
      if (read === null || (by !== 'caller' && by !== 'callee' && by !== 'server')) return null
      return { kind: 'ended', id, at, by, status: read.status, phrase: read.phrase }
    }
    default:
      return null
  }
}

function readBegan(id: string, at: number, fields: readonly string[]): CallEvent | null {
  const field = (index: number) => fields[firstField + index] ?? ''
  const caller = readParty(field(2))
  if (caller === null) return null
  const invite = field(12)
  const parent = fields[firstField + 13]
  return {
    kind: 'began',
    id,
    at,
    callId: field(0),
    fromTag: invite.slice(invite.indexOf(' ') + 1),
    sequence: Number.parseInt(invite === '' ? '-1' : invite, 10),
    ...(parent === undefined ? {} : { parent }),
    source: field(1),
    caller,
    asked: readAsked(field(10)),
    dialled: readLine(field(3)),
    domain: readLine(field(4)),
    revision: Number(field(5)),
    step: readStep(field(6), field(7), field(8), field(11)),
    refusal: readStatus(field(9)),
  }
}

/** What a row has in columns of its own of a call's beginning; the rest stays text until somebody reads the record. */
export interface BeganInBrief {
  readonly id: string
  readonly at: number
  readonly caller: RecordedParty
  readonly dialled: string
  readonly refusal: CallBegan['refusal']
  readonly parent: string | null
}

/** Whether an event is the beginning of a call. */
export function isBegan(text: string): boolean {
  return text.startsWith('b\n')
}

/** As `readCallEvent`, of a beginning, at a third of its cost. */
export function readBeganInBrief(text: string): BeganInBrief | null {
  const fields = text.split('\n')
  const id = fields[idField] ?? ''
  const at = Number(fields[timeField])
  const caller = readParty(fields[firstField + 2] ?? '')
  if (caller === null || id === '' || !Number.isFinite(at)) return null
  return {
    id,
    at,
    caller,
    dialled: readLine(fields[firstField + 3] ?? ''),
    refusal: readStatus(fields[firstField + 9] ?? ''),
    parent: fields[firstField + 13] ?? null,
  }
}

function readQuality(text: string): readonly HeardQuality[] | null {
  try {
    const quality: unknown = JSON.parse(text)
    return Array.isArray(quality) ? quality : null
  } catch {
    return null
  }
}

/** A party in one field. */
export function partyText(party: RecordedParty): string {
  return `${party.kind} ${party.id} ${party.title}`
}

/** Reads what `partyText` wrote; `null` where it is damaged. */
export function readParty(text: string): RecordedParty | null {
  const first = text.indexOf(' ')
  const second = text.indexOf(' ', first + 1)
  const kind = text.slice(0, first)
  if ((kind !== 'user' && kind !== 'trunk' && kind !== 'service') || second < 0) return null
  return { kind, id: text.slice(first + 1, second), title: text.slice(second + 1) }
}

function askedText(asked: AskedCaller): string {
  if (asked.kind === 'device') return `device ${asked.device}`
  const { number, name, anonymous, ownDiversions } = asked
  return `trunk ${anonymous ? 1 : 0} ${ownDiversions} ${line(number)}\t${line(name)}`
}

function readAsked(text: string): AskedCaller | null {
  if (text.startsWith('device ')) return { kind: 'device', device: text.slice(7) }
  const found = /^trunk ([01]) (\d+) ([^\t]*)\t(.*)$/.exec(text)
  if (found === null) return null
  const [, anonymous = '', ownDiversions = '', number = '', name = ''] = found
  return {
    kind: 'trunk',
    number: readLine(number),
    name: readLine(name),
    anonymous: anonymous === '1',
    ownDiversions: Number(ownDiversions),
  }
}

function stepText(step: RouteTaken): string {
  const rules = step.rules === '' ? '' : step.rules.replaceAll('\n', ruleSeparator)
  return `${step.facts}\n${rules}\n${step.rings}`
}

function readStep(facts: string, rules: string, rings: string, targets: string): RouteTaken {
  return { facts, rules: rules.replaceAll(ruleSeparator, '\n'), rings, targets }
}

function readStatus(text: string): { readonly status: number; readonly phrase: string } | null {
  const status = Number(text.slice(0, 3))
  return status >= 100 && status <= 699 ? { status, phrase: readLine(text.slice(4)) } : null
}

const special: Readonly<Record<string, string>> = { '\n': '\\n', '\t': '\\t', '\\': '\\\\' }
const plain: Readonly<Record<string, string>> = { '\\n': '\n', '\\t': '\t', '\\\\': '\\' }

/** What is dialled may hold any character, by its escapes. */
function line(text: string): string {
  return /[\n\t\\]/.test(text) ? text.replace(/[\n\t\\]/g, (character) => special[character] ?? '') : text
}

function readLine(text: string): string {
  return text.includes('\\') ? text.replace(/\\[nt\\]/g, (pair) => plain[pair] ?? '') : text
}
