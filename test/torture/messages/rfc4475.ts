import type { TortureCase } from '../torture-case.ts'
import { invalidMessages } from './invalid.ts'
import { meaningMessages } from './meaning.ts'
import { validMessages } from './valid.ts'

/** A message of our own for each of the 49 sections of RFC 4475, in its order. */
export const rfc4475: readonly TortureCase[] = [...validMessages, ...invalidMessages, ...meaningMessages]
