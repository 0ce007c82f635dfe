import Type from 'typebox'
import { operation } from '../../http/operation.ts'
import { limitParameter, pageSchema } from '../../http/pages.ts'
import { notFound, RequestRefused } from '../../http/problems.ts'
import type { AdminPlugin } from '../../plugin.ts'
import type { ExtensionEntry } from './extensions.ts'
import { extensionsOf, kindsWithExtension, lowestFree } from './extensions.ts'

const Entry = Type.Object(
  {
    extension: Type.String({ description: 'The digits', examples: ['1001'] }),
    pbx: Type.String({ description: 'Id of the PBX in which they are dialled' }),
    site: Type.String({ description: 'Id of the site' }),
    kind: Type.String({ description: 'Kind of who has it', examples: ['user'] }),
    id: Type.String({ description: 'Id of who has it', examples: ['anna'] }),
    title: Type.String({ description: 'Name of who has it' }),
  },
  { title: 'ExtensionEntry' },
)
const text = (description: string) => Type.Optional(Type.String({ maxLength: 200, description }))
const Query = Type.Object(
  {
    pbx: text('Only those of this PBX'),
    site: text('Only those of this site'),
    kind: Type.Optional(Type.Enum(kindsWithExtension(), { description: 'Only those that such an entity has' })),
    q: text('Text in the extension, the id or the name'),
    limit: limitParameter,
    cursor: text('`next` of the page before'),
  },
  { additionalProperties: false },
)
interface ListQuery {
  pbx?: string
  site?: string
  kind?: string
  q?: string
  limit?: number
  cursor?: string
}

/** Who has which extension, and which is free. */
export const plugin: AdminPlugin = {
  name: 'extensions',
  permissions: [{ name: 'extensions.read', description: 'See who has which extension' }],
  register(app, services) {
    const { configuration } = services
    app.get<{ Querystring: ListQuery }>('/v1/extensions', {
      config: { permission: 'extensions.read' },
      schema: operation({
        id: 'listExtensions',
        tag: 'extensions',
        summary: 'List extensions and who has them, in their order',
        query: Query,
        answers: {
          200: {
            description: 'A page of them',
            schema: pageSchema(Entry, 'ExtensionList'),
          },
        },
      }),
      handler: async (request) => {
        await configuration.follow()
        return page(extensionsOf(configuration.configuration), request.query)
      },
    })
    app.get<{ Querystring: { pbx: string; from?: string } }>('/v1/extensions/free', {
      config: { permission: 'extensions.read' },
      schema: operation({
        id: 'suggestExtension',
        tag: 'extensions',
        summary: 'Suggest the lowest free extension of a PBX',
        query: Type.Object(
          {
            pbx: Type.String({ maxLength: 200, description: 'Write the id of the PBX', examples: ['north'] }),
            from: Type.Optional(
              Type.String({
                pattern: '^[0-9]{2,10}$',
                description: 'Write the lowest extension wanted, 2 to 10 digits',
              }),
            ),
          },
          { additionalProperties: false, description: 'Write pbx' },
        ),
        answers: {
          200: {
            description: 'Free, and permitted',
            schema: Type.Object({ extension: Type.String({ examples: ['1005'] }) }, { title: 'FreeExtension' }),
          },
        },
        refusals: [404, 409],
      }),
      handler: async (request) => {
        const { pbx, from } = request.query
        await configuration.follow()
        if (configuration.configuration.get('pbx', pbx) === undefined) throw notFound(`There is no PBX ${pbx}`)
        const extension = lowestFree(configuration.configuration, pbx, from ?? '')
        if (extension === null)
          throw new RequestRefused('conflict', `PBX ${pbx} has no free extension there: begin elsewhere`)
        return { extension }
      },
    })
  },
}

function page(all: Iterable<ExtensionEntry>, query: ListQuery): { items: ExtensionEntry[]; next: string | null } {
  const wanted = query.q?.toLowerCase() ?? ''
  const found: ExtensionEntry[] = []
  for (const entry of all) {
    if (query.pbx !== undefined && entry.pbx !== query.pbx) continue
    if (query.site !== undefined && entry.site !== query.site) continue
    if (query.kind !== undefined && entry.kind !== query.kind) continue
    if (wanted !== '' && !`${entry.extension} ${entry.id} ${entry.title}`.toLowerCase().includes(wanted)) continue
    if (query.cursor === undefined || placeOf(entry) > query.cursor) found.push(entry)
  }
  found.sort((left, right) => (placeOf(left) < placeOf(right) ? -1 : 1))
  const items = found.slice(0, query.limit ?? 100)
  const last = items.at(-1)
  return { items, next: found.length > items.length && last !== undefined ? placeOf(last) : null }
}

/** Unique, and in the order of the list. */
function placeOf({ extension, pbx }: ExtensionEntry): string {
  return `${extension}@${pbx}`
}
