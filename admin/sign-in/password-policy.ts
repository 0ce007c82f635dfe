/** What a password of an administrator must be like. */
import { randomInt } from 'node:crypto'

export const shortestPassword = 10
/** Argon2 would take more; nobody types more. */
export const longestPassword = 128

const kinds: readonly (readonly [RegExp, string])[] = [
  [/\p{Ll}/u, 'a lower-case letter'],
  [/\p{Lu}/u, 'a capital letter'],
  [/\p{Nd}/u, 'a digit'],
  [/[^\p{L}\p{N}]/u, 'a special character'],
]

/** What a password lacks, as the end of a sentence (`it needs ...`); '' where it is good. */
export function passwordFault(password: string, userName: string): string {
  const length = [...password].length
  if (length < shortestPassword) return `at least ${shortestPassword} characters`
  if (length > longestPassword) return `at most ${longestPassword} characters`
  const missing = kinds.filter(([kind]) => !kind.test(password)).map(([, name]) => name)
  if (missing.length > 0) return missing.join(', ')
  if (userName.length > 2 && password.toLowerCase().includes(userName.toLowerCase()))
    return 'to be without the user name'
  return ''
}

/** No letters and digits that look alike: people read it from a screen. */
const letters = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'

/** A password that meets the policy, of about 116 bits. */
export function generatePassword(userName: string): string {
  for (;;) {
    const groups = Array.from({ length: 4 }, () => Array.from({ length: 5 }, () => letters[randomInt(letters.length)]))
    const password = groups.map((group) => group.join('')).join('-')
    if (passwordFault(password, userName) === '') return password
  }
}
