/** Passwords are kept as argon2id hashes only (RFC 9106), and hashing is bounded in how much of it goes on at once. */
import { argon2id, hash, verify } from 'argon2'

/** 19 MiB, two passes, one lane: about 20 ms of a core. */
const cost = { type: argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

/** Hashes at once, and how many may wait: guesses must not take the memory of the process. */
const atOnce = 2
const mostWaiting = 50

/** Too many sign-ins wait already. */
export class TooManySignInsError extends Error {}

let running = 0
const waiting: (() => void)[] = []

async function inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
  if (running >= atOnce) {
    if (waiting.length >= mostWaiting) throw new TooManySignInsError('Too many sign-ins at once')
    // The one before hands its place on, so that nobody slips in between.
    await new Promise<void>((resolve) => waiting.push(resolve))
  } else running++
  try {
    return await work()
  } finally {
    const next = waiting.shift()
    if (next === undefined) running--
    else next()
  }
}

/** @throws TooManySignInsError */
export function hashPassword(password: string): Promise<string> {
  return inTurn(() => hash(password, cost))
}

/** Of no password: unknown user names must cost as much as known ones. */
let nobody: Promise<string> | null = null

/**
 * Whether the password is the one of the hash; takes as long where there is no hash.
 * @throws TooManySignInsError
 */
export async function passwordFits(passwordHash: string | null, password: string): Promise<boolean> {
  nobody ??= hash('nobody has this password', cost)
  const against = passwordHash ?? (await nobody)
  const fits = await inTurn(() => verify(against, password))
  return fits && passwordHash !== null
}
