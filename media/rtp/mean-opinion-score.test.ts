import t from 'tap'
import { meanOpinionScore, mouthToEar } from './mean-opinion-score.ts'

t.test('what nothing disturbs is 4.41 (ITU-T G.107: R = 93.2)', async (t) => {
  t.equal(meanOpinionScore('PCMU', 0, 0).toFixed(2), '4.41')
})

t.test('losses, by what a codec bears (ITU-T G.113)', async (t) => {
  // Ie-eff of G.711 with concealment at 2 %: 95 * 2 / 27.1 = 7.01; R = 86.19.
  t.equal(meanOpinionScore('PCMA', 2, 0).toFixed(2), '4.23')
  t.ok(meanOpinionScore('G729', 0, 0) < meanOpinionScore('PCMA', 0, 0))
  t.ok(meanOpinionScore('PCMA', 10, 0) < 3.7)
  t.equal(meanOpinionScore('PCMA', 100, 1000), 1)
})

t.test('delay hurts little up to 177 ms, and much beyond', async (t) => {
  const at = (delay: number) => meanOpinionScore('PCMU', 0, delay)
  t.ok(at(0) - at(150) < 0.15)
  t.ok(at(177) - at(400) > 0.7)
  t.equal(mouthToEar(100, 30, 20), 130)
  t.equal(mouthToEar(0, 0, 20), 40)
})
