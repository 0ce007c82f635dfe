/**
 * Sentences of prompts: numbers, dates and times in the order in which a language says them, which its manifest tells.
 * Pure. What comes out are names of prompts.
 */

/** How numbers of a range are said. The first rule that holds a number counts. */
export interface NumberRule {
  readonly from: number
  readonly to: number
  /** What the number is divided by: `count` is how often it goes, `rest` what is left. */
  readonly base?: number
  /**
   * `=`: the prompt `number-N` of the number itself; `tens`: that of the number without its rest; `count`, `rest`: said by
   * these rules; `?` before a word: only where there is a rest; anything else names a prompt.
   */
  readonly say: readonly string[]
}

export interface SpeakingRules {
  readonly numbers: readonly NumberRule[]
  /** `weekday`, `day`, `month`, `year`, or the name of a prompt. */
  readonly date: readonly string[]
  /** `hour`, `minute`, `half` (am, pm), or the name of a prompt. `small`: minutes 1 to 9. */
  readonly time: {
    readonly hours: 12 | 24
    readonly whole: readonly string[]
    readonly small: readonly string[]
    readonly other: readonly string[]
  }
}

/** A part of a sentence. */
export type Spoken =
  | { readonly prompt: string }
  /** A whole number, 0 to 999 999 999. */
  | { readonly number: number }
  /** One character after the other: digits of a telephone number, letters of an address. What has no sound is left out. */
  | { readonly spell: string }
  /** Of a calendar: month 1 to 12, day 1 to 31. */
  | { readonly date: { readonly year: number; readonly month: number; readonly day: number } }
  | { readonly time: { readonly hour: number; readonly minute: number } }

/** Characters with prompts of their own. */
const characters: Readonly<Record<string, string>> = {
  '*': 'star',
  '#': 'hash',
  '+': 'plus',
  '-': 'dash',
  '@': 'at',
  '.': 'dot',
  '/': 'slash',
}
/** Longest text that is spelled. */
const longestSpelling = 200
/** Deeper than any language goes; a manifest with rules that lead in a circle ends here. */
const deepest = 12

/** @returns names of prompts, in the order in which they are said */
export function sentence(rules: SpeakingRules, parts: readonly Spoken[]): string[] {
  return parts.flatMap((part) => {
    if ('prompt' in part) return [part.prompt]
    if ('number' in part) return numberWords(rules, part.number, 0)
    if ('spell' in part) return spelled(part.spell)
    if ('date' in part) return dateWords(rules, part.date)
    return timeWords(rules, part.time)
  })
}

/** @returns paths of sound files; parts that the set cannot say are left out */
export function sentenceFiles(
  set: { readonly manifest: SpeakingRules; file(name: string): string | null },
  parts: readonly Spoken[],
): string[] {
  return sentence(set.manifest, parts).flatMap((name) => {
    const file = set.file(name)
    return file === null ? [] : [file]
  })
}

function numberWords(rules: SpeakingRules, number: number, depth: number): string[] {
  if (!Number.isInteger(number) || number < 0 || depth > deepest) return []
  const rule = rules.numbers.find(({ from, to }) => number >= from && number <= to)
  // Longer than anybody counts: digit by digit.
  if (rule === undefined) return depth === 0 ? spelled(String(number)) : []
  const base = rule.base ?? 1
  const rest = number % base
  return rule.say.flatMap((word) => {
    const isOptional = word.startsWith('?')
    if (isOptional && rest === 0) return []
    switch (isOptional ? word.slice(1) : word) {
      case '=':
        return [`number-${number}`]
      case 'tens':
        return [`number-${number - rest}`]
      case 'count':
        return numberWords(rules, Math.floor(number / base), depth + 1)
      case 'rest':
        return numberWords(rules, rest, depth + 1)
      default:
        return [isOptional ? word.slice(1) : word]
    }
  })
}

function spelled(text: string): string[] {
  return [...text.slice(0, longestSpelling).toLowerCase()].flatMap((character) => {
    if (character >= '0' && character <= '9') return [`number-${character}`]
    if (character >= 'a' && character <= 'z') return [`letter-${character}`]
    const named = Object.hasOwn(characters, character) ? characters[character] : undefined
    return named === undefined ? [] : [named]
  })
}

function dateWords(rules: SpeakingRules, { year, month, day }: { year: number; month: number; day: number }): string[] {
  const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay()
  return rules.date.flatMap((word) => {
    switch (word) {
      case 'weekday':
        return [`weekday-${weekday === 0 ? 7 : weekday}`]
      case 'day':
        return [`day-${day}`]
      case 'month':
        return [`month-${month}`]
      case 'year':
        return numberWords(rules, year, 0)
      default:
        return [word]
    }
  })
}

function timeWords(rules: SpeakingRules, { hour, minute }: { hour: number; minute: number }): string[] {
  const { hours, whole, small, other } = rules.time
  const words = minute === 0 ? whole : minute < 10 ? small : other
  return words.flatMap((word) => {
    switch (word) {
      case 'hour':
        return numberWords(rules, hours === 24 ? hour : hour % 12 || 12, 0)
      case 'minute':
        return numberWords(rules, minute, 0)
      case 'half':
        return [hour < 12 ? 'am' : 'pm']
      default:
        return [word]
    }
  })
}
