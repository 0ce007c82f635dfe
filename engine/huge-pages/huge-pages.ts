/**
 * The heap lies together, in pages of 2 MB, where the native code beside this file is built and the kernel allows it: then
 * a processor finds what it reads with fewer looks into its tables. Everything works without
 * (docs/decisions/0062-huge-pages-for-the-heap.md).
 */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

/** The native code, for the whole process. */
interface NativeHugePages {
  readonly interfaceVersion: number
  /** Has V8's memory laid side by side from now on. @returns bytes of address space set aside for that; 0: not possible */
  pack(): number
  /**
   * Goes once through all memory, by a thread of its own.
   * @param rest microseconds after each huge page that is made
   * @returns false where a sweep is under way
   */
  sweep(rest: number): boolean
  state(): HugePagesState
}

export interface HugePagesState {
  readonly sweeping: boolean
  /** What lay in huge pages when the last sweep ended. */
  readonly hugeBytes: number
}

/** Must be that of huge-pages.c. */
const interfaceVersion = 1

// Seen from dist/engine/huge-pages.
const builtFile = new URL('../../../build/huge-pages.node', import.meta.url)
/** Written instead, when it could not be built. */
const reasonFile = new URL('../../../build/huge-pages.txt', import.meta.url)
const kernelSetting = '/sys/kernel/mm/transparent_hugepage/enabled'

/** Making a huge page takes 0.3 to 4 ms, in which nobody can touch what is in it. */
const restMicroseconds = 5000
/** A start has other things to do first. */
const firstSweep = 1000
/** What has been put anywhere else since is taken along; to look through a heap that is in huge pages takes milliseconds. */
const betweenSweeps = 600_000

export type LoadedHugePages =
  | { readonly kind: 'loaded'; readonly pages: NativeHugePages }
  /** `why` is for people, without a full stop. */
  | { readonly kind: 'missing'; readonly why: string }

let loaded: LoadedHugePages | null = null

/** The native code, or why there is none. Looks once. */
export function loadHugePages(): LoadedHugePages {
  loaded ??= load()
  return loaded
}

function load(): LoadedHugePages {
  if (process.platform !== 'linux') return { kind: 'missing', why: 'it needs Linux' }
  const setting = read(kernelSetting)
  if (setting === '') return { kind: 'missing', why: 'the kernel has no huge pages for programs' }
  if (setting.includes('[never]')) return { kind: 'missing', why: `${kernelSetting} says never` }
  if (!existsSync(builtFile)) return { kind: 'missing', why: `not built: ${read(reasonFile) || notBuilt}` }
  try {
    const pages = createRequire(import.meta.url)(builtFile.pathname) as NativeHugePages
    if (pages.interfaceVersion === interfaceVersion) return { kind: 'loaded', pages }
    return { kind: 'missing', why: 'what is built belongs to another version: run "npm ci"' }
  } catch (error) {
    return { kind: 'missing', why: `cannot be loaded: ${error instanceof Error ? error.message : String(error)}` }
  }
}

const notBuilt = '"npm ci" builds it, unless scripts are switched off'

function read(path: string | URL): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return ''
  }
}

/** Keeps the heap of this process together and in huge pages, from the beginning: what lies elsewhere already stays there. */
export class HugePages {
  readonly #pages: NativeHugePages | null
  #first: NodeJS.Timeout | null = null
  #further: NodeJS.Timeout | null = null

  constructor(native: LoadedHugePages = loadHugePages()) {
    // Without room side by side there is nothing to be joined.
    this.#pages = native.kind === 'loaded' && native.pages.pack() > 0 ? native.pages : null
  }

  /** Much memory is new. It is swept a moment later, and again from time to time; nothing waits for it. */
  sweepSoon(): void {
    const pages = this.#pages
    if (pages === null) return
    this.#first ??= setTimeout(() => {
      this.#first = null
      pages.sweep(restMicroseconds)
    }, firstSweep).unref()
    this.#further ??= setInterval(() => pages.sweep(restMicroseconds), betweenSweeps).unref()
  }

  /** Sweeps at once, and says how many bytes lie in huge pages; 0 where there are none. */
  async swept(): Promise<number> {
    const pages = this.#pages
    if (pages === null) return 0
    pages.sweep(restMicroseconds)
    while (pages.state().sweeping) await new Promise((resolve) => setTimeout(resolve, 10))
    return pages.state().hugeBytes
  }
}
