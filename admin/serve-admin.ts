/** Puts the admin process together: store, engine, sign-in, plugins, and the addresses that are listened on. */
import { readFileSync } from 'node:fs'
import { access } from 'node:fs/promises'
import type { Logger } from 'pino'
import { openConfigurationWriter } from '../engine/config/configuration-writer.ts'
import type { AdminStart } from '../engine/control/admin-start.ts'
import { EngineClient } from '../engine/control/engine-client.ts'
import { goSecond } from '../engine/control/give-way.ts'
import { buildApplication } from './application.ts'
import { listenOn } from './http/listening.ts'
import { ownPlugins } from './own-plugins.ts'
import { writePhoneChange } from './phone-changes.ts'
import type { AdminServices } from './plugin.ts'
import { bootstrapAdministrator, firstAdministrator, writeLocalToken } from './sign-in/bootstrap.ts'
import { SignIn } from './sign-in/sign-in.ts'
import { loadPlugins } from './third-party-plugins.ts'
import { auditTollFraud } from './toll-alerts.ts'

export interface ServedAdmin {
  /** Answers what is under way, then closes the store. */
  close(): Promise<void>
}

/**
 * Serves the API until `close`.
 * @throws Error with one line for people where it cannot
 */
export async function serveAdmin(start: AdminStart, log: Logger): Promise<ServedAdmin> {
  const configuration = await openConfigurationWriter(start.dataFolder)
  const engine = new EngineClient({ dataFolder: start.dataFolder, log })
  const closing: (() => Promise<void>)[] = []
  const close = async () => {
    for (const part of closing) await part()
    engine.close()
    await configuration.close()
  }
  try {
    const { store } = configuration
    const signIn = new SignIn(store, Date.now)
    const services: AdminServices = {
      configuration,
      store,
      engine,
      signIn,
      log,
      clock: Date.now,
      version: packageVersion(),
      dataFolder: start.dataFolder,
    }
    await firstPassword(services)
    engine.writePhoneChanges((order) => writePhoneChange(services, order))
    engine.followAlerts((alert) => {
      auditTollFraud(services, alert).catch((error: unknown) => {
        log.warn({ err: error, ...alert }, 'A limit against toll fraud could not be written into the audit')
      })
    })
    // This process alone carries requests out: what another had begun died with it.
    await store.idempotency.abandonAll()
    const thirdParty = await loadPlugins(
      start.plugins,
      ownPlugins.map(({ name }) => name),
      log,
    )
    const { addresses, port, tls } = start
    const application = await buildApplication({ services, plugins: ownPlugins, thirdParty, bind: addresses, tls })
    closing.push(() => application.close())
    closing.push(await listenOn(application, addresses, port, tls))
    writeLocalToken(signIn, start.dataFolder)
    // The threads that hash passwords keep the priority with which they begin: with the first work that is given them.
    await access(start.dataFolder)
    goSecond()
    return { close }
  } catch (error) {
    await close()
    throw error
  }
}

async function firstPassword({ store, log }: AdminServices): Promise<void> {
  const wanted = process.env['RINGDOWN_ADMIN_PASSWORD'] ?? ''
  const password = await bootstrapAdministrator(store, wanted, log)
  if (password === null) return
  // Not into the log, which is kept and sent on.
  process.stdout.write(
    `\nThe API's administrator is ${firstAdministrator} with the password ${password}\nIt is not shown again.\n\n`,
  )
}

/** `package.json` stands two folders above this file's compiled form. */
function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
