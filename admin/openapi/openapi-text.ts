import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { openConfigurationWriter } from '../../engine/config/configuration-writer.ts'
import { EngineClient } from '../../engine/control/engine-client.ts'
import { buildApplication } from '../application.ts'
import { ownPlugins } from '../own-plugins.ts'
import { SignIn } from '../sign-in/sign-in.ts'

/** The description of the API of Ringdown's own plugins, always the same for the same sources. */
export async function openApiText(): Promise<string> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'ringdown-openapi-'))
  const log = pino({ level: 'silent' })
  const configuration = await openConfigurationWriter(dataFolder)
  const engine = new EngineClient({ dataFolder, log })
  try {
    const { store } = configuration
    const signIn = new SignIn(store, Date.now)
    const version = packageVersion()
    const services = { configuration, store, engine, signIn, log, clock: Date.now, version, dataFolder }
    const bind = ['127.0.0.1']
    const app = await buildApplication({ services, plugins: ownPlugins, thirdParty: [], bind, tls: null })
    await app.ready()
    const text = `${JSON.stringify(app.swagger(), null, 2)}\n`
    await app.close()
    return text
  } finally {
    engine.close()
    await configuration.close()
    rmSync(dataFolder, { recursive: true, force: true })
  }
}

/** Seen from dist/admin/openapi. */
function packageVersion(): string {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
