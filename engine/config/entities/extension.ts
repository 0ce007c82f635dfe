/** What users and services with an extension have in common. Their scope of uniqueness is the PBX. */
import { dialledFact, extensionFact } from './facts.ts'
import type { Body, ConfigurationView, Fact, UniqueValue } from './kind.ts'

/** Scope of `UniqueValue` in which a PBX's extensions are unique. */
export function extensionScope(pbx: string): string {
  return `extension ${pbx}`
}

export function extensionValue(extension: string, pbx: string): UniqueValue {
  return {
    scope: extensionScope(pbx),
    value: extension,
    path: 'extension',
    what: 'extension',
    cure: 'Give one of the two another extension, or move one to another PBX',
  }
}

/** For `factsOf` of whoever has an extension. */
export function extensionFacts(extension: string, pbx: string, configuration: ConfigurationView): readonly Fact[] {
  const dialCode = dialCodeOf(configuration.get('pbx', pbx))
  return dialCode === '' ? [extensionFact(extension)] : [extensionFact(extension), dialledFact(dialCode + extension)]
}

/** For `watchesOf` of whoever has an extension: what `checkExtension` asks for. */
export function extensionWatches(extension: string, pbx: string, configuration: ConfigurationView): readonly Fact[] {
  const dialCode = dialCodeOf(configuration.get('pbx', pbx))
  return dialCode === '' ? [dialledFact(extension)] : [dialledFact(extension), dialledFact(dialCode + extension)]
}

function dialCodeOf(pbx: Body | undefined): string {
  const code = pbx?.['dialCode']
  return typeof code === 'string' ? code : ''
}
