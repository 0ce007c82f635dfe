/** Values as written on a command line, read by the form of their field. */
import { parseDocument } from 'yaml'
import type { Field, FieldForm } from './field-list.ts'

export type Reading = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly message: string }

/**
 * @param texts the field's option as often as it was given: the last one counts, of lists all
 */
export function readField(field: Field, texts: readonly string[]): Reading {
  if (field.form === 'list') return readList(field, texts)
  return readOne(field, field.form, texts.at(-1) ?? '')
}

/** Entries one by one, or all at once as `[a, b]`. */
function readList(field: Field, texts: readonly string[]): Reading {
  const entries: unknown[] = []
  for (const text of texts) {
    if (text.trimStart().startsWith('[')) {
      const reading = readYaml(field, text)
      if (!reading.ok) return reading
      if (!Array.isArray(reading.value)) return refused(field, text)
      entries.push(...reading.value)
      continue
    }
    const reading = readOne(field, field.itemForm ?? 'text', text)
    if (!reading.ok) return reading
    entries.push(reading.value)
  }
  return { ok: true, value: entries }
}

function readOne(field: Field, form: FieldForm, text: string): Reading {
  switch (form) {
    case 'text':
      return { ok: true, value: text }
    case 'number': {
      const number = Number(text)
      return text.trim() === '' || !Number.isFinite(number) ? refused(field, text) : { ok: true, value: number }
    }
    case 'truth':
      if (['true', 'yes'].includes(text.toLowerCase())) return { ok: true, value: true }
      return ['false', 'no'].includes(text.toLowerCase()) ? { ok: true, value: false } : refused(field, text)
    case 'group':
    case 'list':
      return readYaml(field, text)
    default:
      return form satisfies never
  }
}

/** JSON is YAML. Everything else about it is checked by the server. */
function readYaml(field: Field, text: string): Reading {
  const document = parseDocument(text)
  const [fault] = document.errors
  if (fault !== undefined) {
    const [reason = ''] = fault.message.split('\n')
    return { ok: false, message: `--${field.path} is "${shortened(text)}": this is no YAML (${reason})` }
  }
  try {
    return { ok: true, value: document.toJS() as unknown }
  } catch (error) {
    return { ok: false, message: `--${field.path}: ${error instanceof Error ? error.message : String(error)}` }
  }
}

function refused(field: Field, text: string): Reading {
  return { ok: false, message: `--${field.path} is "${shortened(text)}". ${field.cure}.` }
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}
