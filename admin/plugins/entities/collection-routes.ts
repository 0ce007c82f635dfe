/** List, create, read, change and delete entities of one kind. */
import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import type { KindDefinition } from '../../../engine/config/entities/kind.ts'
import type { ListOptions } from '../../../engine/config/store/configuration-store.ts'
import { changeAnswers, commit, notYetInForce, tellCommitted } from '../../http/changes.ts'
import { etagHeader, IfMatchHeaders, IfNoneMatchHeaders, isUnchanged } from '../../http/etags.ts'
import { carryOutOnce, IdempotencyHeaders } from '../../http/idempotency.ts'
import { mergePatch } from '../../http/merge-patch.ts'
import { IdParameters, operation } from '../../http/operation.ts'
import { pageSchema } from '../../http/pages.ts'
import { RequestRefused } from '../../http/problems.ts'
import { refuseUnlessFits } from '../../http/refuse-unless-fits.ts'
import { compileCheck } from '../../http/validation.ts'
import type { AdminApp, AdminServices } from '../../plugin.ts'
import { deleteEntity } from './deletion.ts'
import type { EntitySchemas } from './entity-schemas.ts'
import { listQueryOf, pathOf, schemasOf, typeNameOf } from './entity-schemas.ts'
import { answerEntity, changeEntity, storedEntity } from './stored.ts'

interface ById {
  Params: { id: string }
}
type Fields = Record<string, unknown>

export function addCollectionRoutes(app: AdminApp, services: AdminServices, definition: KindDefinition): void {
  const routes = new CollectionRoutes(services, definition)
  routes.addList(app)
  routes.addCreate(app)
  routes.addRead(app)
  routes.addChanges(app)
  routes.addDelete(app)
}

class CollectionRoutes {
  readonly #services: AdminServices
  readonly #definition: KindDefinition
  readonly #schemas: EntitySchemas
  readonly #url: string
  readonly #tag: string
  readonly #type: string

  constructor(services: AdminServices, definition: KindDefinition) {
    this.#services = services
    this.#definition = definition
    this.#schemas = schemasOf(definition)
    this.#tag = pathOf(definition)
    this.#url = `/v1/${this.#tag}`
    this.#type = typeNameOf(definition)
  }

