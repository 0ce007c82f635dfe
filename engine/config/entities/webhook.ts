/** A program elsewhere that is told of calls as they begin, are answered and end, and of limits against toll fraud (docs/webhooks.md). */
import type { Static } from 'typebox'
import Type from 'typebox'
import type { Findings, KindDefinition } from './kind.ts'
import { Id, listOf, Name, oneOf, Secret, strict, YesNo } from './values.ts'

export const webhookEvents = ['call-started', 'call-answered', 'call-ended', 'toll-fraud-limit'] as const
export type WebhookEvent = (typeof webhookEvents)[number]

export const Webhook = Type.Object(
  {
    id: Id,
    name: Name,
    url: Type.String({
      pattern: '^https?://[^\\s/?#@]+[^\\s#]*$',
      maxLength: 1000,
      description: 'Write an address like https://example.com/calls, without a user name',
    }),
    secret: Secret,
    events: Type.Optional(listOf(oneOf([...webhookEvents]), webhookEvents.length, 'events')),
    on: Type.Optional(YesNo),
  },
  { ...strict, description: 'Write a webhook with id, name, url and secret' },
)

export type WebhookBody = Static<typeof Webhook>

function check(body: WebhookBody, _configuration: unknown, findings: Findings): void {
  if (URL.canParse(body.url)) return
  findings.problems.add('url', body.url, 'this is no address', 'Write an address like https://example.com/calls')
}

export const webhookKind: KindDefinition<WebhookBody> = {
  kind: 'webhook',
  collection: 'webhooks',
  label: 'webhook',
  schema: Webhook,
  secrets: ['secret'],
  idOf: (body) => body.id,
  titleOf: (body) => body.name,
  referencesOf: () => [],
  uniqueValuesOf: () => [],
  check,
  affectedBy: () => [],
}
