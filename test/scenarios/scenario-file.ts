/** Reads scenario files: docs/router-scenarios.md describes their form. What does not fit is refused, naming the place. */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseDocument, stringify } from 'yaml'
import { compile } from '../../engine/config/compile/compile-document.ts'
import { formatProblem } from '../../engine/config/problem.ts'
import { readDocument } from '../../engine/config/read-document.ts'
import type { Snapshot } from '../../engine/config/snapshot.ts'

/** YAML as it is written: every scalar is text. */
export type Plain = string | readonly Plain[] | { readonly [key: string]: Plain }
export type PlainMap = { readonly [key: string]: Plain }

export interface Scenario {
  readonly name: string
  /** Ids of the rules that it shows. */
  readonly covers: readonly string[]
  /** Changes to the file's configuration. */
  readonly with: PlainMap
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly live: PlainMap
  readonly call: PlainMap
  readonly expect: PlainMap
  /** What happens next, one after the other. */
  readonly next: readonly NextStep[]
}

export interface NextStep {
  readonly after: Plain
  readonly with: PlainMap
  readonly at: number | null
  readonly live: PlainMap
  readonly expect: PlainMap
}

export interface ScenarioFile {
  readonly title: string
  readonly configuration: PlainMap
  readonly scenarios: readonly Scenario[]
}

/** A Monday. */
const usualMoment = Date.UTC(2026, 2, 2, 12)

/** Reads a YAML file as it is written. */
export function readPlain(path: string): PlainMap {
  const document = parseDocument(readFileSync(path, 'utf8'), { schema: 'failsafe', stringKeys: true })
  const [error] = [...document.errors, ...document.warnings]
  if (error !== undefined) throw new Error(`${path}: ${error.message}`)
  return mapOf(document.toJS(), path)
}

/** Reads a file of scenarios. Throws where something is missing, unknown or of another form. */
export function readScenarioFile(path: string): ScenarioFile {
  const file = fieldsOf(readPlain(path), path, ['title', 'configuration', 'scenarios'])
  const { configuration } = file
  return {
    title: textOf(file['title'], `${path}: title`),
    configuration:
      typeof configuration === 'string' ? readPlain(join(dirname(path), configuration)) : mapOf(configuration, path),
    scenarios: listOf(file['scenarios'], `${path}: scenarios`).map((each, index) => {
      const name = mapOf(each, `${path}: scenarios[${index}]`)['name']
      return readScenario(each, `${path}: ${typeof name === 'string' ? name : `scenarios[${index}]`}`)
    }),
  }
}

function readScenario(value: Plain, place: string): Scenario {
  const known = ['name', 'covers', 'with', 'at', 'live', 'call', 'expect', 'then']
  const fields = fieldsOf(mapOf(value, place), place, known)
  return {
    name: textOf(fields['name'], `${place}: name`),
    covers: listOf(fields['covers'], `${place}: covers`).map((id) => textOf(id, `${place}: covers`)),
    with: mapOf(fields['with'] ?? {}, `${place}: with`),
    at: momentOf(fields['at'], `${place}: at`) ?? usualMoment,
    live: mapOf(fields['live'] ?? {}, `${place}: live`),
    call: mapOf(fields['call'], `${place}: call`),
    expect: mapOf(fields['expect'], `${place}: expect`),
    next: listOf(fields['then'] ?? [], `${place}: then`).map((each, index) => {
      const at = `${place}: then[${index}]`
      const step = fieldsOf(mapOf(each, at), at, ['after', 'with', 'at', 'live', 'expect'])
      if (step['after'] === undefined) throw new Error(`${at}: after is missing`)
      return {
        after: step['after'],
        with: mapOf(step['with'] ?? {}, `${at}: with`),
        at: momentOf(step['at'], `${at}: at`),
        live: mapOf(step['live'] ?? {}, `${at}: live`),
        expect: mapOf(step['expect'], `${at}: expect`),
      }
    }),
  }
}

function momentOf(value: Plain | undefined, place: string): number | null {
  if (value === undefined) return null
  const text = textOf(value, place)
  const moment = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(moment)) throw new Error(`${place}: ${text} is no moment such as 2026-03-02T12:00Z`)
  return moment
}

/** The same map, in which nothing but these fields may stand. */
export function fieldsOf(map: PlainMap, place: string, known: readonly string[]): PlainMap {
  for (const name of Object.keys(map)) {
    if (!known.includes(name)) throw new Error(`${place}: there is no ${name} here, only ${known.join(', ')}`)
  }
  return map
}

export function textOf(value: Plain | undefined, place: string): string {
  if (typeof value !== 'string') throw new Error(`${place}: text is wanted`)
  return value
}

export function listOf(value: Plain | undefined, place: string): readonly Plain[] {
  if (!Array.isArray(value)) throw new Error(`${place}: a list is wanted`)
  return value
}

export function mapOf(value: unknown, place: string): PlainMap {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`${place}: fields are wanted`)
  }
  return value as PlainMap
}

/** The field that names an entity, for those kinds that do not call it `id` alone. */
const otherIds: Readonly<Record<string, string>> = { users: 'userName', devices: 'sipUserName', phoneNumbers: 'number' }

/** A configuration with changes: by list, by id, by field; `removed` takes away. */
export function changedConfiguration(configuration: PlainMap, changes: PlainMap): PlainMap {
  const result: Record<string, Plain> = { ...configuration }
  for (const [collection, change] of Object.entries(changes)) {
    if (collection === 'account') {
      result[collection] = merged(configuration[collection] ?? {}, change)
      continue
    }
    const list = [...listOf(configuration[collection] ?? [], collection)] as PlainMap[]
    const idField = otherIds[collection] ?? 'id'
    for (const [id, fields] of Object.entries(mapOf(change, collection))) {
      const index = list.findIndex((entity) => (entity['id'] ?? entity[idField]) === id)
      if (fields === 'removed') list.splice(index, 1)
      else if (index < 0) list.push(mapOf(merged({ [idField]: id }, fields), id))
      else list[index] = mapOf(merged(list[index] ?? {}, fields), id)
    }
    result[collection] = list
  }
  return result
}

/** RFC 7396 with the word `removed` for null: lists and text replace, fields are changed one by one. */
function merged(before: Plain, change: Plain): Plain {
  if (typeof change === 'string' || Array.isArray(change)) return change
  const isMap = typeof before === 'object' && !Array.isArray(before)
  const result: Record<string, Plain> = isMap ? { ...(before as PlainMap) } : {}
  for (const [name, value] of Object.entries(change)) {
    if (value === 'removed') delete result[name]
    else result[name] = merged(result[name] ?? {}, value)
  }
  return result
}

const snapshots = new Map<string, Snapshot>()

/** Compiles a configuration as if it stood in a document. Throws with every problem where it is refused. */
export function snapshotOf(configuration: PlainMap): Snapshot {
  const text = stringify(configuration, { schema: 'failsafe', aliasDuplicateObjects: false })
  const known = snapshots.get(text)
  if (known !== undefined) return known
  const reading = readDocument(text, 'scenario.yaml')
  if (!reading.ok) throw new Error(reading.problems.map(formatProblem).join('\n'))
  const snapshot = compile(reading.document, 1)
  snapshots.set(text, snapshot)
  return snapshot
}
