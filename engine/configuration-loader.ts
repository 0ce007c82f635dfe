import type { ChangedEntity } from './config/compile/changes-by-kind.ts'
import { SnapshotCompiler } from './config/compile/snapshot-compiler.ts'
import { finishInSlices } from './config/slices.ts'
import type { Snapshot } from './config/snapshot.ts'
import type { ConfigurationSource, Reading } from './configuration-reader.ts'
import type { InForce } from './control/protocol.ts'

export interface LoaderLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export interface ConfigurationLoaderOptions {
  readonly source: ConfigurationSource
  /** Milliseconds from any moment on, never going back. */
  readonly now: () => number
  /** Told of each configuration that was compiled from everything: most of the memory of this process is new. */
  readonly compiledWhole?: () => void
}

/** Whom configurations are compiled for. */
export interface ConfigurationUser {
  readonly log: LoaderLog
  /** One line for people where a configuration must not come into force here, else `null`. */
  readonly refuse: (snapshot: Snapshot) => string | null
  readonly inForce: (snapshot: Snapshot) => void
}

/**
 * Milliseconds in which calls are served, between two slices in which a large change is compiled, and how long those last. What
 * is compiled stays, and is moved twice by collections of garbage, whose pauses are longer the faster it comes.
 */
const restBetweenSlices = 8
const sliceAfterRest = 0.4
/** The same of a standby engine, which nobody waits for, and which needs a processor that serves calls otherwise. */
const restOnStandby = 10
/** A change that is done after so many slices waits for the calls that have come, and for no rest: somebody waits for it. */
const slicesWithoutRest = 4

/**
 * Brings the stored configuration into force, at the start and whenever it changed. One that cannot be read or compiled
 * changes nothing: what was last in force stays. A standby engine compiles for nobody yet, so that all that is left to do
 * when it is to serve is what has changed since.
 */
export class ConfigurationLoader {
  readonly #options: ConfigurationLoaderOptions
  /** `null`: the next reading is of everything. */
  #compiler: SnapshotCompiler | null = null
  /** The revision that the compiler knows, in force or refused. */
  #compiled = 0
  #revision = 0
  /** `null`: a standby's. */
  #user: ConfigurationUser | null = null
  /** Compiled, and not in force because nobody is served yet. */
  #prepared: Snapshot | null = null
  #unreadable: string | null = null
  #unusable: string | null = null
  #milliseconds = 0
  #current: Promise<void> | null = null
  #next: Promise<void> | null = null

  constructor(options: ConfigurationLoaderOptions) {
    this.#options = options
  }

  /** Number of the configuration in force; 0 where there is none. */
  get revision(): number {
    return this.#revision
  }

  /** Why the newest configuration is not in force, one line each; none where it is. */
  get problems(): readonly string[] {
    return [this.#unreadable, this.#unusable].filter((problem) => problem !== null)
  }

  /** How long the last compilation took, pauses included, in milliseconds. */
  get compileMilliseconds(): number {
    return this.#milliseconds
  }

  /** From now on what is compiled comes into force; what was prepared when the next reading says that it is the newest. */
  serveFor(user: ConfigurationUser): void {
    this.#user = user
  }

  /** Reads what has been written until now, after what is being read already, and brings it into force where it can be. */
  refresh(): Promise<void> {
    if (this.#current === null) return this.#run(this.#refresh())
    // What is under way may have been read before the newest change was written.
    this.#next ??= this.#current.then(() => {
      this.#next = null
      return this.refresh()
    })
    return this.#next
  }

  /**
   * Settles when a revision is in force, or it is clear that it will not be. Never rejects.
   * @param changes all that the revision changed, as committed; where it is the next one they need not be read
   */
  async bringIntoForce(revision: number, changes: readonly ChangedEntity[] | null = null): Promise<InForce> {
    if (this.#revision < revision) {
      const isNext = this.#current === null && this.#compiler !== null && revision === this.#compiled + 1
      await (isNext && changes !== null ? this.#run(this.#take({ revision, whole: false, changes })) : this.refresh())
    }
    const inForce = this.#revision >= revision
    const { problems } = this
    return {
      inForce,
      revision: this.#revision,
      problems: inForce || problems.length > 0 ? problems : [`There is no revision ${revision} yet`],
    }
  }

  #run(work: Promise<void>): Promise<void> {
    this.#current = work.finally(() => {
      this.#current = null
    })
    return this.#current
  }

  async #refresh(): Promise<void> {
    let reading: Reading
    try {
      reading = await this.#options.source.read(this.#compiler === null ? null : this.#compiled)
    } catch (error) {
      this.#unreadable = lineOf(error)
      this.#user?.log.error({ revision: this.#revision }, this.#unreadable)
      // Better than nothing, and it was in force a moment ago.
      this.#usePrepared()
      return
    }
    this.#unreadable = null
    await this.#take(reading)
  }

  /** Compiles what was read and brings it into force, where it can be. */
  async #take({ revision, whole, changes }: Reading): Promise<void> {
    const { now } = this.#options
    const known = whole ? null : this.#compiler
    if (known !== null && revision === this.#compiled) {
      this.#usePrepared()
      return
    }
    const compiler = known ?? new SnapshotCompiler()
    // One that throws cannot be built upon: then everything is read again.
    this.#compiler = null
    const began = now()
    let snapshot: Snapshot
    try {
      // While nothing is in force calls wait for this; later they wait for no more than a slice of it. Nor does the engine
      // that serves for one on standby.
      let slices = 0
      const rest = () => {
        if (this.#user === null) return restOnStandby
        return this.#revision === 0 || ++slices <= slicesWithoutRest ? 0 : restBetweenSlices
      }
      snapshot = await finishInSlices(compiler.compile(changes, revision), rest, sliceAfterRest)
    } catch (error) {
      this.#keepOld(lineOf(error))
      return
    }
    this.#milliseconds = now() - began
    this.#compiler = compiler
    this.#compiled = revision
    this.#prepared = snapshot
    if (known === null) this.#options.compiledWhole?.()
    const wasInForce = this.#revision > 0
    this.#usePrepared()
    if (wasInForce && known !== null && changes.some(({ kind }) => kind === 'listener')) {
      this.#user?.log.warn({}, 'Changed listeners are used from the next start on')
    }
  }

  /** Brings into force what was compiled, if somebody is served and it may. */
  #usePrepared(): void {
    const [user, snapshot] = [this.#user, this.#prepared]
    if (user === null || snapshot === null) return
    this.#prepared = null
    const refusal = user.refuse(snapshot)
    if (refusal !== null) {
      this.#keepOld(refusal)
      return
    }
    const { revision } = snapshot
    this.#unusable = null
    this.#revision = revision
    user.inForce(snapshot)
    user.log.info({ revision, users: snapshot.users.size }, 'Configuration is in force')
  }

  #keepOld(problem: string): void {
    this.#unusable = problem
    if (this.#user === null) return
    const { log } = this.#user
    log.error({}, problem)
    if (this.#revision > 0)
      log.error({ revision: this.#revision }, 'The configuration was not taken: the old one stays')
  }
}

function lineOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
