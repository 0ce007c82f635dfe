import type { CallServices } from '../services.ts'

const deactivated = 'Reason: SIP;cause=480;text="User Deactivated"\r\n'

/** Calls of users who are not active any more end; emergency calls go on (docs/emergency.md). */
export function endCallsOfDeactivated(services: CallServices): void {
  const { calls, log, snapshot, usage } = services
  // Few changes deactivate anybody: nothing is made before somebody is found.
  const gone: string[] = []
  for (const id of usage.usersInCalls()) if (snapshot.users.get(id)?.active !== true) gone.push(id)
  if (gone.length === 0) return
  for (const call of [...calls.all()]) {
    const { id, parties } = call.view()
    const user = parties.find((party) => party.kind === 'user' && gone.includes(party.id))
    if (user === undefined || parties.some(({ emergency }) => emergency === true)) continue
    log.info({ call: id, user: user.id }, 'A call ends, because its user is not active any more')
    call.hangUp(deactivated)
  }
}
