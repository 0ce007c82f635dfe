/** Where a document is applied to and exported from: the running server, or what is stored while none runs. */
import type { EntityChange } from '../../engine/config/entities/kind.ts'
import type { Problem } from '../../engine/config/problem.ts'

export interface ApplyRequest {
  readonly text: string
  /** Only its ending matters. */
  readonly fileName: string
  readonly dryRun: boolean
  readonly prune: boolean
  /** Revision that the configuration must still have; `null`: any. */
  readonly expectedRevision: number | null
}

export interface Applied {
  readonly revision: number
  /** Whether calls go by it; `null` where no server could be asked. */
  readonly inForce: boolean | null
  /** The first of them, without secrets: of a secret that changes, before and after only differ. */
  readonly changes: readonly EntityChange[]
  readonly changesInAll: number
  readonly warnings: readonly Problem[]
}

export interface DocumentPlace {
  /** For people. */
  readonly title: string
  /** @throws RequestRefusedError, ServerNotReachedError, StoreError */
  apply(request: ApplyRequest): Promise<Applied>
  /** The document, without secrets. @throws as `apply` */
  export(format: 'yaml' | 'json'): Promise<string>
}
