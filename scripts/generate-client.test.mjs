import { readFileSync } from 'node:fs'
import t from 'tap'
import { clientPath, clientText, clientTextNow } from './generate-client.mjs'

t.test('the committed client is that of the committed description of the API', async (t) => {
  t.equal(readFileSync(clientPath, 'utf8') === clientTextNow(), true, 'if not: npm run client')
})

t.test('types and the table of operations follow the description', async (t) => {
  const text = clientText({
    components: {
      schemas: {
        Name: { type: 'string' },
        Person: {
          type: 'object',
          required: ['name'],
          properties: {
            name: { $ref: '#/components/schemas/Name' },
            'x-y': { type: 'array', items: { enum: ['a', 1] } },
          },
        },
      },
    },
    paths: {
      '/v1/people/{id}': {
        put: {
          operationId: 'replacePerson',
          summary: 'Replace a person',
          parameters: [
            { in: 'path', name: 'id', required: true, schema: { type: 'string' } },
            { in: 'header', name: 'idempotency-key', schema: { type: 'string' } },
          ],
          requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Person' } } } },
          responses: { 200: { content: { 'application/json': { schema: { type: 'object' } } } }, 204: {}, 404: {} },
        },
      },
    },
  })
  t.match(text, "export interface Person {\n  readonly name: Name\n  readonly 'x-y'?: readonly ('a' | 1)[]\n}")
  t.match(text, 'readonly answer: Readonly<Record<string, unknown>> | null')
  t.match(text, "replacePerson: { method: 'PUT', path: '/v1/people/{id}', sends: 'application/json', takesKey: true },")
})

t.test('what is not known is not passed over', async (t) => {
  for (const schema of [{ allOf: [] }, { type: 'file' }, { $ref: 'elsewhere' }]) {
    t.throws(() => clientText({ components: { schemas: { Odd: schema } }, paths: {} }), /unknown/)
  }
})
