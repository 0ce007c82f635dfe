/** RFC 3261 §17.1.1.1 and its Table 4, in milliseconds. */

/** Estimate of the round trip. */
export const T1 = 500
/** Longest pause between retransmissions of anything but INVITE requests. */
export const T2 = 4000
/** How long a message can stay in the network. */
export const T4 = 5000
/** Timers B, F, H, J, L and M: how long a transaction waits before it gives up or forgets. */
export const lifetime = 64 * T1
/** Timer D on unreliable transports: at least 32 s. */
export const timerD = 32000

/** A caller hears that his INVITE has come after this time at the latest (§17.2.1). */
export const tryingDelay = 200
