/** All kinds of entities, by name and by the field of the document that lists them. */
import type { Kind, KindDefinition } from './kind.ts'

const registered = new Map<Kind, KindDefinition>()
const byCollection = new Map<string, KindDefinition>()

/** The definition of a kind. */
export function kindDefinition(kind: Kind): KindDefinition {
  const found = registered.get(kind)
  if (found === undefined) throw new Error(`there is no kind ${kind}`)
  return found
}

/** The definition whose entities the document lists in this field (`phoneNumbers`; `account` for the account). */
export function definitionOfCollection(collection: string): KindDefinition | undefined {
  return byCollection.get(collection)
}

/** All definitions in the order in which documents list them. */
export function kindDefinitions(): readonly KindDefinition[] {
  return [...registered.values()]
}
