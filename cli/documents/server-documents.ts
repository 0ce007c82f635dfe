import { longestDocument } from '../../engine/config/document-text.ts'
import type { EntityChange, Kind } from '../../engine/config/entities/kind.ts'
import type { Change } from '../client/api.ts'
import type { ApiClient } from '../client/api-client.ts'
import { UsageError } from '../usage-error.ts'
import type { Applied, ApplyRequest, DocumentPlace } from './document-place.ts'

/** Documents of a running server, by its API. */
export class ServerDocuments implements DocumentPlace {
  readonly title = 'the running server'
  readonly #client: ApiClient

  constructor(client: ApiClient) {
    this.#client = client
  }

  async apply({ text, fileName, dryRun, prune, expectedRevision }: ApplyRequest): Promise<Applied> {
    // The server closes the connection on whoever sends it more, and then its answer is lost.
    const length = Buffer.byteLength(text)
    if (length > longestDocument) {
      throw new UsageError(`${fileName} has ${length} bytes: keep it under ${longestDocument}, in several documents`)
    }
    const { body } = await this.#client.ask('applyDocument', {
      query: { dryRun, prune },
      body: text,
      mediaType: fileName.endsWith('.json') ? 'application/json' : 'application/yaml',
      ...(expectedRevision === null ? {} : { ifMatch: `"${expectedRevision}"` }),
    })
    return { ...body, changes: body.changes.map(changeOf) }
  }

  async export(format: 'yaml' | 'json'): Promise<string> {
    const { body } = await this.#client.ask('exportDocument', { query: { format } })
    return typeof body === 'string' ? body : `${JSON.stringify(body, null, 2)}\n`
  }
}

/** A change as the API shows it, for what compares two bodies. */
export function changeOf({ kind, id, before, after, secretsChanged }: Change): EntityChange {
  const marked = (body: Change['before'], mark: string) =>
    body === null ? null : { ...body, ...Object.fromEntries(secretsChanged.map((field) => [field, mark])) }
  return { kind: kind as Kind, id, before: marked(before, 'before'), after: marked(after, 'after') }
}
