import type { EngineStatus } from '../../../engine/control/protocol.ts'
import type { AdminServices } from '../../plugin.ts'

export interface Readiness {
  readonly ready: boolean
  /** One line each, with what to do. */
  readonly alerts: readonly string[]
  /** `null`: the store cannot be read. */
  readonly storeRevision: number | null
  /** `null`: no engine answers. */
  readonly engineRevision: number | null
}

/** How long a new revision may be on its way into force before that is an alert, in milliseconds. */
const patience = 2000

/** Asks everything that must be well for calls to be served by the newest configuration. */
export async function readiness(services: Pick<AdminServices, 'engine' | 'store'>): Promise<Readiness> {
  const alerts: string[] = []
  const storeRevision = readStore(services, alerts)
  // One that was committed a moment ago is waited for.
  if (storeRevision !== null) await services.engine.bringIntoForce(storeRevision, [], patience)
  const status = await services.engine.status()
  if (status === null)
    alerts.push('No engine answers: "ringdown serve" starts it again by itself, and its log says why')
  else addAlerts(status, storeRevision, alerts)
  return { ready: alerts.length === 0, alerts, storeRevision, engineRevision: status?.revision ?? null }
}

function readStore(services: Pick<AdminServices, 'store'>, alerts: string[]): number | null {
  try {
    return services.store.revision()
  } catch (error) {
    alerts.push(`The store cannot be read: ${error instanceof Error ? error.message : String(error)}`)
    return null
  }
}

function addAlerts(status: EngineStatus, storeRevision: number | null, alerts: string[]): void {
  if (storeRevision !== null && status.revision < storeRevision) {
    const why = status.documentProblems.length === 0 ? '' : `: ${status.documentProblems.join('; ')}`
    alerts.push(
      `Calls are decided by revision ${status.revision}, the newest is ${storeRevision}${why}. Until it is put right ` +
        'the old one stays in force',
    )
  }
  if (!status.journalHealthy) {
    alerts.push('The journal cannot be written: calls go on, but would not survive a crash. Look at disk and log')
  }
  if (status.draining) alerts.push('The server is stopping: new calls are not taken')
}
