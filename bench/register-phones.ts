/** Registers all phones of the benchmark from one port. Happens before anything is measured. */

import { registerPhones as registerAll } from '../load/run/register-phones.ts'
import type { BenchUser } from './population.ts'
import { PHONE_DOMAIN } from './population.ts'

export interface RegisteringPlan {
  readonly users: readonly BenchUser[]
  readonly serverPort: number
  /** The port of all contacts; free again when this is done. */
  readonly phonePort: number
  /** Their domains; one for all unless it is said. */
  readonly domainOf?: (index: number) => string
}

const EXPIRES_SECONDS = 3600

/** @throws Error naming the first phone that was refused or not answered. */
export function registerPhones({ users, serverPort, phonePort, domainOf }: RegisteringPlan): Promise<void> {
  return registerAll({
    phones: users.map(({ index, sipUserName, password }) => {
      return { sipUserName, password, domain: domainOf?.(index) ?? PHONE_DOMAIN }
    }),
    serverAddress: '127.0.0.1',
    serverPort,
    address: '127.0.0.1',
    port: phonePort,
    expiresSeconds: EXPIRES_SECONDS,
    cure: 'the benchmark makes its users itself',
  })
}
