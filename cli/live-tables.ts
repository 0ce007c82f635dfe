import { ControlClient } from '../engine/control/client.ts'
import { duration, table } from './table.ts'

/**
 * Prints who is registered.
 * @throws NoEngineError where no server runs on the folder
 */
export async function showRegistrations(dataFolder: string, json: boolean): Promise<void> {
  const client = await ControlClient.open(dataFolder)
  const registrations = await client.registrations()
  client.close()
  if (json) {
    process.stdout.write(`${JSON.stringify(registrations, null, 2)}\n`)
    return
  }
  const now = Date.now()
  const rows = registrations.map((one) => [
    one.extension,
    one.user,
    one.sipUserName,
    one.contact,
    `${one.transport} ${one.source}`,
    duration(one.expiresAt - now),
    one.userAgent,
  ])
  const head = ['Extension', 'User', 'SIP user name', 'Contact', 'From', 'Expires in', 'Phone']
  process.stdout.write(rows.length === 0 ? 'No phone is registered.\n' : table(head, rows))
}

/**
 * Prints the calls in progress.
 * @throws NoEngineError where no server runs on the folder
 */
export async function showCalls(dataFolder: string, json: boolean): Promise<void> {
  const client = await ControlClient.open(dataFolder)
  const calls = await client.calls()
  client.close()
  if (json) {
    process.stdout.write(`${JSON.stringify(calls, null, 2)}\n`)
    return
  }
  const now = Date.now()
  const rows = calls.map((call) => [
    call.state,
    call.caller,
    call.dialled,
    call.callee,
    duration(now - (call.answeredAt || call.startedAt)),
    call.id,
  ])
  const head = ['State', 'Caller', 'Dialled', 'With', 'For', 'Call']
  process.stdout.write(rows.length === 0 ? 'No call is in progress.\n' : table(head, rows))
}
