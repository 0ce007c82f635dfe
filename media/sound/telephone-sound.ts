/** Any samples become those of telephones: one channel, 8000 a second, sixteen bits. */
import { linear } from './g711.ts'
import type { SoundForm } from './sound-file-form.ts'
import { sampleBytes } from './sound-file-form.ts'

export const telephoneRate = 8000
/** Zero crossings of the filter on either side. */
const crossings = 12
/** Steps of the filter between two samples. */
const steps = 64

/** All channels of a file together, as samples between -1 and 1 at the file's own rate. */
export function monoOf(bytes: Uint8Array, form: SoundForm): Float32Array {
  const size = sampleBytes[form.form]
  const frames = Math.floor(form.length / (size * form.channels))
  const mono = new Float32Array(frames)
  const read = readerOf(bytes, form)
  let at = form.offset
  for (let frame = 0; frame < frames; frame++) {
    let sum = 0
    for (let channel = 0; channel < form.channels; channel++, at += size) sum += read(at)
    mono[frame] = sum / form.channels
  }
  return mono
}

function readerOf(bytes: Uint8Array, { form, bigEndian }: SoundForm): (at: number) => number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  switch (form) {
    case 'mu':
    case 'A':
      return (at) => (linear[form][view.getUint8(at)] ?? 0) / 32_768
    case 'unsigned8':
      return (at) => (view.getUint8(at) - 128) / 128
    case 'signed16':
      return (at) => view.getInt16(at, !bigEndian) / 32_768
    case 'signed24':
      return bigEndian
        ? (at) => (view.getInt16(at) * 256 + view.getUint8(at + 2)) / 8_388_608
        : (at) => (view.getInt16(at + 1, true) * 256 + view.getUint8(at)) / 8_388_608
    case 'signed32':
      return (at) => view.getInt32(at, !bigEndian) / 2_147_483_648
    case 'float32':
      return (at) => {
        const sample = view.getFloat32(at, !bigEndian)
        return Number.isFinite(sample) ? Math.max(-1, Math.min(1, sample)) : 0
      }
  }
}

/** @param mono samples between -1 and 1 */
export function telephoneSamples(mono: Float32Array, rate: number): Int16Array {
  if (rate === telephoneRate) return Int16Array.from(mono, toSixteenBits)
  const ratio = rate / telephoneRate
  const result = new Int16Array(Math.floor(mono.length / ratio))
  // What telephones cannot carry is left out before there are too few samples for it.
  const cutoff = Math.min(1, 1 / ratio) * 0.92
  const reach = Math.ceil(crossings / cutoff)
  const filter = filterOf(cutoff, reach)
  for (let index = 0; index < result.length; index++) {
    const center = index * ratio
    const first = Math.floor(center)
    const phase = Math.round((center - first) * steps)
    let sum = 0
    for (let tap = -reach; tap <= reach; tap++) {
      const sample = mono[first + tap]
      if (sample === undefined) continue
      sum += sample * (filter[Math.abs(tap * steps - phase)] ?? 0)
    }
    result[index] = toSixteenBits(sum)
  }
  return result
}

/** One half of a sinc under a Hann window, `steps` values for each sample. */
function filterOf(cutoff: number, reach: number): Float32Array {
  return Float32Array.from({ length: reach * steps + 1 }, (_, index) => {
    const x = index / steps
    const window = 0.5 + 0.5 * Math.cos((Math.PI * x) / reach)
    const sinc = x === 0 ? 1 : Math.sin(Math.PI * cutoff * x) / (Math.PI * cutoff * x)
    return cutoff * sinc * window
  })
}

function toSixteenBits(sample: number): number {
  return Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768)))
}
