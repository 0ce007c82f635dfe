/** Loads the plugins that others wrote, by what the setting `plugins` names. */
import { isAbsolute } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Logger } from 'pino'
import type { AdminPlugin } from './plugin.ts'

/**
 * Imports each module and takes its export `plugin`. One that cannot be loaded is logged and left out.
 *
 * @param modules absolute paths of files, or names of packages that are installed beside Ringdown
 * @param taken names of plugins that are there already
 */
export async function loadPlugins(
  modules: readonly string[],
  taken: readonly string[],
  log: Logger,
): Promise<AdminPlugin[]> {
  const loaded: AdminPlugin[] = []
  for (const module of modules) {
    try {
      const address = isAbsolute(module) ? pathToFileURL(module).href : module
      const { plugin } = (await import(address)) as { plugin?: unknown }
      const fault = faultOf(plugin)
      if (fault !== '') throw new Error(fault)
      const fits = plugin as AdminPlugin
      if ([...taken, ...loaded.map(({ name }) => name)].includes(fits.name)) {
        throw new Error(`there is a plugin ${fits.name} already`)
      }
      loaded.push(fits)
    } catch (error) {
      log.error({ module, err: error }, 'A plugin cannot be loaded and is left out; the others serve')
    }
  }
  return loaded
}

/** What keeps a module's export from being a plugin; '' where it is one. */
function faultOf(plugin: unknown): string {
  if (typeof plugin !== 'object' || plugin === null) return 'the module has no export `plugin` (docs/plugins.md)'
  const { name, permissions, register } = plugin as { [Field in keyof AdminPlugin]?: unknown }
  if (typeof name !== 'string' || !/^[a-z0-9][a-z0-9-]{0,63}$/.test(name)) return 'plugin.name is no name in kebab case'
  if (typeof register !== 'function') return 'plugin.register is no function'
  const named = Array.isArray(permissions) && permissions.every((one) => typeof one?.name === 'string')
  return named ? '' : 'plugin.permissions is no list of {name, description}'
}
