/** The whole application over a real database in a folder of its own, for tests: only the engine is made up. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import { pino } from 'pino'
import { applyDocument } from '../engine/config/apply-document.ts'
import type { ConfigurationWriter } from '../engine/config/configuration-writer.ts'
import { openConfigurationWriter } from '../engine/config/configuration-writer.ts'
import { buildApplication } from './application.ts'
import { ownPlugins } from './own-plugins.ts'
import type { AdminPlugin, AdminServices, EngineClient } from './plugin.ts'
import { bootstrapAdministrator } from './sign-in/bootstrap.ts'
import { SignIn } from './sign-in/sign-in.ts'

export const testPassword = 'Correct-horse-9'

export interface TestApplication {
  readonly app: FastifyInstance
  readonly services: AdminServices
  readonly configuration: ConfigurationWriter
  readonly dataFolder: string
  /** Lines of the log, as objects. */
  readonly logged: Record<string, unknown>[]
  /** Whether the engine says that revisions are in force. */
  engineAnswers: boolean
  /** Milliseconds since the epoch, for sign-in. */
  now: number
  /** A request with the local token; what is given counts more. */
  ask(
    method: InjectOptions['method'],
    url: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<LightMyRequestResponse>
  close(): Promise<void>
}

export interface TestApplicationOptions {
  /** YAML that is applied first; '' for none. */
  readonly document?: string
  readonly thirdParty?: readonly AdminPlugin[]
  readonly requestsPerMinute?: number
}

/** Two sites, two users, a device, a trunk and a number: enough to point at each other. */
export const smallCompany = `
version: 1
account: {name: Small Company}
pbxs:
  - {id: north, name: North, domain: north.example.com, country: GB}
sites:
  - {id: london, name: London, pbx: north, timeZone: Europe/London}
  - {id: leeds, name: Leeds, pbx: north, timeZone: Europe/London}
users:
  - {userName: anna, firstName: Anna, lastName: Abbott, email: anna@example.com, site: london, extension: "1001"}
  - userName: ben
    firstName: Ben
    lastName: Baker
    email: ben@example.com
    site: london
    extension: "1002"
    forwarding: {busy: {to: {user: anna}}}
devices:
  - {user: anna, sipUserName: anna-desk, password: a-long-secret-1}
  - {user: ben, sipUserName: ben-desk, password: a-long-secret-2}
phoneNumbers:
  - {number: "+442079460101", user: anna}
`

export async function startTestApplication(options: TestApplicationOptions = {}): Promise<TestApplication> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'ringdown-admin-'))
  const configuration = await openConfigurationWriter(dataFolder)
  const document = options.document ?? smallCompany
  if (document !== '') {
    const author = { actor: 'test', address: '', source: 'start' as const }
    const applied = await applyDocument(configuration, document, 'company.yaml', author, { prune: true })
    if (!applied.ok) throw new Error(JSON.stringify(applied))
  }
  const logged: Record<string, unknown>[] = []
  const log = pino({ level: 'info' }, { write: (line: string) => void logged.push(JSON.parse(line)) })
  const state = { engineAnswers: true, now: Date.now() }
  const clock = () => state.now
  const signIn = new SignIn(configuration.store, clock)
  await bootstrapAdministrator(configuration.store, testPassword, log)
  const services: AdminServices = {
    configuration,
    store: configuration.store,
    engine: engineUnderTest(() => state.engineAnswers),
    signIn,
    log,
    clock,
    version: '0.0.0',
    dataFolder,
  }
  const app = await buildApplication({
    services,
    plugins: ownPlugins,
    thirdParty: options.thirdParty ?? [],
    bind: ['127.0.0.1'],
    tls: null,
    ...(options.requestsPerMinute === undefined ? {} : { requestsPerMinute: options.requestsPerMinute }),
  })
  await app.ready()
  const token = signIn.newLocalToken()
  return Object.assign(state, {
    app,
    services,
    configuration,
    dataFolder,
    logged,
    ask: (method: InjectOptions['method'], url: string, body?: unknown, headers: Record<string, string> = {}) =>
      app.inject({
        method: method ?? 'GET',
        url,
        ...(body === undefined
          ? {}
          : { payload: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body) }),
        headers: {
          host: 'localhost',
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
      }),
    close: async () => {
      await app.close()
      await configuration.close()
      rmSync(dataFolder, { recursive: true, force: true })
    },
  })
}

/** One that is either away or has every revision in force at once. */
function engineUnderTest(answers: () => boolean): EngineClient {
  const nothing = async () => null
  return {
    get reached() {
      return answers()
    },
    bringIntoForce: async () => answers(),
    callOrder: nothing,
    status: nothing,
    metrics: nothing,
    registrations: nothing,
    registrationPage: nothing,
    subscriptions: nothing,
    subscriptionPage: nothing,
    calls: nothing,
    callPage: nothing,
    trunks: nothing,
    tollUse: nothing,
    followAlerts: () => undefined,
    parked: nothing,
    recordCall: nothing,
    ladder: nothing,
    facts: nothing,
    listen: () => () => undefined,
    writePhoneChanges: () => undefined,
    close: () => undefined,
  }
}
