/** Names of policies by which recordings are kept. */
import type { AccountBody } from './account.ts'
import type { ConfigurationView, Findings } from './kind.ts'

/** Recordings whose policy is gone are kept as long as those without one: no reason to refuse whoever names it. */
export function warnOfRecordingPolicy(
  policy: string | undefined,
  path: string,
  configuration: ConfigurationView,
  findings: Findings,
): void {
  if (policy === undefined) return
  for (const account of configuration.all('account')) {
    if ((account as AccountBody).recordingPolicies?.some(({ id }) => id === policy)) return
  }
  const message = 'the account has no policy for recordings with this id: recordings are kept for 30 days'
  findings.warnings.add(path, policy, message, "Choose one of the account's recordingPolicies")
}
