/**
 * Checks are asked also of bodies whose fields have the right types and wrong values, so that all mistakes are told at
 * once: none of them may throw, whatever stands there.
 */
import fc from 'fast-check'
import t from 'tap'
import { Configuration } from '../configuration.ts'
import type { Body, Kind } from './kind.ts'
import { kindDefinition, kindDefinitions } from './kinds.ts'

interface SchemaNode {
  readonly type?: string
  readonly enum?: readonly string[]
  readonly items?: SchemaNode
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly required?: readonly string[]
}

/** Few, so that bodies meet each other: ids, numbers, days, times, and what looks like none of them. */
const texts = fc.constantFrom(
  ...['a', 'b', 'main', '+442079460101', '+33123456789', 'GB', 'XX', '1001', '555', '999', '', ' ', '__proto__', '-'],
  ...['2027-02-30', '2027-01-31T17:30', '09:00', '24:00', '111111', '192.168.1.0/24', '+1-+2', 'anonymous', '=', '/'],
)

function valueFor(schema: SchemaNode): fc.Arbitrary<unknown> {
  if (schema.properties !== undefined) {
    const fields = Object.entries(schema.properties).map(([name, property]) => {
      const value = valueFor(property)
      return [name, schema.required?.includes(name) ? value : fc.option(value, { nil: undefined })] as const
    })
    return fc
      .record(Object.fromEntries(fields))
      .map((body) => Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)))
  }
  if (schema.items !== undefined) return fc.array(valueFor(schema.items), { maxLength: 3 })
  if (schema.enum !== undefined) return fc.oneof({ arbitrary: fc.constantFrom(...schema.enum), weight: 5 }, texts)
  if (schema.type === 'integer') return fc.integer({ min: -1, max: 100 })
  if (schema.type === 'boolean') return fc.boolean()
  return texts
}

const bodies = kindDefinitions().map(({ kind, schema }) => {
  const value = valueFor(schema as unknown as SchemaNode) as fc.Arbitrary<Body>
  return value.map((body): { readonly kind: Kind; readonly body: Body } => ({ kind, body }))
})

t.test('no check throws, whatever stands in fields of the right type', async (t) => {
  let refused = 0
  fc.assert(
    fc.property(fc.array(fc.oneof(...bodies), { minLength: 1, maxLength: 8 }), (writes) => {
      const configuration = Configuration.empty()
      const result = configuration.change(
        writes.map(({ kind, body }) => ({ kind, id: String(body['id'] ?? kindDefinition(kind).idOf(body)), body })),
      )
      if (!result.ok) refused++
      return result.ok || result.problems.every(({ message, cure }) => message !== '' && cure !== '')
    }),
    { numRuns: 200 },
  )
  t.ok(refused > 0, 'and mistakes were among them')
})

t.test('nor does any look at what one body alone refers to and is not there', async (t) => {
  for (const { kind, idOf, referencesOf, check } of kindDefinitions()) {
    const schema = kindDefinition(kind).schema as unknown as SchemaNode
    const empty = Configuration.empty()
    const findings = { problems: { add: () => {} }, warnings: { add: () => {} } }
    fc.assert(
      fc.property(valueFor(schema), (value) => {
        const body = value as Body
        check(body, empty, findings)
        return typeof idOf(body) === 'string' && referencesOf(body).every(({ path }) => path !== '')
      }),
      { numRuns: 50 },
    )
    t.pass(kind)
  }
})
