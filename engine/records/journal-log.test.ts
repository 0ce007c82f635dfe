import { readFileSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { FILE_HEADER_BYTES } from './journal-format.ts'
import { LogWriter } from './journal-log.ts'

const identity = { mark: 0x5ac3b791, seed: 1 }

t.test(
  'a log that cannot be created is tried again with the next append (stand-in for a full disk: /dev/full)',
  async (t) => {
    const folder = t.testdir()
    const path = join(folder, '0000000007.log')
    symlinkSync('/dev/full', path)
    const opened: string[] = []
    const writer = new LogWriter(folder, identity, 7, 1_000_000, { opened: (name) => opened.push(name) })
    const bytes = Buffer.from('some bytes')
    t.throws(() => writer.open(), { code: 'ENOSPC' })
    t.throws(() => writer.append(bytes, bytes.length), { code: 'ENOSPC' })
    t.same(opened, [])
    rmSync(path)
    writer.append(bytes, bytes.length)
    writer.append(bytes, 4)
    writer.close()
    t.same(opened, [path])
    t.equal(readFileSync(path).toString('latin1', FILE_HEADER_BYTES), 'some bytessome')
  },
)
