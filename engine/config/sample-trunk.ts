import type { Body } from './entities/kind.ts'

/** docs/trust.md, First start: the sample company's trunk trusts a port of this machine, whoever uses it. */
export function hasSampleTrunk(accounts: Iterable<Body>, trunks: Iterable<Body>): boolean {
  const [account] = accounts
  if (account?.['sample'] !== true) return false
  for (const trunk of trunks) if (isLoopback(String(trunk['address']))) return true
  return false
}

function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || address.startsWith('127.')
}
