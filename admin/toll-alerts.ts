/** What becomes of limits against toll fraud that stopped somebody: the audit has it, and the log. */
import type { TollFraudEvent } from '../engine/control/live-events.ts'
import type { AdminServices } from './plugin.ts'

/** Writes one into the audit. */
export async function auditTollFraud({ store, log }: Pick<AdminServices, 'store' | 'log'>, alert: TollFraudEvent) {
  const { key, placer, name } = alert
  const summary = `${sentenceOf(alert)}: outside calls of ${name} are refused`
  log.warn({ key, placer }, summary)
  const isUser = !placer.includes(':')
  await store.audit.add({
    actor: placer,
    address: '',
    source: 'engine',
    action: 'toll-fraud-limit',
    kind: isUser ? 'user' : 'ringGroup',
    id: isUser ? placer : placer.slice(placer.indexOf(':') + 1),
    summary,
  })
}

function sentenceOf({ key, counter, name }: TollFraudEvent): string {
  const whose = key.startsWith('account:') ? 'The account' : name
  if (counter === 'calls') return `${whose} has as many outside calls at once as allowed`
  if (counter === 'outsideHours') {
    return `${whose} has made all calls to numbers of high risk that are allowed outside business hours today`
  }
  return `${whose} has used up the minutes of today to numbers of ${counter} risk`
}
