/** What the server says, and saying it in the account's own words. */
import { existsSync } from 'node:fs'
import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import type { PromptSet } from '../../../media/announcements/prompt-set.ts'
import { readPromptSets } from '../../../media/announcements/prompt-set.ts'
import type { AudioLibrary } from '../../audio/audio-library.ts'
import { operation } from '../../http/operation.ts'
import { invalidField, notFound } from '../../http/problems.ts'
import type { AdminApp, AdminServices } from '../../plugin.ts'
import { authorOf } from '../../plugin.ts'

const tag = 'audio'

const Prompt = Type.Object(
  {
    name: Type.String(),
    text: Type.String({ description: 'What it says where it is not replaced' }),
    isReplaced: Type.Boolean({ description: 'Whether an own recording is heard in its place' }),
  },
  { title: 'Prompt' },
)

const LanguageParameters = Type.Object({ language: Type.String({ maxLength: 20, description: 'en, de, ...' }) })
const PromptParameters = Type.Object({
  language: Type.String({ maxLength: 20, description: 'en, de, ...' }),
  name: Type.String({ maxLength: 100, description: 'Name of the prompt' }),
})

interface OfPrompt {
  language: string
  name: string
}

export function addPromptRoutes(app: AdminApp, services: AdminServices, library: AudioLibrary): void {
  const sets = readPromptSets(services.dataFolder)
  const setOf = (language: string): PromptSet => {
    const set = sets.get(language)
    if (set !== undefined) return set
    throw notFound(`There are no prompts in ${language}: there are those in ${[...sets.keys()].join(', ')}`)
  }
  const checkPrompt = ({ language, name }: OfPrompt) => {
    if (!Object.hasOwn(setOf(language).manifest.prompts, name)) {
      throw notFound(`There is no prompt of this name: GET /v1/prompts/${language} lists them`)
    }
  }
  const viewOf = ({ language, name }: OfPrompt) => ({
    name,
    text: setOf(language).manifest.prompts[name] ?? '',
    isReplaced: existsSync(library.promptPath(language, name)),
  })
  const audit = (request: FastifyRequest, summary: string) =>
    services.store.audit.add({ ...authorOf(request), action: 'prompt-change', summary })

  app.get<{ Params: { language: string } }>('/v1/prompts/:language', {
    config: { permission: 'audio.read' },
    schema: operation({
      id: 'listPrompts',
      tag,
      summary: 'What the server says in a language',
      params: LanguageParameters,
      answers: {
        200: {
          description: 'All prompts, by name',
          schema: Type.Object({ items: Type.Array(Prompt) }, { title: 'PromptList' }),
        },
      },
    }),
    handler: async (request) => {
      const { language } = request.params
      const names = Object.keys(setOf(language).manifest.prompts).sort()
      return { items: names.map((name) => viewOf({ language, name })) }
    },
  })

  app.put<{ Params: OfPrompt; Body: { audioFile: string } }>('/v1/prompts/:language/:name', {
    config: { permission: 'audio.write' },
    schema: operation({
      id: 'replacePrompt',
      tag,
      summary: 'Have a sound of the library heard in the place of a prompt, from the next call on',
      params: PromptParameters,
      body: Type.Object(
        { audioFile: Type.String({ minLength: 1, maxLength: 200, description: 'Write the id of an audio file' }) },
        { additionalProperties: false, description: 'Write audioFile' },
      ),
      answers: { 200: { description: 'The prompt', schema: Prompt } },
    }),
    handler: async (request) => {
      checkPrompt(request.params)
      const { audioFile } = request.body
      const { language, name } = request.params
      const isThere = services.configuration.configuration.get('audioFile', audioFile) !== undefined
      if (!isThere || (await library.lengthOf(audioFile)) === null) {
        const message = 'there is no audio file with this id, or nothing has been uploaded for it'
        throw invalidField('audioFile', audioFile, message, 'Choose one that has a sound')
      }
      await library.putPrompt(language, name, audioFile)
      await audit(request, `Prompt ${name} (${language}) is now audio file ${audioFile}`)
      return viewOf(request.params)
    },
  })

  app.delete<{ Params: OfPrompt }>('/v1/prompts/:language/:name', {
    config: { permission: 'audio.write' },
    schema: operation({
      id: 'restorePrompt',
      tag,
      summary: 'Have a prompt heard again as it comes with its language',
      params: PromptParameters,
      answers: { 200: { description: 'The prompt', schema: Prompt } },
    }),
    handler: async (request) => {
      checkPrompt(request.params)
      const { language, name } = request.params
      if (viewOf(request.params).isReplaced) {
        await library.removePrompt(language, name)
        await audit(request, `Prompt ${name} (${language}) is again the one that comes with it`)
      }
      return viewOf(request.params)
    },
  })
}
