import t from 'tap'
import { decodeLowBand, LowBand } from './g722.ts'

/** 80 ms of a tone of 1000 Hz, as ffmpeg 5.1 encodes it. */
const tone = Buffer.from(
  '+pQliCGQoKBgrsjG0d7wau771M/TvvBs8PvUkJT/8e1x/dWSlv3y73P+1tOYvfJv9P3XlJb9cvDz39eUl/xycPT+lZPZ/XPx9P/Wk9n983H0vdXTmf/z8nT9ltOZ//Pyc9+Y05r983H0vNbU1fzy8fT9ltTUvfPx89/alNX8svDy39uU1f/z8fL+2JTW+vVutLjZk9u/9W/1+NnTm/62cPD61ZTW+/nu8/2c0tv/9m+z+tuXmd/y8O/+3Naa/vXs7//fmde69uzt+t6a2rzx7e74/Jra+rJrsvH7mN/0729t75+4/vjsa/Lwtd2/d/Dr9e7/nvz68W+x8t6f3rxx8G6739/avHPy7/271dz98vDu/P2W3N2yb7b0Xpfc3PHv9/Xdl97f7/fv/PuT/fzzcrC02Jb+n3Dw79u61Nn69Gz1vP6S/t3wbvm115zU+/Hx8t+/0//f8G66+ZmXXN/ts3j21pnYefDws1zbnNV28e/7+5zW/7lt8PL+2Zu9d/Jtsd7c2f21bvDwfZja+bXvcW+Z/tr5s/Rod9u62P3y73H1u9e72+5yc7bfvtX48HDw99uemf/z8nC3WNicf7Pxbv7c2Nv2uet49J5V3bvy8G6+Wt3ZufJu8v/e2pz/7m709tiZ3rfy7nH6296d97Hr+HPX/L79qvLxetv8m/Gx73V5nda5+O7y9PXU17Z+sW/5t9Dd//vysXDc1Nyc97Rq/36Y1/j9re9++9Tan/TtdPHc1du/+O6zdtzW3Zqy8e98+tXYnvGveO3a2tq/8/Xs89Xe3Z7ys+75/tjat/rqtG+W+9j/rvTqX/bZm/P96vXz2/vauvDt8Xi4m9678q1x9Q==',
  'base64',
)

function decoded(bytes: Uint8Array): Int16Array {
  const band = new LowBand()
  return Int16Array.from(bytes, (byte) => decodeLowBand(band, byte))
}

/** Share of the power that is at one frequency. */
function shareOf(frequency: number, samples: Int16Array): number {
  let [sine, cosine, power] = [0, 0, 0]
  samples.forEach((sample, index) => {
    const angle = (2 * Math.PI * frequency * index) / 8000
    sine += sample * Math.sin(angle)
    cosine += sample * Math.cos(angle)
    power += sample * sample
  })
  return (2 * (sine * sine + cosine * cosine)) / (power * samples.length)
}

t.test('the lower band of another encoder is understood', async (t) => {
  const samples = decoded(tone).subarray(160)
  t.ok(shareOf(1000, samples) > 0.99, `${shareOf(1000, samples)}`)
  const loudest = samples.reduce((most, sample) => Math.max(most, sample), 0)
  t.ok(loudest > 7000 && loudest < 9000, `as loud as it was: ${loudest}`)
})

t.test('whatever comes, samples stay within sixteen bits', async (t) => {
  let seed = 1
  const noise = Uint8Array.from({ length: 100_000 }, () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
    return seed >> 16
  })
  const samples = Array.from(noise, (_, index) => index)
  const band = new LowBand()
  for (const index of samples) {
    const sample = decodeLowBand(band, noise[index] ?? 0)
    if (sample < -32_768 || sample > 32_767 || !Number.isInteger(sample)) t.fail(`${sample} at ${index}`)
  }
})
