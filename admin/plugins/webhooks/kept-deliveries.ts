/** What programs were still to be told when the admin process ended, for the next one (docs/webhooks.md). */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Delivery } from './webhook-request.ts'

export interface KeptDelivery extends Delivery {
  /** Id of the webhook. */
  readonly webhook: string
}

const fileName = 'webhook-deliveries.json'

/** Writes them where `takeDeliveries` finds them. Throws what the file system throws. */
export function keepDeliveries(folder: string, deliveries: readonly KeptDelivery[]): void {
  if (deliveries.length > 0) writeFileSync(join(folder, fileName), JSON.stringify(deliveries), { mode: 0o600 })
}

/** What the process before this one has kept, once; none where the file is not there or not whole. */
export function takeDeliveries(folder: string): readonly KeptDelivery[] {
  const path = join(folder, fileName)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
    rmSync(path)
  } catch {
    return []
  }
  try {
    const read: unknown = JSON.parse(text)
    return Array.isArray(read) ? read.filter(isDelivery) : []
  } catch {
    return []
  }
}

function isDelivery(value: unknown): value is KeptDelivery {
  if (typeof value !== 'object' || value === null) return false
  const { webhook, id, event, body } = value as Record<string, unknown>
  return [webhook, id, event, body].every((field) => typeof field === 'string')
}
