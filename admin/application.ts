/** The admin process's HTTP application: what holds for every route. The routes are those of the plugins. */
import { readFileSync } from 'node:fs'
import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import { fastify } from 'fastify'
import type { ConfigurationWriter } from '../engine/config/configuration-writer.ts'
import { answerError, answerUnreadable } from './http/errors.ts'
import { hostCheck } from './http/hosts.ts'
import { parseJsonBody, textOfBody } from './http/json-body.ts'
import { refuseOtherMethods } from './http/other-methods.ts'
import { notFound, RequestRefused } from './http/problems.ts'
import { parseQuery } from './http/queries.ts'
import { compileValidator } from './http/validation.ts'
import { addOpenApi } from './openapi/openapi.ts'
import type { AdminPlugin, AdminServices } from './plugin.ts'
import { checkRoute } from './route-rules.ts'
import { operatorOf } from './sign-in/guard.ts'

/** Longest body, in bytes; routes that take documents have their own. */
const bodyLimit = 1024 * 1024
/** Requests a minute from one address: a bulk import by single requests stays below it. */
const requestsPerMinute = 60_000

export interface TlsFiles {
  /** PEM, the chain included. */
  readonly certificate: string
  readonly key: string
}

export interface ApplicationOptions {
  readonly services: AdminServices
  /** Ours: a mistake in one of them is a bug. */
  readonly plugins: readonly AdminPlugin[]
  /** Those of others: one that fails is logged, and the rest serves. */
  readonly thirdParty: readonly AdminPlugin[]
  /** Addresses that will be listened on. */
  readonly bind: readonly string[]
  readonly tls: TlsFiles | null
  readonly requestsPerMinute?: number
}

/** Puts the application together; it listens to nothing yet. */
export async function buildApplication(options: ApplicationOptions): Promise<FastifyInstance> {
  const { services } = options
  const app = newInstance(options)
  app.setErrorHandler((error: Error, request, reply) => answerError(error, request, reply, services.log))
  app.setNotFoundHandler((request) => {
    throw notFound(`There is nothing at ${request.method} ${request.url.slice(0, 200)}: /docs lists what there is`)
  })
  app.setValidatorCompiler(compileValidator)
  // Responses are written as they are; tests hold them against their schemas.
  app.setSerializerCompiler(() => JSON.stringify)
  readJsonOnly(app)
  app.decorateRequest('operator', null)
  const hostIsOurs = hostCheck(options.bind)
  app.addHook('onRequest', async (request, reply) => {
    guardHeaders(reply, options.tls !== null)
    if (!hostIsOurs(request.headers.host)) {
      throw new RequestRefused('wrong-host', 'This server is only known by localhost and the addresses of this machine')
    }
    if (isOpen(request)) return
    request.operator = await operatorOf(request, services.signIn)
  })
  await app.register(rateLimit, {
    max: options.requestsPerMinute ?? requestsPerMinute,
    timeWindow: 60_000,
    cache: 10_000,
    errorResponseBuilder: (_request, context) =>
      new RequestRefused('too-many-requests', `Too many requests from this address: wait ${context.after}`),
  })
  await addOpenApi(app, services.version)
  const otherMethods = refuseOtherMethods(app)
  for (const plugin of options.plugins) await addPlugin(app, plugin, services)
  for (const plugin of options.thirdParty) await addThirdParty(app, plugin, services)
  otherMethods.add()
  return app
}

function newInstance({ tls, services }: ApplicationOptions): FastifyInstance {
  const common = {
    bodyLimit,
    // Ours are logged by us; Fastify's own logger would write a line for each request.
    logger: false,
    routerOptions: { maxParamLength: 2000, querystringParser: parseQuery },
    // A client that sends its request byte by byte does not keep a connection for ever.
    requestTimeout: 60_000,
    keepAliveTimeout: 30_000,
    connectionTimeout: 0,
    forceCloseConnections: true,
    clientErrorHandler: answerUnreadable,
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      guardHeaders(reply, tls !== null)
      void answerError(error, request, reply, services.log)
    },
  } as const
  if (tls === null) return fastify(common)
  const https = { cert: readFileSync(tls.certificate), key: readFileSync(tls.key), minVersion: 'TLSv1.2' as const }
  return fastify({ ...common, https }) as unknown as FastifyInstance
}

function isOpen(request: FastifyRequest): boolean {
  return request.routeOptions.config?.public === true
}

function guardHeaders(reply: FastifyReply, tls: boolean): void {
  reply.headers({
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
  })
  if (tls) reply.header('strict-transport-security', 'max-age=31536000')
}

function readJsonOnly(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    ['application/json', 'application/merge-patch+json'],
    { parseAs: 'buffer' },
    // Some clients name a type with every request, also where nothing follows.
    async (request: FastifyRequest, bytes: Buffer) =>
      bytes.length === 0 && request.method === 'DELETE' ? undefined : parseJsonBody(textOfBody(bytes)),
  )
}

async function addPlugin(app: FastifyInstance, plugin: AdminPlugin, services: AdminServices): Promise<void> {
  const inScope: FastifyPluginAsync = async (scope) => {
    scope.addHook('onRoute', (route: RouteOptions) => checkRoute(plugin, route))
    await plugin.register(scope, services)
  }
  await app.register(inScope)
}

async function addThirdParty(app: FastifyInstance, plugin: AdminPlugin, services: AdminServices): Promise<void> {
  let failure: unknown = null
  const careful: AdminPlugin = {
    ...plugin,
    // Fastify would give up on the whole application.
    register: async (scope) => {
      try {
        await plugin.register(scope, servicesFor(plugin, services))
      } catch (error) {
        failure = error
      }
    },
  }
  await addPlugin(app, careful, services)
  if (failure === null) services.log.info({ plugin: plugin.name }, 'A plugin was loaded')
  else services.log.error({ plugin: plugin.name, err: failure }, 'A plugin failed and is left out; the others serve')
}

/** What a stranger's listener throws comes after the commit, and must not look like a change that was refused. */
function servicesFor(plugin: AdminPlugin, services: AdminServices): AdminServices {
  const failed = (error: unknown) =>
    services.log.error({ plugin: plugin.name, err: error }, 'A plugin failed to take in a change')
  const onChange: ConfigurationWriter['onChange'] = (listener) =>
    services.configuration.onChange((revision, changes) => {
      try {
        // An asynchronous one fails later, and nobody else would look: the whole process would end.
        Promise.resolve(listener(revision, changes)).catch(failed)
      } catch (error) {
        failed(error)
      }
    })
  const configuration = new Proxy(services.configuration, {
    get(target, name) {
      if (name === 'onChange') return onChange
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  return { ...services, configuration }
}
