/**
 * What stands in a WAV or AU file: which samples, where, how many. Nothing of such a file is believed: every length is
 * held against what is there, and a file that was cut off has what is there.
 */

export type SampleForm = 'mu' | 'A' | 'unsigned8' | 'signed16' | 'signed24' | 'signed32' | 'float32'

export interface SoundForm {
  readonly container: 'wav' | 'au'
  readonly form: SampleForm
  readonly bigEndian: boolean
  readonly channels: number
  /** Samples a second of each channel. */
  readonly rate: number
  /** Bytes of the samples: where they begin and how many there are, whole ones of all channels only. */
  readonly offset: number
  readonly length: number
}

export type SoundFormResult =
  | { readonly ok: true; readonly form: SoundForm }
  /** For people. `known`: it is WAV or AU, so that nobody else need try. */
  | { readonly ok: false; readonly known: boolean; readonly message: string }

/** Bytes of one sample. */
export const sampleBytes: Readonly<Record<SampleForm, number>> = {
  mu: 1,
  A: 1,
  unsigned8: 1,
  signed16: 2,
  signed24: 3,
  signed32: 4,
  float32: 4,
}

const mostChannels = 8
const lowestRate = 4000
const highestRate = 192_000
/** Chunks before the sound; files with more are not meant to be played. */
const mostChunks = 1000

/** Tags of WAVE; 0xfffe says that the true one follows. */
const wavForms: ReadonlyMap<string, SampleForm> = new Map([
  ['1/8', 'unsigned8'],
  ['1/16', 'signed16'],
  ['1/24', 'signed24'],
  ['1/32', 'signed32'],
  ['3/32', 'float32'],
  ['6/8', 'A'],
  ['7/8', 'mu'],
])
const extensible = 0xfffe

const auForms: ReadonlyMap<number, SampleForm> = new Map([
  [1, 'mu'],
  [3, 'signed16'],
  [4, 'signed24'],
  [5, 'signed32'],
  [6, 'float32'],
  [27, 'A'],
])

export function soundFormOf(bytes: Uint8Array): SoundFormResult {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const magic = view.toString('latin1', 0, 4)
  if (magic === 'RIFF' && view.toString('latin1', 8, 12) === 'WAVE') return wavForm(view)
  if (magic === '.snd') return auForm(view)
  return { ok: false, known: false, message: 'this is neither WAV nor AU' }
}

function wavForm(view: Buffer): SoundFormResult {
  let described: { form: SampleForm; channels: number; rate: number } | null = null
  let at = 12
  for (let chunk = 0; chunk < mostChunks && at + 8 <= view.length; chunk++) {
    const id = view.toString('latin1', at, at + 4)
    const length = view.readUInt32LE(at + 4)
    const body = at + 8
    if (id === 'fmt ') {
      if (length < 16 || body + 16 > view.length) return wrong('its format (fmt) is cut short')
      const tag = view.readUInt16LE(body)
      const isExtended = tag === extensible && length >= 26 && body + 26 <= view.length
      const bits = view.readUInt16LE(body + 14)
      const key = `${isExtended ? view.readUInt16LE(body + 24) : tag}/${bits}`
      const form = wavForms.get(key)
      if (form === undefined) return wrong(`its samples (format ${key} bits) are none that are read here`)
      described = { form, channels: view.readUInt16LE(body + 2), rate: view.readUInt32LE(body + 4) }
    } else if (id === 'data') {
      if (described === null) return wrong('its sound (data) comes before its format (fmt)')
      // A length that was never filled in, or a file that was cut off: what is there counts.
      return checked({ container: 'wav', bigEndian: false, ...described, offset: body, length }, view.length)
    }
    // Chunks begin at even places.
    at = body + length + (length & 1)
  }
  return wrong('there is no sound (data) in it')
}

function auForm(view: Buffer): SoundFormResult {
  if (view.length < 24) return wrong('it is cut short')
  const encoding = view.readUInt32BE(12)
  const form = auForms.get(encoding)
  if (form === undefined) return wrong(`its samples (encoding ${encoding}) are none that are read here`)
  const offset = view.readUInt32BE(4)
  if (offset < 24) return wrong('its sound begins within its header')
  const [rate, channels, length] = [view.readUInt32BE(16), view.readUInt32BE(20), view.readUInt32BE(8)]
  return checked({ container: 'au', form, bigEndian: true, channels, rate, offset, length }, view.length)
}

function checked(form: SoundForm, fileLength: number): SoundFormResult {
  const { channels, rate } = form
  if (channels < 1 || channels > mostChannels)
    return wrong(`it has ${channels} channels: 1 to ${mostChannels} are read`)
  if (rate < lowestRate || rate > highestRate) {
    return wrong(`it has ${rate} samples a second: ${lowestRate} to ${highestRate} are read`)
  }
  const frame = channels * sampleBytes[form.form]
  const there = Math.min(form.length, Math.max(0, fileLength - form.offset))
  const length = there - (there % frame)
  if (length === 0) return wrong('there is no sound in it')
  return { ok: true, form: { ...form, length } }
}

function wrong(message: string): SoundFormResult {
  return { ok: false, known: true, message }
}
