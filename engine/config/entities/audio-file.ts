/** A sound of the account's library: greetings, announcements, music on hold. */
import type { Static } from 'typebox'
import Type from 'typebox'
import type { ConfigurationView, Findings, KindDefinition } from './kind.ts'
import { nameValue } from './named.ts'
import { Id, Language, Name, Note, oneOf, strict } from './values.ts'

export const AudioFile = Type.Object(
  {
    id: Id,
    name: Name,
    note: Type.Optional(Note),
    format: Type.Optional(oneOf(['wav', 'au', 'mp3', 'ogg'])),
    /** Name of the stored sound: never a path, so that it cannot lead out of its folder. */
    file: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,127}(\\.[a-z0-9]{1,4})?$',
        description: 'Write the name of the stored file: letters, digits, underscores and hyphens, without folders',
      }),
    ),
    sha256: Type.Optional(Type.String({ pattern: '^[0-9a-f]{64}$', description: 'Write 64 hexadecimal digits' })),
    language: Type.Optional(Language),
  },
  { ...strict, description: 'Write an audio file with id and name' },
)

export type AudioFileBody = Static<typeof AudioFile>

function check(body: AudioFileBody, _configuration: ConfigurationView, findings: Findings): void {
  if (body.file !== undefined && body.format === undefined) {
    const cure = 'Write the format of the file: wav, au, mp3 or ogg'
    findings.problems.add('format', undefined, 'there is a file, but not in which format', cure)
  }
  if (body.sha256 !== undefined && body.file === undefined) {
    findings.problems.add('sha256', body.sha256, 'there is no file of which this is the sum', 'Take it out')
  }
}

export const audioFileKind: KindDefinition<AudioFileBody> = {
  kind: 'audioFile',
  collection: 'audioFiles',
  label: 'audio file',
  schema: AudioFile,
  secrets: [],
  idOf: (body) => body.id,
  titleOf: (body) => body.name,
  referencesOf: () => [],
  uniqueValuesOf: (body) => [
    nameValue('audioFile', body.name),
    ...(body.file === undefined
      ? []
      : [
          { scope: 'audio file', value: body.file, path: 'file', what: 'file', cure: 'Use the audio file that has it' },
        ]),
  ],
  check,
  /** Others only care whether it is there. */
  affectedBy: () => [],
}
