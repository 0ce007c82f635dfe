/** A user's rules, each by its name, in the order in which they are asked: the first that fits decides. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { kindDefinition } from '../../../engine/config/entities/kinds.ts'
import { Rule } from '../../../engine/config/entities/rule.ts'
import type { Committed, Kept } from '../../http/changes.ts'
import { aboutPart, changeAnswers, notYetInForce, tellCommitted } from '../../http/changes.ts'
import { etagHeader, etagOf, IfMatchHeaders, IfNoneMatchHeaders, isUnchanged } from '../../http/etags.ts'
import { carryOutOnce, IdempotencyHeaders } from '../../http/idempotency.ts'
import { mergePatch, mergePatchSchema } from '../../http/merge-patch.ts'
import { IdParameters, operation } from '../../http/operation.ts'
import { invalidField, notFound, RequestRefused } from '../../http/problems.ts'
import { refuseUnlessFits } from '../../http/refuse-unless-fits.ts'
import { compileCheck } from '../../http/validation.ts'
import type { AdminApp, AdminServices } from '../../plugin.ts'
import { changeEntity, storedEntity } from '../entities/stored.ts'

type Fields = Record<string, unknown>
interface OfUser {
  Params: { id: string }
}
interface OfRule {
  Params: { id: string; rule: string }
}

const url = '/v1/users/:id/rules'
const tag = 'rules'
const RuleSchema = { ...Rule, title: 'Rule' }
const RuleList = Type.Object({ items: Type.Array(RuleSchema) }, { title: 'RuleList' })
const RuleParameters = Type.Object({
  ...IdParameters.properties,
  rule: Type.String({ maxLength: 2000, description: 'Name of the rule', examples: ['Holidays'] }),
})
const Position = Type.Optional(
  Type.Integer({ minimum: 1, maximum: 100, description: 'Place in the order, 1 is asked first; default the last' }),
)
const Order = Type.Object(
  { names: Type.Array(Type.String({ maxLength: 100 }), { maxItems: 100, description: 'List the names of all rules' }) },
  { title: 'RuleOrder', additionalProperties: false, description: 'Write names with all rules in their new order' },
)

export function addRuleRoutes(app: AdminApp, services: AdminServices): void {
  const routes = new RuleRoutes(services)
  routes.addList(app)
  routes.addOrder(app)
  routes.addOne(app)
}

class RuleRoutes {
  readonly #services: AdminServices
  readonly #definition = kindDefinition('user')
  readonly #check = compileCheck(RuleSchema)

  constructor(services: AdminServices) {
    this.#services = services
  }

  /** Changes the list of rules; problems are about the rule at `index()`, once `make` has run. */
  #change(
    request: FastifyRequest<OfUser>,
    make: (rules: Fields[]) => Fields[],
    index: () => number = () => -1,
  ): Promise<Committed> {
    const work = () =>
      changeEntity(this.#services, request, this.#definition, request.params.id, ({ body }) => ({
        ...body,
        rules: make([...rulesOf(body)]),
      }))
    return this.#aboutRule(index, work)
  }

  async #aboutRule(index: () => number, work: () => Promise<Committed>): Promise<Committed> {
    try {
      return await work()
    } catch (error) {
      return aboutPart(index() < 0 ? 'rules' : `rules[${index()}]`, () => Promise.reject(error))
    }
  }

  async #user(id: string): Promise<{ rules: readonly Fields[]; revision: number }> {
    const { body, revision } = await storedEntity(this.#services, this.#definition, id)
    return { rules: rulesOf(body), revision }
  }

  /** The user after a change; `null` where somebody deleted him meanwhile: the change was kept all the same. */
  async #afterwards(
    request: FastifyRequest<OfUser>,
    reply: FastifyReply,
  ): Promise<{ rules: readonly Fields[] } | null> {
    const user = await this.#services.store.entities.get('user', request.params.id)
    if (user === null) return null
    reply.header('etag', etagOf(user.revision))
    return { rules: rulesOf(user.body) }
  }

  async #answerList(request: FastifyRequest<OfUser>, reply: FastifyReply, kept: Kept): Promise<object> {
    const user = await this.#afterwards(request, reply)
    return tellCommitted(reply, kept, 200) === 202 ? notYetInForce(kept) : { items: user?.rules ?? [] }
  }

  async #answerRule(
    request: FastifyRequest<OfUser>,
    reply: FastifyReply,
    kept: Kept,
    name: string,
    status: number,
  ): Promise<object> {
    const user = await this.#afterwards(request, reply)
    const rule = user?.rules.find((one) => one['name'] === name)
    return tellCommitted(reply, kept, status) === 202 || rule === undefined ? notYetInForce(kept) : rule
  }

  addList(app: AdminApp): void {
    app.get<OfUser>(url, {
      config: { permission: 'rules.read' },
      schema: operation({
        id: 'listRules',
        tag,
        summary: 'List the rules of a user in their order',
        params: IdParameters,
        headers: IfNoneMatchHeaders,
        answers: {
          200: { description: 'All of them', schema: RuleList, headers: { etag: etagHeader } },
          304: { description: 'They are as they were', headers: { etag: etagHeader } },
        },
      }),
      handler: async (request, reply) => {
        const { rules, revision } = await this.#user(request.params.id)
        return isUnchanged(request, reply, revision) ? reply.code(304).send() : { items: rules }
      },
    })
    app.post<OfUser & { Body: Fields; Querystring: { position?: number } }>(url, {
      config: { permission: 'rules.write' },
      schema: operation({
        id: 'createRule',
        tag,
        summary: 'Give a user one more rule',
        params: IdParameters,
        query: Type.Object({ position: Position }, { additionalProperties: false }),
        headers: Type.Object({ ...IdempotencyHeaders.properties, ...IfMatchHeaders.properties }),
        body: RuleSchema,
        answers: changeAnswers(201, 'Created', RuleSchema, {
          etag: etagHeader,
          location: Type.String({ description: 'Where it is' }),
        }),
        refusals: [409, 412],
      }),
      handler: (request, reply) => {
        const name = String(request.body['name'])
        const create = () => {
          let index = -1
          const add = (rules: Fields[]) => {
            if (rules.some((rule) => rule['name'] === name)) {
              throw new RequestRefused(
                'conflict',
                `This user has a rule ${name} already: choose another name, or change that one`,
              )
            }
            index = Math.min(rules.length, (request.query.position ?? rules.length + 1) - 1)
            rules.splice(index, 0, request.body)
            return rules
          }
          return this.#change(request, add, () => index)
        }
        return carryOutOnce(this.#services, request, reply, create, (kept) => {
          const { id } = request.params
          reply.header('location', `/v1/users/${encodeURIComponent(id)}/rules/${encodeURIComponent(name)}`)
          return this.#answerRule(request, reply, kept, name, 201)
        })
      },
    })
  }

  addOrder(app: AdminApp): void {
    app.put<OfUser & { Body: { names: string[] } }>(`${url}/order`, {
      config: { permission: 'rules.write' },
      schema: operation({
        id: 'orderRules',
        tag,
        summary: 'Change the order of the rules of a user',
        params: IdParameters,
        headers: IfMatchHeaders,
        body: Order,
        answers: changeAnswers(200, 'The rules in their new order', RuleList, { etag: etagHeader }),
        refusals: [412],
      }),
      handler: async (request, reply) => {
        const committed = await this.#change(request, (rules) => ordered(rules, request.body.names))
        return this.#answerList(request, reply, committed)
      },
    })
  }

  addOne(app: AdminApp): void {
    const one = `${url}/:rule`
    const common = { tag, params: RuleParameters, headers: IfMatchHeaders, refusals: [409, 412] }
    const answers = changeAnswers(200, 'As it is now', RuleSchema, { etag: etagHeader })
    app.get<OfRule>(one, {
      config: { permission: 'rules.read' },
      schema: operation({
        id: 'readRule',
        tag,
        summary: 'Read a rule',
        params: RuleParameters,
        headers: IfNoneMatchHeaders,
        answers: {
          200: { description: 'As it is', schema: RuleSchema, headers: { etag: etagHeader } },
          304: { description: 'It is as it was', headers: { etag: etagHeader } },
        },
      }),
      handler: async (request, reply) => {
        const { rules, revision } = await this.#user(request.params.id)
        const rule = rules[placeOf(rules, request.params.rule)]
        return isUnchanged(request, reply, revision) ? reply.code(304).send() : rule
      },
    })
    app.put<OfRule & { Body: Fields }>(one, {
      config: { permission: 'rules.write' },
      schema: operation({
        ...common,
        id: 'replaceRule',
        summary: 'Change a rule, its name too if wanted',
        body: RuleSchema,
        answers,
      }),
      handler: async (request, reply) => this.#replaceRule(request, reply, () => request.body),
    })
    app.patch<OfRule & { Body: Fields }>(one, {
      config: { permission: 'rules.write' },
      schema: operation({
        ...common,
        id: 'changeRule',
        summary: 'Change some fields of a rule',
        body: mergePatchSchema(RuleSchema, 'RulePatch'),
        consumes: ['application/merge-patch+json', 'application/json'],
        answers,
      }),
      handler: async (request, reply) =>
        this.#replaceRule(request, reply, (before) => refuseUnlessFits(this.#check, mergePatch(before, request.body))),
    })
    app.delete<OfRule>(one, {
      config: { permission: 'rules.write' },
      schema: operation({
        ...common,
        id: 'deleteRule',
        summary: 'Take a rule away',
        answers: changeAnswers(204, 'Taken away', null),
        refusals: [412, 422],
      }),
      handler: async (request, reply) => {
        const committed = await this.#change(request, (rules) => {
          rules.splice(placeOf(rules, request.params.rule), 1)
          return rules
        })
        return tellCommitted(reply, committed, 204) === 202 ? notYetInForce(committed) : reply.send()
      },
    })
  }

  async #replaceRule(
    request: FastifyRequest<OfRule>,
    reply: FastifyReply,
    make: (before: unknown) => Fields,
  ): Promise<object> {
    let index = -1
    let name = ''
    const committed = await this.#change(
      request,
      (rules) => {
        index = placeOf(rules, request.params.rule)
        const rule = make(rules[index])
        name = String(rule['name'])
        if (rules.some((other, place) => place !== index && other['name'] === name)) {
          throw new RequestRefused('conflict', `This user has another rule ${name}: choose another name`)
        }
        rules[index] = rule
        return rules
      },
      () => index,
    )
    return this.#answerRule(request, reply, committed, name, 200)
  }
}

function rulesOf(body: Readonly<Record<string, unknown>>): readonly Fields[] {
  return (body['rules'] ?? []) as readonly Fields[]
}

/** @throws RequestRefused where the user has no such rule */
function placeOf(rules: readonly Fields[], name: string): number {
  const index = rules.findIndex((rule) => rule['name'] === name)
  if (index < 0) throw notFound(`This user has no rule ${name}`)
  return index
}

function ordered(rules: readonly Fields[], names: readonly string[]): Fields[] {
  const known = rules.map((rule) => String(rule['name']))
  const missing = known.find((name) => !names.includes(name))
  if (missing !== undefined)
    throw invalidField('names', missing, 'this rule is missing in the list', 'List all rules of the user')
  return names.map((name, index) => {
    const cure = `The rules are: ${known.join(', ')}`
    if (names.indexOf(name) !== index) throw invalidField(`names[${index}]`, name, 'this name stands there twice', cure)
    const rule = rules[known.indexOf(name)]
    if (rule === undefined) throw invalidField(`names[${index}]`, name, 'this user has no such rule', cure)
    return rule
  })
}
