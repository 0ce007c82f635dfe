import { setTimeout as sleep } from 'node:timers/promises'
import { readWav, toneShare } from './tone.ts'

/** Whoever keeps what he hears in a growing WAV file. */
export interface Listener {
  heard(): Buffer
}

/** So much of new sound is looked at, s. */
const look = 0.4

/**
 * Waits until the newest sound that a phone hears is this tone.
 * @returns '' or, after so many milliseconds, what was heard instead
 */
export async function hears(phone: Listener, frequency: number, milliseconds = 8000): Promise<string> {
  const began = phone.heard().length
  const deadline = Date.now() + milliseconds
  for (;;) {
    const bytes = phone.heard()
    // The header of a file that was begun a moment ago may not be there yet.
    if (bytes.length > 1000) {
      const { samples, samplesPerSecond } = readWav(bytes)
      const fresh = bytes.length < began ? bytes.length : bytes.length - began
      const newest = { samplesPerSecond, samples: samples.slice(-look * samplesPerSecond) }
      const share = toneShare(newest, frequency)
      if (fresh > look * samplesPerSecond * 2 && share > 0.8) return ''
      if (Date.now() > deadline)
        return `${frequency} Hz is ${share.toFixed(2)} of what was heard last, of ${fresh} new bytes`
    } else if (Date.now() > deadline) return 'nothing was heard'
    await sleep(50)
  }
}
