import type { LampDialog, LampSource, Lamps } from './lamp-dialog.ts'

/** A lamp that somebody watches. */
interface WatchedLamp {
  /** Those that had something to show when they were last asked, and those that changed since. */
  readonly sources: Set<LampSource>
  watchers: number
}

/**
 * What the watched lamps show, always asked of the calls themselves. Of a lamp that nobody watches nothing is known here:
 * a call that changes it costs one look into a map.
 */
export class LampBoard implements Lamps {
  readonly #watched = new Map<string, WatchedLamp>()
  readonly #everything: () => Iterable<LampSource>
  readonly #changed: (key: string) => void
  /** What calls have told while their watchers are still to come; `null` at all other times. */
  #early: Map<string, Set<LampSource>> | null = null

  /**
   * @param everything all calls there are: asked when the first watcher of a lamp comes
   * @param changed a watched lamp may show something else; it may be asked when the turn is over
   */
  constructor(everything: () => Iterable<LampSource>, changed: (key: string) => void) {
    this.#everything = everything
    this.#changed = changed
  }

  get anyWatched(): boolean {
    return this.#watched.size > 0 || this.#early !== null
  }

  touched(key: string, source: LampSource): void {
    const lamp = this.#watched.get(key)
    if (lamp === undefined) {
      this.#noteEarly(key, source)
      return
    }
    lamp.sources.add(source)
    this.#changed(key)
  }

  /** One watcher more. */
  watch(key: string): void {
    const lamp = this.#watched.get(key)
    if (lamp !== undefined) {
      lamp.watchers++
      return
    }
    const sources = this.#early === null ? this.#sourcesOf(key) : (this.#early.get(key) ?? new Set<LampSource>())
    this.#watched.set(key, { sources, watchers: 1 })
  }

  /**
   * After a restart calls are there before those who watch them: whatever changes until `watchersCame` is kept, so that
   * not every watcher has to ask all calls.
   */
  expectWatchers(): void {
    this.#early = new Map()
  }

  watchersCame(): void {
    this.#early = null
  }

  /** One watcher less. */
  unwatch(key: string): void {
    const lamp = this.#watched.get(key)
    if (lamp !== undefined && --lamp.watchers === 0) this.#watched.delete(key)
  }

  /** What the lamp of `key` shows now, in no particular order. */
  dialogs(key: string): LampDialog[] {
    const dialogs: LampDialog[] = []
    const lamp = this.#watched.get(key)
    if (lamp === undefined) {
      for (const source of this.#everything()) source.addLampDialogs(key, dialogs)
      return dialogs
    }
    for (const source of lamp.sources) {
      const before = dialogs.length
      source.addLampDialogs(key, dialogs)
      if (dialogs.length === before) lamp.sources.delete(source)
    }
    return dialogs
  }

  #sourcesOf(key: string): Set<LampSource> {
    const sources = new Set<LampSource>()
    const dialogs: LampDialog[] = []
    for (const source of this.#everything()) {
      source.addLampDialogs(key, dialogs)
      if (dialogs.length > 0) sources.add(source)
      dialogs.length = 0
    }
    return sources
  }

  #noteEarly(key: string, source: LampSource): void {
    if (this.#early === null) return
    const sources = this.#early.get(key)
    if (sources === undefined) this.#early.set(key, new Set([source]))
    else sources.add(source)
  }
}
