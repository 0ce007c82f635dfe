/** What the routes of recordings do, whichever address they have: found, played, downloaded, deleted, and audited. */
import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { notFound, RequestRefused } from '../../http/problems.ts'
import { rangeOf, sendRange } from '../../http/ranges.ts'
import type { AdminServices } from '../../plugin.ts'
import { authorOf } from '../../plugin.ts'
import type { RecordingRow } from '../../recordings/catalogue.ts'
import type { Recordings } from '../../recordings/recordings.ts'
import type { TaskKind, TaskView } from '../../recordings/tasks.ts'
import type { ZipMember } from '../../recordings/zip-stream.ts'
import { largestZip, mostMembers, zipOf } from '../../recordings/zip-stream.ts'
import type { Chosen, ListQuery } from './recording-query.ts'
import { checkChosen, cursorOf, filterOf, orderOf, placeOf } from './recording-query.ts'
import { fileNameOf, mediaTypes, viewOfRecording } from './recording-view.ts'

/** A player asks for range after range: one access, said once in so many milliseconds. */
const sameAccess = 600_000
/** Most that is retrieved at once, in bytes. */
const largestRetrieval = 2_000_000_000
/** What has to be written to delete. */
export const confirmation = 'DELETE'

export class RecordingRequests {
  readonly recordings: Recordings
  readonly #services: AdminServices
  /** Who played what, until when it counts as the same. */
  readonly #plays = new Map<string, number>()

  constructor(recordings: Recordings, services: AdminServices) {
    this.recordings = recordings
    this.#services = services
  }

  /** @throws RequestRefused where there is none */
  async find(id: string): Promise<RecordingRow> {
    await this.recordings.takeNew()
    const row = await this.recordings.catalogue.find(id)
    if (row === null) throw notFound('There is no recording with this id: GET /v1/recordings lists them')
    return row
  }

  view(row: RecordingRow): Record<string, unknown> {
    const isRetrieving = row.state === 'cold' && this.recordings.tasks.waitingFor('retrieve', row.id)
    return viewOfRecording(row, isRetrieving)
  }

  /** A page of them, and the cursor of the next. */
  async list({
    sort,
    limit = 100,
    cursor,
    ...filter
  }: ListQuery): Promise<{ items: Record<string, unknown>[]; next: string | null }> {
    await this.recordings.takeNew()
    const { catalogue } = this.recordings
    const { rows, next } = await catalogue.list(filterOf(filter), orderOf(sort), placeOf(cursor), limit)
    return { items: rows.map((row) => this.view(row)), next: cursorOf(next) }
  }

  async audit(request: FastifyRequest, action: string, id: string | null, summary: string): Promise<void> {
    await this.#services.store.audit.add({ ...authorOf(request), action, ...(id === null ? {} : { id }), summary })
  }

  /** The sound, whole or the range that is asked for. */
  async send(
    request: FastifyRequest,
    reply: FastifyReply,
    id: string,
    action: 'play' | 'download',
  ): Promise<FastifyReply> {
    const row = await this.#playable(id)
    // Before the audit: what is refused was not accessed.
    const range = rangeOf(request.headers.range, row.bytes)
    await this.#auditAccess(request, row, action)
    reply.headers({
      'content-type': mediaTypes[row.form],
      etag: `"${row.sha256.slice(0, 32)}"`,
      'content-disposition': `${action === 'play' ? 'inline' : 'attachment'}; filename="${fileNameOf(row)}"`,
    })
    return sendRange(request, reply, range, row.bytes, (from, to) => this.recordings.store.sound(row, from, to))
  }

