/** A program that records a second of two sides into the data folder that is named, and says when it is complete. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { RecordingDisk } from '../../media/recording/recording-disk.ts'
import { recorderOpener } from '../../media/recording/session-recorder.ts'
import { tonePacket } from '../../media/recording/sounding.ts'

const dataFolder = process.argv[2]
if (dataFolder === undefined) throw new Error('name the data folder')
const fault = (message: string) => {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}
const disk = new RecordingDisk(
  { dataFolder, media: 'media-0' },
  {
    unusable: fault,
    failed: (_id, message) => fault(message),
    repaired: ({ id }) => process.stdout.write(`repaired ${id}\n`),
  },
)
const format = { payloadType: 0, name: 'PCMU', clockRate: 8000, channels: 1 }
const recording = { id: 'one', state: 'on', beepSeconds: 0, description: { call: 'call-1' } } as const
const recorder = recorderOpener(disk, Date.now)(recording, 0, null, (change) => {
  if (change.state === 'failed') fault(change.fault)
  if (change.state !== 'complete') return
  process.stdout.write(`complete ${change.file} ${change.bytes}\n`)
  void disk.close()
})
for (let index = 0; index < 50; index++) {
  for (const channel of [0, 1] as const) {
    recorder.packet(channel, format, index * 160, index, tonePacket(440, index * 160), 1000 + index * 20)
  }
  recorder.tick(1000 + index * 20)
}
// Left open, and ended as soon as the thread has written what it was given.
if (process.argv[3] === 'crash') {
  disk.flush()
  const root = join(dataFolder, 'recordings')
  const isWritten = () =>
    existsSync(root) &&
    readdirSync(root).some((day) => {
      const path = join(root, day, 'one.wav')
      return existsSync(path) && statSync(path).size > 10_000
    })
  setInterval(() => {
    if (isWritten()) process.kill(process.pid, 'SIGKILL')
  }, 20)
} else recorder.end(2000)
