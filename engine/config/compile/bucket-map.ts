import type { Directory } from '../snapshot.ts'

type Bucket<T> = Map<string, T>
type Branch<T> = readonly Node<T>[]
type Node<T> = Bucket<T> | Branch<T>

/** Children of a branch; each level takes as many bits of the hash as this has. */
const fanOut = 16
const bitsOfLevel = 4
/** Entries of a bucket before it is divided. Measured: docs/decisions/0009-snapshot-by-ids-and-buckets.md. */
const fullBucket = 64
/** Keys whose hashes agree this far share a bucket, however many they are. */
const deepest = 7
/** Characters that are hashed: keys asked for come from the network and may be long. */
const mostHashed = 64

/**
 * A map that is never changed: an editor makes the next one, which shares all buckets but those in which something
 * changed. One entry more or less among 100 000 copies a bucket and three short arrays, about 2 KB.
 *
 * Buckets are plain Maps in a tree by hash, so keys that somebody chose to collide make copies larger, not lookups slow.
 */
export class BucketMap<T> implements Directory<T> {
  readonly size: number
  readonly #root: Node<T>

  private constructor(root: Node<T>, size: number) {
    this.#root = root
    this.size = size
  }

  static empty<T>(): BucketMap<T> {
    return new BucketMap<T>(new Map(), 0)
  }

  get(key: string): T | undefined {
    return found(this.#root, key)
  }

  *entries(): Generator<[string, T], undefined> {
    for (const bucket of bucketsOf(this.#root)) yield* bucket
  }

  /** In no particular order. */
  *values(): Generator<T, undefined> {
    for (const bucket of bucketsOf(this.#root)) yield* bucket.values()
  }

  /** @param expected entries that an empty map will get, as far as known: then none of them has to move while it grows */
  edit(expected = 0): BucketMapEditor<T> {
    return new BucketMapEditor<T>(this, this.#root, expected, (root, size) => new BucketMap(root, size))
  }
}

/** Makes the next map from one. What it copied once it changes in place from then on, until it is finished. */
export class BucketMapEditor<T> {
  readonly #before: BucketMap<T>
  readonly #make: (root: Node<T>, size: number) => BucketMap<T>
  /** What it has copied; `null` where it began with nothing, so that all is its own: a full load need not look. */
  readonly #own: Set<Node<T>> | null
  /** Buckets stand below at least so many branches. */
  readonly #shallowest: number
  #root: Node<T>
  #size: number
  #changed = false

  /** Got by `BucketMap.edit`. */
  constructor(
    before: BucketMap<T>,
    root: Node<T>,
    expected: number,
    make: (root: Node<T>, size: number) => BucketMap<T>,
  ) {
    this.#before = before
    this.#make = make
    this.#root = root
    this.#size = before.size
    this.#own = before.size === 0 ? null : new Set()
    if (this.#own === null) this.#root = new Map()
    this.#shallowest = this.#own === null ? branchesFor(expected) : 0
  }

  get size(): number {
    return this.#size
  }

  get(key: string): T | undefined {
    return found(this.#root, key)
  }

  set(key: string, value: T): void {
    const path = this.#ownPath(key)
    const known = path.bucket.size
    path.bucket.set(key, value)
    this.#changed = true
    if (path.bucket.size === known) return
    this.#size++
    if (path.bucket.size > fullBucket && path.depth < deepest) this.#divide(path)
  }

  delete(key: string): void {
    if (this.get(key) === undefined) return
    this.#ownPath(key).bucket.delete(key)
    this.#size--
    this.#changed = true
  }

  /** The map as it is now: the one it was made from where nothing was changed. The editor must not be used any more. */
  finish(): BucketMap<T> {
    this.#own?.clear()
    return this.#changed ? this.#make(this.#root, this.#size) : this.#before
  }

  /** The way to a key's bucket, made of nodes that nobody else sees. */
  #ownPath(key: string): Path<T> {
    let hash = hashOf(key)
    let depth = 0
    let above: Node<T>[] | null = null
    let slot = 0
    let node = this.#root
    for (;;) {
      if (this.#own !== null && !this.#own.has(node)) {
        node = node instanceof Map ? new Map(node) : [...node]
        this.#own.add(node)
        if (above === null) this.#root = node
        else above[slot] = node
      }
      if (node instanceof Map) {
        if (depth >= this.#shallowest) return { bucket: node, depth, above, slot }
        // Nobody has put anything here: the branches are made as they are needed, so that nothing takes long at once.
        node = emptyBuckets()
        if (above === null) this.#root = node
        else above[slot] = node
      }
      above = node as Node<T>[]
      slot = hash & (fanOut - 1)
      node = above[slot] as Node<T>
      hash >>>= bitsOfLevel
      depth++
    }
  }

  #divide({ bucket, depth, above, slot }: Path<T>): void {
    const parts = emptyBuckets<T>()
    for (const [key, value] of bucket) {
      parts[(hashOf(key) >>> (depth * bitsOfLevel)) & (fanOut - 1)]?.set(key, value)
    }
    if (this.#own !== null) {
      for (const part of parts) this.#own.add(part)
      this.#own.delete(bucket)
      this.#own.add(parts)
    }
    if (above === null) this.#root = parts
    else above[slot] = parts
  }
}

function emptyBuckets<T>(): Bucket<T>[] {
  const buckets: Bucket<T>[] = []
  for (let slot = 0; slot < fanOut; slot++) buckets.push(new Map())
  return buckets
}

/** Above buckets of which hardly one will be full. */
function branchesFor(entries: number): number {
  let branches = 0
  for (let buckets = 1; entries > (buckets * fullBucket) / 2 && branches < deepest; buckets *= fanOut) branches++
  return branches
}

interface Path<T> {
  readonly bucket: Bucket<T>
  /** Branches above it. */
  readonly depth: number
  /** The last of them, and where in it the bucket is; `null` where the bucket is all there is. */
  readonly above: Node<T>[] | null
  readonly slot: number
}

function found<T>(root: Node<T>, key: string): T | undefined {
  let node = root
  if (!(node instanceof Map)) {
    let hash = hashOf(key)
    do {
      node = node[hash & (fanOut - 1)] as Node<T>
      hash >>>= bitsOfLevel
    } while (!(node instanceof Map))
  }
  return node.get(key)
}

function* bucketsOf<T>(node: Node<T>): Generator<Bucket<T>, undefined> {
  if (node instanceof Map) yield node
  else for (const child of node) yield* bucketsOf(child)
}

/** FNV-1a over the first characters, mixed so that the low bits depend on all. */
function hashOf(key: string): number {
  const length = key.length < mostHashed ? key.length : mostHashed
  let hash = 0x811c9dc5
  for (let index = 0; index < length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193)
  hash ^= hash >>> 15
  hash = Math.imul(hash, 0x2c1b3c6d)
  return (hash ^ (hash >>> 13)) >>> 0
}
