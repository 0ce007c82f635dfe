/** The voicemail of a user, ring group or queue. */
import type { Static } from 'typebox'
import Type from 'typebox'
import { Email, Id, listOf, oneOf, strict, YesNo } from './values.ts'

const Greetings = Type.Object(
  {
    internal: Type.Optional(Id),
    external: Type.Optional(Id),
    businessHours: Type.Optional(Id),
    afterHours: Type.Optional(Id),
    weekend: Type.Optional(Id),
    temporary: Type.Optional(Id),
    pinned: Type.Optional(oneOf(['internal', 'external', 'businessHours', 'afterHours', 'weekend', 'temporary'])),
  },
  { ...strict, description: 'Write ids of audio files under internal, external, businessHours and so on' },
)

export const Mailbox = Type.Object(
  {
    enabled: Type.Optional(YesNo),
    announceOnly: Type.Optional(YesNo),
    pinFromOwnPhone: Type.Optional(YesNo),
    notification: Type.Optional(oneOf(['none', 'notice', 'attachment', 'attachment-then-delete'])),
    addresses: Type.Optional(listOf(Email, 20, 'e-mail addresses')),
    transcript: Type.Optional(YesNo),
    greetings: Type.Optional(Greetings),
    schedule: Type.Optional(Id),
  },
  { ...strict, description: 'Write the mailbox, for example {enabled: true, notification: notice}' },
)

export type MailboxBody = Static<typeof Mailbox>
