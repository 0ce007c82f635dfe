/** docs/configuration.md has a table for every kind and for every part that kinds share: fields and forms as in the schemas. */
import { readFileSync } from 'node:fs'
import t from 'tap'
import { formatProblem } from '../problem.ts'
import { readDocument } from '../read-document.ts'
import { Account } from './account.ts'
import { Address } from './address.ts'
import { AudioFile } from './audio-file.ts'
import { Action, AutoAttendant, Menu } from './auto-attendant.ts'
import { CallQueue, QueueRule } from './call-queue.ts'
import { CallingPlan } from './calling-plan.ts'
import { Conference } from './conference.ts'
import { Contact } from './contact.ts'
import { Device } from './device.ts'
import { Intervals, WeeklyHours } from './hours.ts'
import { Listener } from './listener.ts'
import { Mailbox } from './mailbox.ts'
import { PagingGroup } from './paging-group.ts'
import { ParkSlot } from './park-slot.ts'
import { Pbx } from './pbx.ts'
import { PhoneNumber } from './phone-number.ts'
import { ProfilePolicy } from './profile-policy.ts'
import { Recording } from './recording.ts'
import { GroupDestination, GroupRule, RingGroup } from './ring-group.ts'
import { BlockList, Destination, ForwardingRule, SimpleDestination, Target, TargetList } from './routing.ts'
import { Rule, RuleDestination } from './rule.ts'
import { Schedule } from './schedule.ts'
import { Member } from './service.ts'
import { Site } from './site.ts'
import { Trunk } from './trunk.ts'
import { User } from './user.ts'
import * as values from './values.ts'
import { Webhook } from './webhook.ts'

interface SchemaNode {
  readonly type?: string
  readonly description?: string
  readonly pattern?: string
  readonly enum?: readonly string[]
  readonly minimum?: number
  readonly maximum?: number
  readonly maxItems?: number
  readonly items?: SchemaNode
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly required?: readonly string[]
}

interface Row {
  readonly field: string
  readonly form: string
}

function nodes(entries: readonly (readonly [heading: string, schema: unknown])[]): ReadonlyMap<string, SchemaNode> {
  return new Map(entries.map(([heading, schema]) => [heading, schema as SchemaNode]))
}

function cureOf(schema: unknown): string | undefined {
  return (schema as SchemaNode).description
}

/** Headings of tables of kinds. */
const kinds: ReadonlyMap<string, SchemaNode> = nodes([
  ['`account`', Account],
  ['`listeners`', Listener],
  ['`pbxs`', Pbx],
  ['`trunks`', Trunk],
  ['`schedules`', Schedule],
  ['`callingPlans`', CallingPlan],
  ['`profilePolicies`', ProfilePolicy],
  ['`audioFiles`', AudioFile],
  ['`sites`', Site],
  ['`users`', User],
  ['`ringGroups`', RingGroup],
  ['`callQueues`', CallQueue],
  ['`autoAttendants`', AutoAttendant],
  ['`parkSlots`', ParkSlot],
  ['`pagingGroups`', PagingGroup],
  ['`conferences`', Conference],
  ['`devices`', Device],
  ['`phoneNumbers`', PhoneNumber],
  ['`contacts`', Contact],
  ['`webhooks`', Webhook],
])

/** Headings of tables of what several kinds hold, and which is therefore described once. */
const parts: ReadonlyMap<string, SchemaNode> = nodes([
  ['Destinations', Destination],
  ['Simple destinations', SimpleDestination],
  ['Targets', Target],
  ['Target lists', TargetList],
  ['Forwarding rules', ForwardingRule],
  ['Rules', Rule],
  ['Rule destinations', RuleDestination],
  ['Group rules', GroupRule],
  ['Group destinations', GroupDestination],
  ['Queue rules', QueueRule],
  ['Menus', Menu],
  ['Actions', Action],
  ['Block lists', BlockList],
  ['Members', Member],
  ['Voicemail', Mailbox],
  ['Recording', Recording],
  ['Addresses', Address],
  ['Weekly hours', WeeklyHours],
])

/** Single values by the cure that people are shown for them. */
const valueForms: ReadonlyMap<string | undefined, string> = new Map([
  [cureOf(values.Id), 'id'],
  [cureOf(values.Name), 'name'],
  [cureOf(values.E164), 'number'],
  [cureOf(values.Extension), 'extension'],
  [cureOf(values.Country), 'country'],
  [cureOf(values.Language), 'language'],
  [cureOf(values.TimeZone), 'time zone'],
  [cureOf(values.Email), 'e-mail'],
  [cureOf(values.Prefix), 'prefix'],
  [cureOf(values.Network), 'network'],
  [cureOf(values.LocalDate), 'date'],
  [cureOf(values.LocalDateTime), 'date and time'],
  [cureOf(values.Pin), 'PIN'],
  [cureOf(values.Secret), 'secret'],
  [cureOf(values.PlanName), 'plan'],
])