  addList(app: AdminApp): void {
    const collection = this.#definition.collection
    app.get<{ Querystring: Record<string, string | number> }>(this.#url, {
      config: { permission: 'configuration.read' },
      schema: operation({
        id: `list${collection.charAt(0).toUpperCase()}${collection.slice(1)}`,
        tag: this.#tag,
        summary: `List: ${this.#definition.label}`,
        query: listQueryOf(this.#definition),
        answers: {
          200: {
            description: 'A page of them',
            schema: pageSchema(this.#schemas.listed, `${this.#type}List`),
            headers: { link: Type.String({ description: 'The next page, where there is one (RFC 8288)' }) },
          },
        },
      }),
      handler: async (request, reply) => {
        const page = await this.#services.store.entities.list(this.#definition.kind, listOptions(request.query))
        if (!page.ok) {
          const first = page.problems[0]
          throw new RequestRefused('invalid-request', `${first?.path}: ${first?.message}. ${first?.cure}`, {
            problems: page.problems,
          })
        }
        if (page.next !== null) reply.header('link', `<${nextUrl(request, page.next)}>; rel="next"`)
        return { items: page.entities.map(({ body }) => body), next: page.next }
      },
    })
  }

  addCreate(app: AdminApp): void {
    const { kind, label } = this.#definition
    app.post<{ Body: Fields }>(this.#url, {
      config: { permission: 'configuration.write' },
      schema: operation({
        id: `create${this.#type}`,
        tag: this.#tag,
        summary: `Create: ${label}`,
        headers: IdempotencyHeaders,
        body: this.#schemas.created,
        answers: changeAnswers(201, 'Created', this.#schemas.shown, {
          etag: etagHeader,
          location: Type.String({ description: 'Where it is' }),
        }),
        refusals: [409],
      }),
      handler: (request, reply) => {
        const id = idOf(this.#definition, request.body)
        const create = async () => {
          const there = (): RequestRefused =>
            new RequestRefused('conflict', `There is a ${label} ${id} already: choose another id, or change that one`)
          if (this.#services.store.entityRevision(kind, id) > 0) throw there()
          const body = 'id' in this.#definition.schema.properties ? { ...request.body, id } : request.body
          try {
            const entityRevisions = [{ kind, id, revision: 0 }]
            return await commit(this.#services, request, [{ kind, id, body }], { entityRevisions }, { kind, id })
          } catch (error) {
            throw error instanceof RequestRefused && error.problem === 'changed-meanwhile' ? there() : error
          }
        }
        return carryOutOnce(this.#services, request, reply, create, (kept) => {
          reply.header('location', `${this.#url}/${encodeURIComponent(id)}`)
          return answerEntity(this.#services, reply, this.#definition, id, kept, 201)
        })
      },
    })
  }

  addRead(app: AdminApp): void {
    app.get<ById>(`${this.#url}/:id`, {
      config: { permission: 'configuration.read' },
      schema: operation({
        id: `read${this.#type}`,
        tag: this.#tag,
        summary: `Read: ${this.#definition.label}`,
        params: IdParameters,
        headers: IfNoneMatchHeaders,
        answers: {
          200: { description: 'As it is, without secrets', schema: this.#schemas.shown, headers: { etag: etagHeader } },
          304: { description: 'It is as it was', headers: { etag: etagHeader } },
        },
      }),
      handler: async (request, reply) => {
        const { body, revision } = await storedEntity(this.#services, this.#definition, request.params.id)
        if (isUnchanged(request, reply, revision)) return reply.code(304).send()
        return body
      },
    })
  }

  addChanges(app: AdminApp): void {
    const { label } = this.#definition
    const check = compileCheck(this.#schemas.replaced)
    const common = {
      tag: this.#tag,
      params: IdParameters,
      headers: IfMatchHeaders,
      answers: changeAnswers(200, 'As it is now', this.#schemas.shown, { etag: etagHeader }),
      refusals: [409, 412],
    }
    app.put<ById & { Body: Fields }>(`${this.#url}/:id`, {
      config: { permission: 'configuration.write' },
      schema: operation({
        ...common,
        id: `replace${this.#type}`,
        summary: `Change: ${label}; fields left out are taken away, secrets left out stay`,
        body: this.#schemas.replaced,
      }),
      handler: async (request, reply) => {
        const { id } = request.params
        const committed = await changeEntity(this.#services, request, this.#definition, id, () => request.body)
        return answerEntity(this.#services, reply, this.#definition, id, committed, 200)
      },
    })
    app.patch<ById & { Body: Fields }>(`${this.#url}/:id`, {
      config: { permission: 'configuration.write' },
      schema: operation({
        ...common,
        id: `change${this.#type}`,
        summary: `Change some fields: ${label}`,
        body: this.#schemas.patch,
        consumes: ['application/merge-patch+json', 'application/json'],
      }),
      handler: async (request, reply) => {
        const { id } = request.params
        const committed = await changeEntity(this.#services, request, this.#definition, id, (before) =>
          this.#patched(check, before.body, request.body),
        )
        return answerEntity(this.#services, reply, this.#definition, id, committed, 200)
      },
    })
  }

  /** `null` for a secret is handed on: it takes away what is nowhere in the body. */
  #patched(
    check: (value: unknown) => ReturnType<ReturnType<typeof compileCheck>>,
    before: unknown,
    patch: Fields,
  ): Fields {
    const merged = refuseUnlessFits(check, mergePatch(before, patch))
    const removed = this.#definition.secrets.filter((field) => Object.hasOwn(patch, field) && patch[field] === null)
    return removed.length === 0 ? merged : { ...merged, ...Object.fromEntries(removed.map((field) => [field, null])) }
  }

  addDelete(app: AdminApp): void {
    app.delete<ById & { Querystring: { references?: string } }>(`${this.#url}/:id`, {
      config: { permission: 'configuration.write' },
      schema: operation({
        id: `delete${this.#type}`,
        tag: this.#tag,
        summary: `Delete: ${this.#definition.label}`,
        description:
          'Refused with 409 and the list of what points at it, unless references=clear takes those fields away',
        params: IdParameters,
        headers: IfMatchHeaders,
        query: Type.Object(
          {
            references: Type.Optional(
              Type.Enum(['clear'], {
                description: 'Write clear to take away the fields that point at it, where they may be missing',
              }),
            ),
          },
          { additionalProperties: false },
        ),
        answers: changeAnswers(204, 'Deleted', null),
        refusals: [409, 412, 422],
      }),
      handler: async (request, reply) => {
        const clear = request.query.references === 'clear'
        const committed = await deleteEntity(this.#services, request, this.#definition, request.params.id, clear)
        if (tellCommitted(reply, committed, 204) === 202) return notYetInForce(committed)
        return reply.send()
      },
    })
  }
}

/** The id given, else the one that follows from the body. */
function idOf(definition: KindDefinition, body: Fields): string {
  return typeof body['id'] === 'string' ? body['id'] : definition.idOf(body)
}

const reserved = new Set(['q', 'sort', 'fields', 'limit', 'cursor'])

function listOptions(query: Readonly<Record<string, string | number>>): ListOptions {
  const filters = Object.entries(query)
    .filter(([field]) => !reserved.has(field))
    .map(([field, value]) => ({ field, value: Array.isArray(value) ? refuseTwice(field) : String(value) }))
  const names = (text: unknown) =>
    String(text)
      .split(',')
      .filter((name) => name !== '')
  return {
    filters,
    ...(query['q'] === undefined ? {} : { q: String(query['q']) }),
    ...(query['sort'] === undefined ? {} : { sort: names(query['sort']) }),
    ...(query['fields'] === undefined ? {} : { fields: names(query['fields']) }),
    ...(query['limit'] === undefined ? {} : { limit: Number(query['limit']) }),
    ...(query['cursor'] === undefined ? {} : { cursor: String(query['cursor']) }),
  }
}

function refuseTwice(field: string): never {
  throw new RequestRefused('invalid-request', `${field} stands in the address more than once: write it once`)
}

function nextUrl(request: FastifyRequest, cursor: string): string {
  const [path = '', query = ''] = request.url.split('?')
  const parameters = new URLSearchParams(query)
  parameters.set('cursor', cursor)
  return `${path}?${parameters.toString()}`
}
