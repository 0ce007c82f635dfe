/**
 * The people of the benchmark: users with one phone and one number each. Everything about user N follows from N, so
 * that the generators, the registering phones and the servers agree without passing tables around.
 */

export const PHONE_DOMAIN = 'pbx.bench.example'

/** Users of one PBX where phones sign in to call (`--digest`): one of them is called by the others. */
export const USERS_OF_A_PBX = 10

/** What they all dial: SIPp makes one digest uri for a whole run, so it is the PBX that tells whom it means. */
export const COMMON_EXTENSION = '3000'

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

/** Domain of the PBX that user `index` belongs to where there are many; `servers/kamailio.cfg` counts on the digits. */
export function domainOfPbx(index: number): string {
  return `p${String(Math.floor(index / USERS_OF_A_PBX)).padStart(4, '0')}.bench.example`
}

/**
 * The injection file of phones: SIP user name, password, domain; a line for each call, in turn. One of each PBX comes
 * before the second of any, so that no user is called again before his last call is over.
 */
export function phoneCsv(users: readonly BenchUser[]): string {
  const callers = users.filter(({ index }) => index % USERS_OF_A_PBX !== 0)
  const inTurn = [...callers].sort((one, other) => (one.index % USERS_OF_A_PBX) - (other.index % USERS_OF_A_PBX))
  return `SEQUENTIAL\n${inTurn.map((user) => `${user.sipUserName};${user.password};${domainOfPbx(user.index)}\n`).join('')}`
}

/** The injection file of phones that register: as above, all of them, in one PBX. */
export function registrationCsv(users: readonly BenchUser[]): string {
  return `SEQUENTIAL\n${users.map((user) => `${user.sipUserName};${user.password};${PHONE_DOMAIN}\n`).join('')}`
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
