/**
 * A mean opinion score estimated from loss and delay: the E-model of ITU-T G.107 with its standard values, in the short
 * form of Cole and Rosenbluth ("Voice over IP performance monitoring", 2001), and the codecs' values of ITU-T G.113
 * appendix I.
 */

/** R of a call that nothing disturbs, with G.107's standard values. */
const undisturbed = 93.2

/** Ie: what a codec costs by itself; Bpl: how well it bears lost packets. */
interface CodecImpairment {
  readonly ie: number
  readonly bpl: number
}

const ofCodecs: Readonly<Record<string, CodecImpairment>> = {
  // With concealment of lost packets, as every phone has it.
  PCMU: { ie: 0, bpl: 25.1 },
  PCMA: { ie: 0, bpl: 25.1 },
  G729: { ie: 11, bpl: 19 },
  G723: { ie: 15, bpl: 16.1 },
  GSM: { ie: 20, bpl: 10 },
  ILBC: { ie: 11, bpl: 32 },
}
/** Those of wide bands are judged by a scale of their own; on this one they cost nothing. */
const ofOthers: CodecImpairment = { ie: 0, bpl: 20 }

/** Delay from which talking to each other suffers, in milliseconds. */
const noticedDelay = 177.3

/**
 * @param codec as in rtpmap, in capital letters
 * @param lossPercent packets lost, in percent
 * @param delay from mouth to ear, milliseconds
 * @returns 1 to 4.5
 */
export function meanOpinionScore(codec: string, lossPercent: number, delay: number): number {
  const { ie, bpl } = ofCodecs[codec] ?? ofOthers
  const loss = Math.max(0, Math.min(100, lossPercent))
  const byLoss = ie + ((95 - ie) * loss) / (loss + bpl)
  const byDelay = 0.024 * delay + (delay > noticedDelay ? 0.11 * (delay - noticedDelay) : 0)
  return scoreOf(undisturbed - byLoss - byDelay)
}

/** G.107 annex B. */
function scoreOf(r: number): number {
  if (r <= 0) return 1
  if (r >= 100) return 4.5
  return Math.max(1, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6)
}

/**
 * Delay from mouth to ear that follows from what is measured, in milliseconds: half the way there and back, a packet's
 * length, and a jitter buffer of twice the jitter, 20 at least.
 */
export function mouthToEar(roundTrip: number, jitter: number, packetTime: number): number {
  return roundTrip / 2 + packetTime + Math.max(20, 2 * jitter)
}
