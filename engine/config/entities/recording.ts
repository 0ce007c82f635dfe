/** Whether calls of a user or service are recorded, and who is told. */
import type { Static } from 'typebox'
import Type from 'typebox'
import { Id, oneOf, strict, YesNo } from './values.ts'

export const Recording = Type.Object(
  {
    mode: oneOf(['never', 'on-demand', 'always']),
    announcement: Type.Optional(oneOf(['neither', 'me', 'remote-party', 'both'])),
    mail: Type.Optional(YesNo),
    policy: Type.Optional(Id),
  },
  { ...strict, description: 'Write mode and, if somebody is to be told, announcement' },
)

export type RecordingBody = Static<typeof Recording>
