/** What every route of a plugin must say of itself. */
import type { FastifySchema, RouteOptions } from 'fastify'
import type { TSchema } from 'typebox'
import { compileCheck } from './http/validation.ts'
import type { AdminPlugin } from './plugin.ts'

/**
 * For the hook that sees every new route of a plugin.
 * @throws Error that names the plugin, the route and what it lacks
 */
export function checkRoute(plugin: AdminPlugin, route: RouteOptions): void {
  const methods = Array.isArray(route.method) ? route.method : [route.method]
  // Fastify makes those for GET by itself.
  if (methods.every((method) => method === 'HEAD')) return
  const where = `plugin ${plugin.name}, ${methods.join(' ')} ${route.url}`
  const schema = route.schema as (FastifySchema & { operationId?: string; hide?: boolean }) | undefined
  if (schema?.hide !== true) {
    if (schema?.operationId === undefined || schema.summary === undefined || schema.tags === undefined) {
      throw new Error(`${where}: schema needs operationId, summary and tags (or hide: true)`)
    }
  }
  const permission = route.config?.permission
  if (route.config?.public !== true) {
    if (permission === undefined) throw new Error(`${where}: config needs permission, or public: true`)
    if (!plugin.permissions.some(({ name }) => name === permission)) {
      throw new Error(`${where}: the permission ${permission} is not in the plugin's manifest`)
    }
  }
  // A schema that cannot be used is this plugin's mistake; later it would be everybody's.
  for (const part of [schema?.body, schema?.querystring, schema?.params, schema?.headers]) {
    if (part !== undefined) compileCheck(part as TSchema)
  }
}
