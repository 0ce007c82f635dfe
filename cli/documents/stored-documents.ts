import { existsSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import type { ApplyResult } from '../../engine/config/apply-document.ts'
import { applyDocument } from '../../engine/config/apply-document.ts'
import type { ConfigurationWriter } from '../../engine/config/configuration-writer.ts'
import { openConfigurationWriter } from '../../engine/config/configuration-writer.ts'
import { documentOf } from '../../engine/config/document-of.ts'
import type { Author } from '../../engine/config/store/configuration-store.ts'
import { storeName } from '../../engine/config/store/open-store.ts'
import { openDataFolder, StartError } from '../../supervisor/data-folder.ts'
import { RequestRefusedError } from '../client/api-error.ts'
import type { Applied, ApplyRequest, DocumentPlace } from './document-place.ts'

/**
 * Documents of the configuration in a data folder whose API is not there. The store takes writers of several processes,
 * so that a server may begin meanwhile; an engine that runs without API notices within a second.
 */
export class StoredDocuments implements DocumentPlace {
  readonly title: string
  readonly #dataFolder: string

  constructor(dataFolder: string) {
    this.title = `what is stored in ${dataFolder}`
    this.#dataFolder = dataFolder
  }

  async apply({ text, fileName, dryRun, prune, expectedRevision }: ApplyRequest): Promise<Applied> {
    if (dryRun) this.#mustExist()
    openDataFolder(this.#dataFolder)
    return this.#withWriter(async (writer) => {
      const expected = expectedRevision === null ? {} : { expectedRevision }
      const result = await applyDocument(writer, text, fileName, commandAuthor(), { dryRun, prune, ...expected })
      if (!result.ok) throw refusalOf(result)
      const { revision, changes, shownWarnings } = result
      return { revision, inForce: null, changes, changesInAll: changes.length, warnings: shownWarnings }
    })
  }

  async export(format: 'yaml' | 'json'): Promise<string> {
    this.#mustExist()
    return this.#withWriter(async ({ configuration }) => {
      if (configuration.count('account') === 0) throw this.#nothingYet()
      const document = documentOf(configuration)
      if (format === 'json') return `${JSON.stringify(document, null, 2)}\n`
      return stringify(document, { lineWidth: 0, aliasDuplicateObjects: false })
    })
  }

  /** Looking must not make a store: opening the writer would. */
  #mustExist(): void {
    if (!existsSync(join(this.#dataFolder, storeName))) throw this.#nothingYet()
  }

  #nothingYet(): StartError {
    return new StartError(`There is no configuration in ${this.#dataFolder} yet: apply a document, or start the server`)
  }

  async #withWriter<Result>(work: (writer: ConfigurationWriter) => Promise<Result>): Promise<Result> {
    const writer = await openConfigurationWriter(this.#dataFolder)
    try {
      return await work(writer)
    } finally {
      await writer.close()
    }
  }
}

/** For revisions and audit: the system's user who gives the command. */
export function commandAuthor(): Author {
  return { actor: userName(), address: '', source: 'command' }
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    // A user id without a name, as in containers.
    return 'local'
  }
}

function refusalOf(result: Extract<ApplyResult, { ok: false }>): Error {
  switch (result.reason) {
    case 'problems': {
      const problems = result.shownProblems
      const problem = {
        type: 'urn:ringdown:problem:invalid',
        title: 'Some values are not right',
        status: 422,
        problems,
      }
      return new RequestRefusedError(422, { ...problem, detail: problems[0]?.message ?? '' })
    }
    case 'conflict': {
      const title = 'It was changed meanwhile'
      const type = 'urn:ringdown:problem:changed-meanwhile'
      return new RequestRefusedError(412, {
        type,
        title,
        status: 412,
        detail: 'The configuration was changed meanwhile',
      })
    }
    case 'store':
      return result.error
    default:
      return result satisfies never
  }
}
