/**
 * The tones that tell a caller how his call stands, by country: facts of ITU-T E.180 and its supplement 2. A country that
 * is not here has the tones that E.180 recommends.
 */
import type { ToneStep } from '../protocol.ts'

/** `ringback`: it rings. `congestion`: no way there. `callWaiting`: for who is in a call. `special`: a spoken reason follows. */
export type ToneName = 'dial' | 'ringback' | 'busy' | 'congestion' | 'callWaiting' | 'special'

/** Level of all frequencies of a tone together, dBm0: within the -10 ±5 of E.180. */
const level = -10

/** Hz together, then milliseconds of tone and silence in turn; one number: without end. */
type Cadence = readonly [frequencies: readonly number[], ...milliseconds: number[]]

interface Plan {
  readonly dial: Cadence
  readonly ringback: Cadence
  readonly busy: Cadence
  readonly congestion: Cadence
  readonly callWaiting: Cadence
}

/** A whole second of whole periods, so that it goes on without a click. */
const on = 1000

const recommended: Plan = {
  dial: [[425], on],
  ringback: [[425], 1000, 4000],
  busy: [[425], 500, 500],
  congestion: [[425], 250, 250],
  callWaiting: [[425], 200, 600, 200, 10_000],
}

const northAmerica: Plan = {
  dial: [[350, 440], on],
  ringback: [[440, 480], 2000, 4000],
  busy: [[480, 620], 500, 500],
  congestion: [[480, 620], 250, 250],
  callWaiting: [[440], 300, 10_000],
}

const britain: Plan = {
  dial: [[350, 440], on],
  ringback: [[400, 450], 400, 200, 400, 2000],
  busy: [[400], 375, 375],
  congestion: [[400], 400, 350, 225, 525],
  callWaiting: [[400], 100, 3000],
}

const plans: Readonly<Record<string, Plan>> = {
  US: northAmerica,
  CA: northAmerica,
  GB: britain,
  IE: { ...britain, dial: [[425], on], busy: [[425], 500, 500], congestion: [[425], 250, 250] },
  AU: {
    dial: [[413, 438], on],
    ringback: [[413, 438], 400, 200, 400, 2000],
    busy: [[425], 375, 375],
    congestion: [[425], 375, 375],
    callWaiting: [[425], 200, 200, 200, 4400],
  },
  NZ: { ...britain, dial: [[400], on], busy: [[400], 500, 500], congestion: [[400], 250, 250] },
  DE: {
    ...recommended,
    busy: [[425], 480, 480],
    congestion: [[425], 240, 240],
    callWaiting: [[425], 200, 200, 200, 5000],
  },
  FR: {
    dial: [[440], on],
    ringback: [[440], 1500, 3500],
    busy: [[440], 500, 500],
    congestion: [[440], 250, 250],
    callWaiting: [[440], 300, 10_000],
  },
  IT: { ...recommended, dial: [[425], 200, 200, 600, 1000], congestion: [[425], 200, 200] },
  ES: {
    ...recommended,
    ringback: [[425], 1500, 3000],
    busy: [[425], 200, 200],
    congestion: [[425], 200, 200, 200, 600],
    callWaiting: [[425], 175, 175, 175, 3500],
  },
  NL: { ...recommended, callWaiting: [[425], 500, 9500] },
  BE: {
    ...recommended,
    ringback: [[425], 1000, 3000],
    congestion: [[425], 167, 167],
    callWaiting: [[1400], 175, 175, 175, 3500],
  },
  CH: { ...recommended, congestion: [[425], 200, 200], callWaiting: [[425], 200, 200, 200, 4000] },
  AT: {
    dial: [[420], on],
    ringback: [[420], 1000, 5000],
    busy: [[420], 400, 400],
    congestion: [[420], 200, 200],
    callWaiting: [[420], 40, 1950],
  },
  SE: {
    ...recommended,
    ringback: [[425], 1000, 5000],
    busy: [[425], 250, 250],
    congestion: [[425], 250, 750],
    callWaiting: [[425], 200, 500, 200, 9100],
  },
  JP: {
    dial: [[400], on],
    ringback: [[384, 416], 1000, 2000],
    busy: [[400], 500, 500],
    congestion: [[400], 500, 500],
    callWaiting: [[400], 500, 4000],
  },
}

/** Three tones that rise (ITU-T E.180 §7.2), then a second of silence; the same everywhere. */
const special: readonly ToneStep[] = [
  { frequencies: [950], level, milliseconds: 330 },
  { frequencies: [1400], level, milliseconds: 330 },
  { frequencies: [1800], level, milliseconds: 330 },
  { frequencies: [], level, milliseconds: 1000 },
]

/**
 * @param country two capital letters (ISO 3166-1); one that is not known has the tones that ITU-T recommends
 * @returns one round, to be played again and again; of `special` to be played once
 */
export function tonesOf(country: string, name: ToneName): readonly ToneStep[] {
  if (name === 'special') return special
  const [frequencies, ...milliseconds] =
    (Object.hasOwn(plans, country) ? plans[country] : undefined)?.[name] ?? recommended[name]
  // Two frequencies at once are as loud together as one.
  const each = level - 10 * Math.log10(frequencies.length)
  return milliseconds.map((length, index) => ({
    frequencies: index % 2 === 0 ? frequencies : [],
    level: each,
    milliseconds: length,
  }))
}

/** The tone of the milliwatt line: 0 dBm0 (ITU-T O.6 has 1004 to 1025 Hz, so that samples differ). */
export const milliwatt: readonly ToneStep[] = [{ frequencies: [1004], level: 0, milliseconds: 1000 }]
