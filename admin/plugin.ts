/**
 * What a plugin of the admin process may rely on (docs/plugins.md). Ringdown's own capabilities are plugins of this
 * kind, one folder each in `admin/plugins`; those of third parties are loaded by the setting `plugins`.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import type { ConfigurationWriter } from '../engine/config/configuration-writer.ts'
import type { ConfigurationStore } from '../engine/config/store/configuration-store.ts'
import type { EngineClient as ControlEngineClient } from '../engine/control/engine-client.ts'
import type { SignIn } from './sign-in/sign-in.ts'

/** Something an administrator may be allowed to do. */
export interface Permission {
  /** `users.read`: the capability, a dot, and what is done. Unique among all plugins. */
  readonly name: string
  /** One line for people. */
  readonly description: string
}

/** The manifest: `plugin.ts` of a plugin's folder exports one under the name `plugin`. */
export interface AdminPlugin {
  /** Unique, in kebab case. */
  readonly name: string
  /** All that the plugin's routes ask for. */
  readonly permissions: readonly Permission[]
  /** Adds routes, in a Fastify context of the plugin's own: its hooks and decorators reach no other plugin. */
  register(app: AdminApp, services: AdminServices): void | Promise<void>
}

/**
 * Fastify's instance. Each route needs a `schema` with `operationId`, `summary` and `tags`, from which the OpenAPI
 * document is made and by which requests are validated (TypeBox or plain JSON Schema), and `config` with the permission
 * it asks for, or `public: true` where no sign-in is needed.
 */
export type AdminApp = FastifyInstance

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Name of a permission in the plugin's manifest. */
    permission?: string
    /** Reachable without sign-in. */
    public?: boolean
  }
  interface FastifyRequest {
    /** Who is signed in; `null` on public routes. */
    operator: Operator | null
  }
}

/** Who makes a request. */
export interface Operator {
  /** User name of the administrator, or `local` for the command line of this machine. */
  readonly name: string
  /** Id of the token that was shown. */
  readonly token: string
}

/** The engine at its control port (engine/control/engine-client.ts). Nothing rejects because the engine is away. */
export type EngineClient = Pick<ControlEngineClient, keyof ControlEngineClient>

/** What the house gives to every plugin. */
export interface AdminServices {
  /** The one door to the configuration: reads it from memory, changes it with validation, revision and audit. */
  readonly configuration: ConfigurationWriter
  /** Revisions, audit events and what else is kept in the database. */
  readonly store: ConfigurationStore
  readonly engine: EngineClient
  readonly signIn: SignIn
  readonly log: Logger
  /** Now, in milliseconds since the epoch. */
  readonly clock: () => number
  /** Of the running server. */
  readonly version: string
  readonly dataFolder: string
}

/** Whom and what the audit event of a change names. */
export function authorOf(request: FastifyRequest): { actor: string; address: string; source: 'api' } {
  return { actor: request.operator?.name ?? 'nobody', address: request.ip, source: 'api' }
}