  /** Many of them, with their descriptions. */
  async sendZip(request: FastifyRequest, reply: FastifyReply, chosen: Chosen): Promise<FastifyReply> {
    const rows = (await this.#chosen(chosen)).filter(({ state }) => state !== 'cold')
    if (rows.length === 0)
      throw notFound('Nothing that can be downloaded fits: what is archived has to be retrieved first')
    const bytes = rows.reduce((sum, row) => sum + row.bytes, 0)
    if (rows.length * 2 > mostMembers || bytes > largestZip * 0.95) {
      throw new RequestRefused(
        'too-large',
        `These are ${rows.length} recordings of ${bytes} bytes: choose fewer for one ZIP file`,
      )
    }
    await this.audit(request, 'recording-download', null, `Downloaded ${rows.length} recordings as one file`)
    reply.headers({ 'content-type': 'application/zip', 'content-disposition': 'attachment; filename="recordings.zip"' })
    return reply.send(Readable.from(zipOf(this.#members(rows)), { objectMode: false }))
  }

  /** @throws RequestRefused unless the word was written */
  checkConfirmation(written: string | undefined): void {
    if (written === confirmation) return
    throw new RequestRefused(
      'invalid-request',
      `What is deleted is gone: write confirm=${confirmation}, in capital letters, if you mean it`,
    )
  }

  async delete(request: FastifyRequest, id: string): Promise<void> {
    const row = await this.find(id)
    if (row.hold !== null) throw new RequestRefused('conflict', `It is held and may not be deleted: ${row.hold}`)
    await this.recordings.store.delete(id)
    await this.#auditDeletion(request, row)
  }

  async deleteMany(request: FastifyRequest, chosen: Chosen): Promise<TaskView> {
    const rows = await this.#chosen(chosen)
    await this.audit(request, 'recording-delete-many', null, `Ordered ${rows.length} recordings to be deleted`)
    const byId = new Map(rows.map((row) => [row.id, row]))
    return this.#task('delete', request, [...byId.keys()], async (id) => {
      const row = byId.get(id)
      if ((await this.recordings.store.delete(id)) && row !== undefined) await this.#auditDeletion(request, row)
    })
  }

  async retrieve(request: FastifyRequest, chosen: Chosen): Promise<TaskView> {
    const rows = (await this.#chosen(chosen)).filter(({ state }) => state !== 'hot')
    const bytes = rows.reduce((sum, row) => sum + row.bytes, 0)
    if (bytes > largestRetrieval) {
      throw new RequestRefused(
        'too-large',
        `These are ${bytes} bytes: at most 2 GB are retrieved at once, choose fewer`,
      )
    }
    await this.audit(request, 'recording-retrieve', null, `Ordered ${rows.length} recordings from the archive`)
    return this.#task(
      'retrieve',
      request,
      rows.map(({ id }) => id),
      async (id) => {
        const row = await this.recordings.catalogue.find(id)
        if (row !== null) await this.recordings.store.retrieve(row)
      },
    )
  }

  #task(
    kind: TaskKind,
    request: FastifyRequest,
    ids: readonly string[],
    work: (id: string) => Promise<void>,
  ): TaskView {
    return this.recordings.tasks.start(kind, request.operator?.name ?? '', ids, work)
  }

  async #chosen(chosen: Chosen): Promise<readonly RecordingRow[]> {
    checkChosen(chosen)
    await this.recordings.takeNew()
    const { catalogue } = this.recordings
    const rows: RecordingRow[] = []
    if (chosen.ids === undefined) {
      for await (const row of catalogue.all(filterOf(chosen.filter ?? {}))) rows.push(row)
      return rows
    }
    for (const id of new Set(chosen.ids)) {
      const row = await catalogue.find(id)
      if (row === null) throw notFound(`There is no recording ${id.slice(0, 64)}`)
      rows.push(row)
    }
    return rows
  }

  async #playable(id: string): Promise<RecordingRow> {
    const row = await this.find(id)
    if (row.state === 'cold') {
      throw new RequestRefused(
        'conflict',
        'It is in the archive: POST /v1/recordings/retrieve brings it back for seven days',
      )
    }
    if (!(await this.recordings.store.isThere(row))) throw notFound('The file of this recording is not there any more')
    return row
  }

  async *#members(rows: readonly RecordingRow[]): AsyncGenerator<ZipMember> {
    for (const row of rows) {
      const name = fileNameOf(row)
      const changedAt = new Date(row.started_at)
      yield { name, changedAt, content: () => this.recordings.store.sound(row) }
      const description = Buffer.from(`${JSON.stringify(this.view(row), null, 2)}\n`)
      yield {
        name: name.replace(/\.[a-z0-9]+$/, '.json'),
        changedAt,
        content: async function* () {
          yield description
        },
      }
    }
  }

  async #auditAccess(request: FastifyRequest, row: RecordingRow, action: 'play' | 'download'): Promise<void> {
    const now = this.#services.clock()
    const access = `${action} ${row.id} ${request.operator?.token ?? ''}`
    const isSame = now < (this.#plays.get(access) ?? 0)
    for (const [known, until] of this.#plays) {
      if (until >= now && this.#plays.size < 10_000) break
      this.#plays.delete(known)
    }
    this.#plays.delete(access)
    this.#plays.set(access, now + sameAccess)
    if (isSame) return
    await this.audit(
      request,
      `recording-${action}`,
      row.id,
      `${action === 'play' ? 'Played' : 'Downloaded'} ${titleOf(row)}`,
    )
  }

  async #auditDeletion(request: FastifyRequest, row: RecordingRow): Promise<void> {
    await this.audit(request, 'recording-delete', row.id, `Deleted ${titleOf(row)}`)
  }
}

export function titleOf(row: RecordingRow): string {
  const side = (name: string, number: string) => `${number} ${name}`.trim().slice(0, 80) || 'unknown'
  const time = new Date(row.started_at).toISOString().slice(0, 16)
  return `the recording of ${side(row.caller_name, row.caller_number)} and ${side(row.callee_name, row.callee_number)}, ${time}`
}
