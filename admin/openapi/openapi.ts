/** The OpenAPI document, made from the schemas that validate, and a page to browse it that needs no other server. */
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { shareSchemas } from './shared-schemas.ts'

/** Path of the document. */
export const openApiPath = '/v1/openapi.json'
/** Path of the page. */
const pagePath = '/docs'

const information = `Everything that can be configured, and what goes on at the moment.

Sign in with \`POST /v1/tokens\` and send \`Authorization: Bearer TOKEN\` with every other request.
Refusals are problem documents (RFC 9457) that name field, value and cure. Lists take filters, \`q\`, \`sort\`, \`fields\`,
\`limit\` and \`cursor\`. A change is in force for the next call when it is answered with 200, 201 or 204; 202 says that it
is kept and that the engine has not confirmed it yet.`

/** Must come before the routes that are to be described. */
export async function addOpenApi(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Ringdown', version, description: information, license: { name: 'MIT', identifier: 'MIT' } },
      servers: [{ url: '/' }],
      components: {
        securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'From POST /v1/tokens' } },
      },
      security: [{ token: [] }],
    },
    transformObject: (made) => ('openapiObject' in made ? shareSchemas(made.openapiObject) : made.swaggerObject),
  })
  const pages: FastifyPluginAsync = async (scope) => {
    // The page's own routes are no part of the API, and are reached before signing in.
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, public: true }
    })
    await scope.register(swaggerUi, {
      routePrefix: pagePath,
      staticCSP: true,
      uiConfig: { deepLinking: true, docExpansion: 'none', persistAuthorization: false, validatorUrl: null },
      theme: { title: 'Ringdown API' },
    })
    scope.get(openApiPath, { schema: { hide: true } }, async () => app.swagger())
  }
  await app.register(pages)
}
