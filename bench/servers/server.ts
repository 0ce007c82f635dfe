/** What the benchmark asks of a server it measures. */

import type { BenchUser } from '../population.ts'

/**
 * `none`: Kamailio asks for no password, calls come by a trunk. `registrations`: registrations are challenged.
 * `calls`: the phones call one another by digest, in many PBXs.
 */
export type SignIn = 'none' | 'registrations' | 'calls'

export interface ServerPlan {
  /** The server's own UDP port on 127.0.0.1. */
  readonly port: number
  /** Where the trunk sends from and is reached. */
  readonly callerPort: number
  /** Further ports from which the trunk sends. */
  readonly moreCallerPorts?: readonly number[]
  /** Of a second trunk, which takes emergency calls. */
  readonly emergencyPort?: number
  readonly users: readonly BenchUser[]
  /** Whether phones sign in by digest (MD5, which SIPp knows), `none` unless it is said. */
  readonly signIn?: SignIn
  /** A fresh folder for the server's files and log. */
  readonly directory: string
  /** Bytes of the kernel buffers, where the server lets them be chosen. */
  readonly bufferBytes: number
}

export interface RunningServer {
  /** The process whose family is accounted for. */
  readonly processId: number
  /** What the server still holds after all calls are over, one line each; none when it is clean. */
  leftovers(): Promise<string[]>
  /** Ends it and everything it started. */
  stop(): Promise<void>
}

export interface BenchServer {
  readonly name: string
  /** For the table. */
  readonly title: string
  /** Seconds after the last call until no transaction of it can be left. */
  readonly lingerSeconds: number
  /** Why it cannot be measured here, in one line with the cure; null when it can. */
  missing(): string | null
  /** Starts it and returns when its port is open. @throws Error with the end of its log when it does not open. */
  start(plan: ServerPlan): Promise<RunningServer>
}
