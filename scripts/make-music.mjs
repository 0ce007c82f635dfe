/**
 * `node scripts/make-music.mjs`: writes media/music/default.wav, the music on hold of whoever has chosen none. Half a
 * minute of broken chords of our own, computed, in G.711 μ-law, that goes on from its end to its beginning.
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const rate = 8000
const beat = 0.46
/** Two octaves of each chord, as steps from A (220 Hz). */
const chords = [
  [3, 7, 10, 15, 19, 15, 10, 7],
  [0, 3, 7, 12, 15, 12, 7, 3],
  [-4, 0, 3, 8, 12, 8, 3, 0],
  [-2, 2, 5, 10, 14, 10, 5, 2],
  [3, 7, 10, 15, 22, 15, 10, 7],
  [-5, -2, 2, 7, 10, 7, 2, -2],
  [-4, 0, 3, 8, 15, 8, 3, 0],
  [-2, 2, 5, 10, 17, 14, 10, 5],
]
const total = Math.round(chords.length * 8 * beat * rate)
const sound = new Float64Array(total)

function add(frequency, at, seconds, loudness) {
  const begin = Math.round(at * rate)
  for (let index = 0; index < seconds * rate; index++) {
    const time = index / rate
    const fade = Math.min(1, time / 0.012) * Math.exp(-time * 2.4)
    const turn = 2 * Math.PI * frequency * time
    // What rings on beyond the end is heard at the beginning: so nobody hears where it is joined.
    sound[(begin + index) % total] +=
      loudness * fade * (Math.sin(turn) + 0.35 * Math.sin(2 * turn) + 0.12 * Math.sin(3 * turn))
  }
}

for (const [bar, steps] of chords.entries()) {
  add(220 * 2 ** ((steps[0] - 12) / 12), bar * 8 * beat, 3.2, 0.2)
  for (const [note, step] of steps.entries()) add(220 * 2 ** (step / 12), (bar * 8 + note) * beat, 1.8, 0.16)
}

/** G.711 μ-law. */
function muLaw(sample) {
  const magnitude = Math.min(Math.abs(Math.round(sample * 32_767)), 32_635) + 0x84
  let exponent = 7
  while (exponent > 0 && (magnitude & (0x80 << exponent)) === 0) exponent--
  return ~((sample < 0 ? 0x80 : 0) | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0f)) & 0xff
}

const data = Buffer.alloc(total)
for (let index = 0; index < total; index++) data[index] = muLaw(Math.max(-0.95, Math.min(0.95, sound[index])))
const header = Buffer.alloc(58)
header.write('RIFF', 0)
header.writeUInt32LE(50 + total, 4)
header.write('WAVEfmt ', 8)
header.writeUInt32LE(18, 16)
header.writeUInt16LE(7, 20)
header.writeUInt16LE(1, 22)
header.writeUInt32LE(rate, 24)
header.writeUInt32LE(rate, 28)
header.writeUInt16LE(1, 32)
header.writeUInt16LE(8, 34)
header.write('fact', 38)
header.writeUInt32LE(4, 42)
header.writeUInt32LE(total, 46)
header.write('data', 50)
header.writeUInt32LE(total, 54)
writeFileSync(fileURLToPath(new URL('../media/music/default.wav', import.meta.url)), Buffer.concat([header, data]))
