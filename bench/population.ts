/**
 * The people of the benchmark: users with one phone and one number each. Everything about user N follows from N, so
 * that the generators, the registering phones and the servers agree without passing tables around.
 */

export const PHONE_DOMAIN = 'pbx.bench.example'

/** Users of the standard benchmark. */
export const USER_COUNT = 10_000

/** What a number starts with; five digits follow: the user's index. `servers/kamailio.cfg` counts on its length. */
const NUMBER_PREFIX = '+4930200'

/** One user with a rule in so many (see `hasRule`). */
const RULE_EVERY = 10

export interface BenchUser {
  readonly index: number
  /** SIP user name of the phone: `u` and the index in five digits. */
  readonly sipUserName: string
  readonly password: string
  /** E.164 with `+`. */
  readonly phoneNumber: string
  readonly extension: string
  /** Every tenth user has a rule, so that the rule's path is part of what is measured. No rule changes the calls' way. */
  readonly hasRule: boolean
}

/** Describes user `index` (0 to 99 999). */
export function benchUser(index: number): BenchUser {
  const digits = String(index).padStart(5, '0')
  return {
    index,
    sipUserName: `u${digits}`,
    password: `bench-${digits}-Password`,
    phoneNumber: NUMBER_PREFIX + digits,
    extension: `3${digits}`,
    hasRule: index % RULE_EVERY === 0,
  }
}

/** All users in order. */
export function benchUsers(count: number): BenchUser[] {
  return Array.from({ length: count }, (_, index) => benchUser(index))
}

/**
 * The caller's injection file for SIPp: field 0 is the caller's number, field 1 the number dialled; a random line is
 * taken for each call.
 */
export function callerCsv(users: readonly BenchUser[]): string {
  const lines = users.map((user) => `+49170${String(1_000_000 + user.index)};${user.phoneNumber}`)
  return `RANDOM\n${lines.join('\n')}\n`
}
