/** Extensions of users and services, wherever they are configured. */
import { checkExtension, extensionScope } from '../../../engine/config/entities/extension.ts'
import type { ConfigurationView, Kind } from '../../../engine/config/entities/kind.ts'
import { kindDefinitions } from '../../../engine/config/entities/kinds.ts'

export interface ExtensionEntry {
  readonly extension: string
  readonly pbx: string
  readonly site: string
  readonly kind: Kind
  readonly id: string
  readonly title: string
}

/** Extensions that are tried for a suggestion. */
const mostTried = 20_000

/** Kinds whose entities may have an extension. */
export function kindsWithExtension(): Kind[] {
  return kindDefinitions()
    .filter(({ schema }) => 'extension' in schema.properties)
    .map(({ kind }) => kind)
}

export function* extensionsOf(configuration: ConfigurationView): Iterable<ExtensionEntry> {
  for (const definition of kindDefinitions()) {
    if (!('extension' in definition.schema.properties)) continue
    for (const body of configuration.all(definition.kind)) {
      const { extension, site, id } = body
      if (typeof extension !== 'string') continue
      const pbx = String(configuration.get('site', String(site))?.['pbx'] ?? '')
      yield {
        extension,
        pbx,
        site: String(site),
        kind: definition.kind,
        id: String(id),
        title: definition.titleOf(body),
      }
    }
  }
}

/**
 * The lowest extension that nobody in the PBX has and that may be given without a warning; `null` where none is near.
 * @param from the lowest wanted; '': the lowest of the PBX
 */
export function lowestFree(configuration: ConfigurationView, pbx: string, from: string): string | null {
  const lengths = configuration.get('pbx', pbx)?.['extensionLength'] as
    | { shortest: number; longest: number }
    | undefined
  const longest = lengths?.longest ?? 6
  let length = from === '' ? (lengths?.shortest ?? 3) : from.length
  // A leading zero is often an outside prefix: whoever wants one says so.
  let number = from === '' ? 10 ** (length - 1) : Number(from)
  for (let tries = 0; tries < mostTried && length <= longest; tries++, number++) {
    if (number >= 10 ** length) {
      length++
      number = 10 ** (length - 1)
      if (length > longest) return null
    }
    const extension = String(number).padStart(length, '0')
    if (
      configuration.holderOf(extensionScope(pbx), extension) === undefined &&
      isPermitted(extension, pbx, configuration)
    ) {
      return extension
    }
  }
  return null
}

function isPermitted(extension: string, pbx: string, configuration: ConfigurationView): boolean {
  let permitted = true
  const refuse = { add: () => (permitted = false) }
  checkExtension({ kind: 'user', id: '' }, extension, pbx, configuration, {
    problems: { add: () => void refuse.add() },
    warnings: { add: () => void refuse.add() },
  })
  return permitted
}
