/**
 * A ZIP file as it is made: members are stored as they are, since sound does not get smaller that way, and nothing waits
 * in memory. Up to 4 GB and 65 535 members: what is larger is refused before it begins.
 */
import { crc32 } from 'node:zlib'

export interface ZipMember {
  /** Forward slashes, no leading one. */
  readonly name: string
  readonly changedAt: Date
  /** Bytes; begins when its turn has come. */
  readonly content: () => AsyncIterable<Uint8Array>
}

export const mostMembers = 65_535
/** Bytes of all members together; what headers take fits beside it. */
export const largestZip = 4_000_000_000

/** Bit 3: sum and lengths follow the member. Bit 11: names are UTF-8. */
const flags = 0x0808
const versionNeeded = 20

/** @throws Error where it grows beyond the limits; what members throw */
export async function* zipOf(members: AsyncIterable<ZipMember>): AsyncGenerator<Buffer> {
  const directory: Buffer[] = []
  let offset = 0
  for await (const { name, changedAt, content } of members) {
    if (directory.length >= mostMembers) throw new Error(`more than ${mostMembers} files do not fit into one ZIP file`)
    const path = Buffer.from(name, 'utf8')
    const times = dosTime(changedAt)
    const begins = offset
    const header = Buffer.alloc(30)
    header.writeUInt32LE(0x0403_4b50, 0)
    header.writeUInt16LE(versionNeeded, 4)
    header.writeUInt16LE(flags, 6)
    header.writeUInt32LE(times, 10)
    header.writeUInt16LE(path.length, 26)
    yield Buffer.concat([header, path])
    let [length, sum] = [0, 0]
    for await (const piece of content()) {
      sum = crc32(piece, sum)
      length += piece.length
      yield Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)
    }
    const trailer = Buffer.alloc(16)
    trailer.writeUInt32LE(0x0807_4b50, 0)
    trailer.writeUInt32LE(sum, 4)
    trailer.writeUInt32LE(length, 8)
    trailer.writeUInt32LE(length, 12)
    yield trailer
    offset += header.length + path.length + length + trailer.length
    if (offset > largestZip) throw new Error('more than 4 GB do not fit into one ZIP file')
    directory.push(entryOf(path, times, sum, length, begins))
  }
  const entries = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x0605_4b50, 0)
  end.writeUInt16LE(directory.length, 8)
  end.writeUInt16LE(directory.length, 10)
  end.writeUInt32LE(entries.length, 12)
  end.writeUInt32LE(offset, 16)
  yield Buffer.concat([entries, end])
}

function entryOf(path: Buffer, times: number, sum: number, length: number, begins: number): Buffer {
  const entry = Buffer.alloc(46)
  entry.writeUInt32LE(0x0201_4b50, 0)
  // Made on a Unix: permissions stand in the attributes.
  entry.writeUInt16LE(0x0300 | versionNeeded, 4)
  entry.writeUInt16LE(versionNeeded, 6)
  entry.writeUInt16LE(flags, 8)
  entry.writeUInt32LE(times, 12)
  entry.writeUInt32LE(sum, 16)
  entry.writeUInt32LE(length, 20)
  entry.writeUInt32LE(length, 24)
  entry.writeUInt16LE(path.length, 28)
  entry.writeUInt32LE((0o100600 << 16) >>> 0, 38)
  entry.writeUInt32LE(begins, 42)
  return Buffer.concat([entry, path])
}

/** Date and time as MS-DOS kept them, of the world's time. */
function dosTime(time: Date): number {
  const date =
    ((Math.max(1980, time.getUTCFullYear()) - 1980) << 9) | ((time.getUTCMonth() + 1) << 5) | time.getUTCDate()
  const clock = (time.getUTCHours() << 11) | (time.getUTCMinutes() << 5) | (time.getUTCSeconds() >> 1)
  return ((date << 16) | clock) >>> 0
}
