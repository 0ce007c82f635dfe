import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import type { ConfigurationWriter } from '../../../engine/config/configuration-writer.ts'
import type { WebhookBody, WebhookEvent } from '../../../engine/config/entities/webhook.ts'
import { webhookEvents } from '../../../engine/config/entities/webhook.ts'
import type { LiveEventListener } from '../../../engine/control/engine-client.ts'
import type { LiveEvent } from '../../../engine/control/live-events.ts'
import type { KeptDelivery } from './kept-deliveries.ts'
import { keepDeliveries, takeDeliveries } from './kept-deliveries.ts'
import type { WebhookState } from './webhook-queue.ts'
import { WebhookQueue } from './webhook-queue.ts'
import { deliver } from './webhook-request.ts'

export interface WebhooksOptions {
  readonly configuration: Pick<ConfigurationWriter, 'configuration' | 'onChange'>
  readonly engine: { listen(listener: LiveEventListener): () => void }
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>
  /** Milliseconds since the epoch. */
  readonly clock: () => number
  /** Where what waits at the end is kept for the next process. */
  readonly dataFolder: string
}

/** Tells other programs of calls. The engine is asked for events only while there is a webhook. */
export class Webhooks implements LiveEventListener {
  readonly #options: WebhooksOptions
  readonly #queues = new Map<string, { readonly webhook: WebhookBody; readonly queue: WebhookQueue }>()
  readonly #stopWatching: () => void
  #stopListening: (() => void) | null = null

  constructor(options: WebhooksOptions) {
    this.#options = options
    this.#stopWatching = options.configuration.onChange((_revision, changes) => {
      // No changes are told where all was read anew.
      if (changes.length === 0 || changes.some(({ kind }) => kind === 'webhook')) this.#configured()
    })
    this.#configured()
    for (const { webhook, ...delivery } of takeDeliveries(options.dataFolder)) {
      this.#queues.get(webhook)?.queue.add(delivery)
    }
  }

  states(): readonly WebhookState[] {
    return [...this.#queues.values()].map(({ queue }) => queue.state())
  }

  happened(events: readonly LiveEvent[]): void {
    for (const event of events) {
      if (isTold(event.event)) this.#tell(event.event, event)
    }
  }

  missed(count: number | null): void {
    const what = count === null ? 'The engine was away' : `${count} events came too fast`
    this.#options.log.warn({}, `${what}: webhooks were not told of all calls; call records have them`)
  }

  close(): void {
    this.#stopWatching()
    this.#stopListening?.()
    const left: KeptDelivery[] = []
    for (const [webhook, { queue }] of this.#queues) {
      for (const delivery of queue.close()) left.push({ ...delivery, webhook })
    }
    this.#queues.clear()
    try {
      keepDeliveries(this.#options.dataFolder, left)
    } catch (error) {
      const { log } = this.#options
      log.error({ err: error, lost: left.length }, 'What webhooks were still to be told could not be kept')
    }
  }

  #configured(): void {
    const { configuration, engine, log } = this.#options
    const wanted = new Map<string, WebhookBody>()
    for (const body of configuration.configuration.all('webhook')) {
      const webhook = body as unknown as WebhookBody
      if (webhook.on !== false) wanted.set(webhook.id, webhook)
    }
    for (const [id, { webhook, queue }] of this.#queues) {
      if (wanted.get(id) === webhook) continue
      queue.close()
      this.#queues.delete(id)
    }
    for (const [id, webhook] of wanted) {
      if (this.#queues.has(id)) continue
      const seconds = () => Math.floor(this.#options.clock() / 1000)
      const queue = new WebhookQueue({
        webhook,
        log,
        send: (delivery) => deliver(webhook.url, webhook.secret, delivery, seconds()),
      })
      this.#queues.set(id, { webhook, queue })
    }
    if (this.#queues.size > 0) this.#stopListening ??= engine.listen(this)
    else {
      this.#stopListening?.()
      this.#stopListening = null
    }
  }

  #tell(event: WebhookEvent, data: LiveEvent): void {
    const body = JSON.stringify(data)
    for (const { webhook, queue } of this.#queues.values()) {
      if (webhook.events === undefined || webhook.events.includes(event)) queue.add({ id: randomUUID(), event, body })
    }
  }
}

function isTold(event: string): event is WebhookEvent {
  return (webhookEvents as readonly string[]).includes(event)
}
