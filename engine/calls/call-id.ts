import type { Clock, Random } from '../sip/transport.ts'

/**
 * A call's own id: the time in milliseconds and eight characters of chance, 16 characters of [0-9a-z] in all. It grows
 * with time, so that the index over the records of calls grows at its end and not all over.
 */
export function newCallId(clock: Clock, random: Random): string {
  return clock.now().toString(36).padStart(8, '0') + random.token(8)
}
