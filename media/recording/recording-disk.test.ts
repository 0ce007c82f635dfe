import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { RecordingDisk } from './recording-disk.ts'

t.test(
  'a thousand recordings that end at the same moment lose nothing on their way; what waits is bounded',
  async (t) => {
    const dataFolder = mkdtempSync(join(tmpdir(), 'ringdown-disk-'))
    t.teardown(() => rmSync(dataFolder, { recursive: true, force: true }))
    const fault = (message: string) => t.fail(message)
    const disk = new RecordingDisk(
      { dataFolder, media: 'media-0' },
      { unusable: fault, failed: (_id, message) => fault(message), repaired: () => undefined },
    )
    const piece = new Uint8Array(4096)
    for (let index = 0; index < 1000; index++) {
      disk.append(`r${index}`, 0, piece)
      // An order sends off what has gathered, so that the two keep their order.
      disk.resume(`r${index}`, 0)
    }
    t.equal(disk.lostBytes, 0)
    for (let index = 0; index < 20_000; index++) disk.append('much', index * piece.length, piece)
    t.ok(disk.lostBytes > 0, 'the thread had no turn yet: 80 MB are too much')
    t.ok(disk.lostBytes < 24 * 1024 * 1024, `${disk.lostBytes} bytes found no room`)
    await disk.close()
  },
)
