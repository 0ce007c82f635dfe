/** Uploading, hearing and finding the uses of a sound of the library. */
import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import { kindDefinition } from '../../../engine/config/entities/kinds.ts'
import { audioFileName } from '../../../media/announcements/audio-library.ts'
import type { AudioLibrary } from '../../audio/audio-library.ts'
import { Conversions, longestUpload } from '../../audio/conversion.ts'
import { changeAnswers } from '../../http/changes.ts'
import { checkIfMatch, IfMatchHeaders } from '../../http/etags.ts'
import { IdParameters, operation } from '../../http/operation.ts'
import { invalidField, notFound, RequestRefused } from '../../http/problems.ts'
import { rangeOf, sendRange } from '../../http/ranges.ts'
import type { AdminApp, AdminServices } from '../../plugin.ts'
import { referencesTo, referrerOf } from '../entities/deletion.ts'
import { answerEntity, changeEntity, storedEntity } from '../entities/stored.ts'

const tag = 'audio'
const url = '/v1/audio-files/:id/sound'
const definition = kindDefinition('audioFile')
const types = ['audio/wav', 'audio/x-wav', 'audio/basic', 'audio/mpeg', 'audio/ogg', 'application/octet-stream']
const mostUses = 1000

const Use = Type.Object(
  {
    kind: Type.String({ description: 'Kind of the entity' }),
    id: Type.String({ description: 'Its id' }),
    path: Type.String({ description: 'The field that points here' }),
    title: Type.String({ description: 'Its name' }),
    href: Type.String({ description: 'Its address in this API' }),
  },
  { title: 'AudioFileUse' },
)

export function addSoundRoutes(parent: AdminApp, services: AdminServices, library: AudioLibrary): void {
  const conversions = new Conversions()
  parent.addHook('onClose', () => conversions.close())

  parent.register((app, _options, done) => {
    app.removeAllContentTypeParsers()
    app.addContentTypeParser(
      [...types],
      { parseAs: 'buffer', bodyLimit: longestUpload },
      async (_request: FastifyRequest, bytes: Buffer) => bytes,
    )
    app.put<{ Params: { id: string }; Body: Buffer }>(url, {
      config: { permission: 'audio.write' },
      bodyLimit: longestUpload,
      schema: operation({
        id: 'uploadAudioFile',
        tag,
        summary: 'Upload the sound of an audio file: WAV, AU, MP3 or Ogg',
        description:
          'At most 64 MB and half an hour. It is converted to one channel of 8000 samples a second; MP3 and Ogg are taken where ffmpeg is installed.',
        params: IdParameters,
        headers: IfMatchHeaders,
        body: Type.Unknown({ description: 'Send the file as it is' }),
        consumes: types,
        answers: changeAnswers(200, 'The audio file; the next call hears it', definition.schema),
        refusals: [412],
      }),
      handler: async (request, reply) => {
        const { id } = request.params
        // Before the sound is replaced, which cannot be taken back.
        checkIfMatch(request, (await storedEntity(services, definition, id)).revision)
        const converted = await conversions.convert(request.body)
        if (!converted.ok) {
          if ('busy' in converted) throw new RequestRefused('not-ready', converted.message, {}, { 'retry-after': '5' })
          const cure = 'Send a WAV, AU, MP3 or Ogg file'
          throw invalidField('', '', `this is no sound that can be taken: ${converted.message}`, cure)
        }
        const sha256 = createHash('sha256').update(converted.wav).digest('hex')
        await library.put(id, converted.wav)
        const committed = await changeEntity(services, request, definition, id, (before) => ({
          ...before.body,
          format: converted.format,
          file: audioFileName(id),
          sha256,
        }))
        return answerEntity(services, reply, definition, id, committed, 200)
      },
    })
    done()
  })

  parent.get<{ Params: { id: string } }>(url, {
    config: { permission: 'audio.read' },
    schema: operation({
      id: 'hearAudioFile',
      tag,
      summary: 'The sound of an audio file, as callers hear it, whole or a range of its bytes',
      params: IdParameters,
      answers: {
        200: { description: 'The sound', type: 'audio/wav', schema: Type.String() },
        206: { description: 'The range that was asked for', type: 'audio/wav', schema: Type.String() },
      },
      refusals: [416],
    }),
    handler: async (request, reply) => {
      const { id } = request.params
      await storedEntity(services, definition, id)
      const length = await library.lengthOf(id)
      if (length === null) throw notFound('Nothing has been uploaded for this audio file: PUT it to the same address')
      const range = rangeOf(request.headers.range, length)
      reply.header('content-type', 'audio/wav')
      return sendRange(request, reply, range, length, (from, to) => library.read(id, from, to))
    },
  })

  parent.get<{ Params: { id: string } }>('/v1/audio-files/:id/uses', {
    config: { permission: 'audio.read' },
    schema: operation({
      id: 'listAudioFileUses',
      tag,
      summary: 'Where an audio file is used',
      params: IdParameters,
      answers: {
        200: {
          description: 'What names it, a thousand at most',
          schema: Type.Object({ items: Type.Array(Use) }, { title: 'AudioFileUseList' }),
        },
      },
    }),
    handler: async (request) => {
      const { id } = request.params
      await storedEntity(services, definition, id)
      const { configuration } = services.configuration
      const references = referencesTo(configuration, { kind: 'audioFile', id }).slice(0, mostUses)
      return { items: references.map((reference) => referrerOf(reference, configuration)) }
    },
  })
}
