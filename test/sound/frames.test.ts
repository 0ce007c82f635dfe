import t from 'tap'
import { findFrames, frameOf } from './frames.ts'

t.test('frames are found where they stand, and by their numbers', async (t) => {
  for (const side of [0, 1] as const) {
    const frames = Array.from({ length: 130 }, (_, index) => frameOf(side, index))
    const quiet = Buffer.alloc(77, 0xff)
    // Nothing is said for a while, three are missing, and one lacks four of its samples.
    const channel = Buffer.concat([
      quiet,
      ...frames.slice(0, 50),
      ...frames.slice(53, 70),
      frames[70]!.subarray(0, 100),
      frames[70]!.subarray(104),
      ...frames.slice(71),
    ])
    const found = findFrames(channel, side)
    t.same(
      found.map(({ index }) => index),
      frames.map((_, index) => index).filter((index) => index < 50 || index >= 53),
    )
    t.equal(found[0]?.at, 77)
    t.equal(found.at(-1)?.at, channel.length - 160)
    t.same(findFrames(channel, side === 0 ? 1 : 0), [], 'nor are those of the other side')
  }
})
