/** The fields of an entity as options of a command: each by its path, `--forwarding.busy.to.user`. */
import type { KindDefinition } from '../../engine/config/entities/kind.ts'

export type FieldForm = 'text' | 'number' | 'truth' | 'list' | 'group'

export interface Field {
  /** As problems, documents and the API name it. */
  readonly path: string
  readonly form: FieldForm
  /** Values that it may have, where these are few. */
  readonly choices: readonly string[]
  /** What to write, for people. */
  readonly cure: string
  /** Of list entries, where the field is a list. */
  readonly itemForm: FieldForm | null
}

interface Node {
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Node[]
  readonly items?: Node
  readonly properties?: Readonly<Record<string, Node>>
  readonly description?: string
}

/** All fields of a schema, those within a group behind it. */
export function fieldsOf(schema: Pick<KindDefinition['schema'], 'properties'>): Field[] {
  return fieldsWithin(schema as Node, '')
}

function fieldsWithin(node: Node, prefix: string): Field[] {
  return Object.entries(node.properties ?? {}).flatMap(([name, inner]) => {
    const field = fieldOf(inner, `${prefix}${name}`)
    return field.form === 'group' ? [field, ...fieldsWithin(inner, `${field.path}.`)] : [field]
  })
}

function fieldOf(node: Node, path: string): Field {
  const form = formOf(node)
  const itemForm = form === 'list' ? formOf(node.items ?? {}) : null
  const choices = form === 'truth' ? ['true', 'false'] : choicesOf(form === 'list' ? (node.items ?? {}) : node)
  return { path, form, choices, cure: node.description ?? 'Write YAML or JSON', itemForm }
}

function formOf(node: Node): FieldForm {
  if (node.enum !== undefined) return node.enum.every((value) => typeof value === 'number') ? 'number' : 'text'
  switch (node.type) {
    case 'string':
      return 'text'
    case 'integer':
    case 'number':
      return 'number'
    case 'boolean':
      return 'truth'
    case 'array':
      return 'list'
    default:
      // Also what may have several forms: written as YAML or JSON.
      return 'group'
  }
}

function choicesOf(node: Node): readonly string[] {
  return (node.enum ?? []).map(String)
}

/** What stands for the value in help texts. */
export function placeholderOf({ form, itemForm, choices }: Field): string {
  if (choices.length > 0 && choices.length < 4) return choices.join('|')
  if (form === 'list') return itemForm === 'group' ? 'YAML' : 'VALUE'
  return { text: 'VALUE', number: 'NUMBER', truth: 'true|false', group: 'YAML' }[form]
}
