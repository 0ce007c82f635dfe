import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'
import { openApiText } from './openapi-text.ts'

interface Operation {
  readonly operationId?: string
  readonly summary?: string
  readonly tags?: readonly string[]
  readonly responses: Readonly<Record<string, { description: string; content?: object }>>
}

/** Of the checkout, wherever the compiled tests stand. */
function committed(): string {
  for (let folder = new URL('.', import.meta.url); ; folder = new URL('..', folder)) {
    const file = new URL('admin/openapi.json', folder)
    if (existsSync(file)) return readFileSync(file, 'utf8')
    if (folder.pathname === '/') throw new Error('there is no admin/openapi.json: npm run openapi writes it')
  }
}

t.test('the committed description of the API is that of the sources', async (t) => {
  const made = await openApiText()
  t.equal(committed() === made, true, 'if not: npm run openapi')

  const document = JSON.parse(made) as {
    openapi: string
    paths: Record<string, Record<string, Operation>>
    components: { schemas: Record<string, unknown> }
  }
  t.match(document.openapi, /^3\.1\./)
  const ids = new Set<string>()
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const where = `${method} ${path}`
      t.ok(operation.operationId && operation.summary && operation.tags?.length === 1, where)
      t.notOk(ids.has(operation.operationId ?? ''), `${where}: ${operation.operationId} is unique`)
      ids.add(operation.operationId ?? '')
    }
  }
  const referred = [...made.matchAll(/"\$ref": "#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name ?? '')
  for (const name of new Set(referred)) t.ok(document.components.schemas[name], name)
  for (const name of Object.keys(document.components.schemas)) t.ok(referred.includes(name), `${name} is used`)
})