function anchorOf(heading: string): string {
  return `#${heading.toLowerCase().replaceAll('`', '').replaceAll(' ', '-')}`
}

/** The heading of the part that a schema is, or ''. `Type.Optional` copies schemas, so they are compared by content. */
function partOf(schema: SchemaNode): string {
  for (const [heading, part] of parts) if (contentOf(part) === contentOf(schema)) return heading
  return ''
}

function contentOf(schema: SchemaNode): string {
  return JSON.stringify([schema.properties, schema.required, schema.description])
}

function formOf(schema: SchemaNode): string {
  const part = schema.properties === undefined ? '' : partOf(schema)
  if (part !== '') return `[${part.toLowerCase()}](${anchorOf(part)})`
  if (schema.properties !== undefined) return 'fields below'
  if (schema.items !== undefined) {
    if (schema.description === cureOf(Intervals)) return 'hours'
    return `list of ${formOf(schema.items)}`
  }
  if (schema.enum !== undefined) return schema.enum.map((name) => `\`${name}\``).join(', ')
  if (schema.type === 'integer') return `${schema.minimum} to ${schema.maximum}`
  if (schema.type === 'boolean') return 'true or false'
  return valueForms.get(schema.description) ?? 'text'
}

/** Fields of a target stand in one row wherever they are among others. */
const targetRow: Row = { field: 'as a target', form: formOf(Target as unknown as SchemaNode) }

/** One row for each field, and for those within it unless they are described elsewhere. */
function rowsOf(schema: SchemaNode, prefix = ''): Row[] {
  const properties = schema.properties ?? {}
  const targets = Object.keys(Target.properties)
  const isMore = targets.every((name) => name in properties) && Object.keys(properties).length > targets.length
  const rows: Row[] = isMore ? [{ ...targetRow, field: `${prefix}${targetRow.field}` }] : []
  for (const [name, property] of Object.entries(properties)) {
    if (isMore && targets.includes(name)) continue
    const field = prefix + name
    const form = formOf(property)
    const inner = property.items ?? property
    rows.push({ field, form: schema.required?.includes(name) ? `${form}, required` : form })
    if (inner.properties === undefined || partOf(inner) !== '' || form === 'hours') continue
    rows.push(...rowsOf(inner, property.items === undefined ? `${field}.` : `${field}[].`))
  }
  return rows
}

/** Rows of the first table with the usual head below a heading. */
function documentedRows(page: string, heading: string): { readonly row: Row; readonly inForce: string }[] | null {
  const section = new RegExp(`^#{2,4} ${heading.replaceAll(/[`\\]/g, '\\$&')}$([\\s\\S]*?)(?=^#|(?![\\s\\S]))`, 'm')
  const text = section.exec(page)?.[1]
  const table = text?.split('| field | form | meaning | in force |')[1]?.split('\n\n')[0]
  if (table === undefined) return null
  return table
    .split('\n')
    .slice(2)
    .filter((line) => line.startsWith('|'))
    .map((line) => {
      const [, field = '', form = '', , inForce = ''] = line.split(/(?<!\\)\|/).map((cell) => cell.trim())
      return { row: { field: field.replaceAll('`', ''), form }, inForce }
    })
}

const page = readFileSync('docs/configuration.md', 'utf8')

t.test('the page describes every field as the schemas have it, and no other', async (t) => {
  for (const [heading, schema] of [...kinds, ...parts]) {
    const documented = documentedRows(page, heading)
    t.ok(documented !== null, `there is a table for ${heading}`)
    t.same(documented?.map(({ row }) => row) ?? [], rowsOf(schema), `the table for ${heading}`)
  }
})

t.test('of every field the page says whether it is in force', async (t) => {
  for (const heading of [...kinds.keys(), ...parts.keys()]) {
    const answers = new Set((documentedRows(page, heading) ?? []).map(({ inForce }) => inForce))
    t.same(
      [...answers].filter((answer) => answer !== 'yes' && answer !== 'not yet'),
      [],
      heading,
    )
  }
})

t.test('the examples of whole lists are one sound document', async (t) => {
  const blocks = [...page.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, text = '']) => text)
  const lists = blocks.filter((text) => /^(account|[a-zA-Z]+s):$/m.test(text.split('\n')[0] ?? ''))
  t.equal(lists.length, 3)
  const named = 'ringGroups:\n  - { id: sales, name: Sales, site: london, members: [{ user: anna }] }\n'
  const reading = readDocument([...lists, named].join(''), 'example.yaml')
  t.same(reading.ok ? [] : reading.problems.map(formatProblem), [])
})
