/**
 * The lower half of G.722: sound up to 4 kHz, 8000 samples a second, which is all that G.711 can hold. Each byte has six
 * bits of it (ITU-T G.722, parts 3 and 4, whose names of blocks stand beside the steps); the upper band's two are passed over.
 */

/** Multipliers of the four and six bit inverse quantizers, of the scale factor, and the steps between its whole octaves. */
const fourBits = Int32Array.of(
  ...[0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288, 4240, 2584, 1200, 0],
)
const sixBits = Int32Array.of(
  ...[-136, -136, -136, -136, -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192, -10232, -9360, -8576],
  ...[-7856, -7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576, -3168, -2776, -2400, -2032, -1688, -1360, -1040],
  ...[-728, 24808, 21904, 19008, 16704, 14984, 13512, 12280, 11192, 10232, 9360, 8576, 7856, 7192, 6576, 6000, 5456],
  ...[4944, 4464, 4008, 3576, 3168, 2776, 2400, 2032, 1688, 1360, 1040, 728, 432, 136, -432, -136],
)
const scaleSteps = Int32Array.of(-60, 3042, 1198, 538, 334, 172, 58, -30, 3042, 1198, 538, 334, 172, 58, -30, -60)
const octave = Int32Array.from({ length: 32 }, (_, step) => Math.round(2048 * 2 ** (step / 32)))

function saturated(value: number): number {
  return value > 32_767 ? 32_767 : value < -32_768 ? -32_768 : value
}

/** What the decoder of one stream remembers. */
export class LowBand {
  /** Logarithm of the scale factor, and the factor. */
  logarithm = 0
  factor = 32
  /** Prediction, and the part of it that the zeros make. */
  prediction = 0
  fromZeros = 0
  /** Partial and whole signals before, and the coefficients of the two poles. */
  partial1 = 0
  partial2 = 0
  whole1 = 0
  pole1 = 0
  pole2 = 0
  readonly differences = new Int32Array(7)
  readonly zeros = new Int32Array(7)
}

/** @returns one sample of sixteen bits for one byte */
export function decodeLowBand(band: LowBand, byte: number): number {
  const code = byte & 0x3f
  const coarse = code >> 2
  // INVQBL, and the limit of the reconstructed signal to fifteen bits.
  const reconstructed = band.prediction + ((band.factor * (sixBits[code] ?? 0)) >> 15)
  const limited = reconstructed > 16_383 ? 16_383 : reconstructed < -16_384 ? -16_384 : reconstructed
  const difference = (band.factor * (fourBits[coarse] ?? 0)) >> 15
  // LOGSCL and SCALEL.
  const logarithm = ((band.logarithm * 127) >> 7) + (scaleSteps[coarse] ?? 0)
  band.logarithm = logarithm < 0 ? 0 : logarithm > 18_432 ? 18_432 : logarithm
  const step = octave[(band.logarithm >> 6) & 31] ?? 0
  const shift = 8 - (band.logarithm >> 11)
  band.factor = (shift < 0 ? step << -shift : step >> shift) << 2
  adapt(band, difference)
  return limited * 2
}

/** The adaptive predictor: two poles and six zeros. */
function adapt(band: LowBand, difference: number): void {
  const { differences, zeros } = band
  const whole = saturated(band.prediction + difference)
  const partial = saturated(band.fromZeros + difference)
  const likeLast = (partial ^ band.partial1) >= 0
  const likeSecond = (partial ^ band.partial2) >= 0
  // UPPOL2 and UPPOL1.
  const four = saturated(band.pole1 * 4)
  const turned = likeLast ? -four : four
  let pole2 = ((turned > 32_767 ? 32_767 : turned) >> 7) + (likeSecond ? 128 : -128) + ((band.pole2 * 32_512) >> 15)
  pole2 = pole2 > 12_288 ? 12_288 : pole2 < -12_288 ? -12_288 : pole2
  const most = saturated(15_360 - pole2)
  let pole1 = saturated((likeLast ? 192 : -192) + ((band.pole1 * 32_640) >> 15))
  pole1 = pole1 > most ? most : pole1 < -most ? -most : pole1
  // UPZERO, DELAYA and FILTEZ in one go.
  const push = difference === 0 ? 0 : 128
  differences[0] = difference
  let fromZeros = 0
  for (let index = 6; index > 0; index--) {
    const older = differences[index] ?? 0
    const same = (older ^ difference) >= 0
    const zero = saturated((same ? push : -push) + (((zeros[index] ?? 0) * 32_640) >> 15))
    zeros[index] = zero
    const newer = differences[index - 1] ?? 0
    differences[index] = newer
    fromZeros += (zero * saturated(newer * 2)) >> 15
  }
  // FILTEP and PREDIC.
  const fromPoles = saturated(((pole1 * saturated(whole * 2)) >> 15) + ((pole2 * saturated(band.whole1 * 2)) >> 15))
  band.whole1 = whole
  band.partial2 = band.partial1
  band.partial1 = partial
  band.pole1 = pole1
  band.pole2 = pole2
  band.fromZeros = saturated(fromZeros)
  band.prediction = saturated(fromPoles + band.fromZeros)
}
