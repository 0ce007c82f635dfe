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

  /**
   * @param everything all calls there are: asked when the first watcher of a lamp comes
   * @param changed a watched lamp may show something else; it may be asked when the turn is over
   */
  constructor(everything: () => Iterable<LampSource>, changed: (key: string) => void) {
    this.#everything = everything
    this.#changed = changed
  }

  get anyWatched(): boolean {
    return this.#watched.size > 0
  }

  touched(key: string, source: LampSource): void {
    const lamp = this.#watched.get(key)
    if (lamp === undefined) return
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
    const sources = new Set<LampSource>()
    const dialogs: LampDialog[] = []
    for (const source of this.#everything()) {
      source.addLampDialogs(key, dialogs)
      if (dialogs.length > 0) sources.add(source)
      dialogs.length = 0
    }
    this.#watched.set(key, { sources, watchers: 1 })
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
}
