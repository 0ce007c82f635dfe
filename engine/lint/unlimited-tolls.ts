/** Calls abroad that nothing limits: a stolen password may talk there for as long as it likes. */
import type { ConfigurationView } from '../config/entities/kind.ts'
import type { LintFinding } from './lint-finding.ts'

const withinLimits: readonly unknown[] = ['domestic', 'emergency-only', undefined]

/** Plans that reach further than the own country, in an account without limits against toll fraud. */
export function* unlimitedTolls(configuration: ConfigurationView): Generator<LintFinding> {
  const account = configuration.get('account', 'account')
  if (account === undefined || account['tollFraud'] !== undefined) return
  for (const kind of ['pbx', 'site', 'user', 'ringGroup'] as const) {
    for (const body of configuration.all(kind)) {
      const plan = body['callingPlan']
      if (withinLimits.includes(plan)) continue
      yield {
        kind: 'account',
        id: 'account',
        path: 'tollFraud',
        value: '',
        message: `calls abroad are allowed (${kind} ${String(body['id'])}: ${String(plan)}), and nothing limits what a stolen password costs`,
        cure: 'Set limits, for example tollFraud: {simultaneousCalls: {each: 3}, minutesADay: {high: {each: 10}}}',
      }
      return
    }
  }
}
