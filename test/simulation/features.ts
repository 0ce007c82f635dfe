/** What people do with calls in progress, and how often; `--features` weights or leaves out. */

/** In the order in which help names them. */
export const features = {
  blind: 'blind transfer by REFER',
  attended: 'attended transfer: REFER with Replaces of an answered call',
  semi: 'the same while the second call rings',
  park: 'park by REFER to *68 or a slot',
  'park-code': 'hold, then *68 or a slot',
  fetch: 'fetch from a slot',
  pickup: 'pickup of a ringing call by **N, *8 or Replaces',
  takeover: 'INVITE with Replaces from another phone of the same user',
  return: 'call return by *69',
  settings: 'codes for do not disturb, forwarding and blocks',
  'per-call': 'codes for one call: *67, *82, *70',
  hang: 'calls ended by order',
  order: 'hold, resume and transfer by order',
  dial: 'click to dial',
  hold: 'hold by re-INVITE',
  vanish: 'phones that lose their power',
  'park-order': 'park by order',
  message: 'texts written to each other',
  media: 'sound of carriers through the server, whose media process dies',
  limits: 'limits of PBXs and against toll fraud, many calls at once, and emergency calls',
  connection: 'phones by TCP that lose their connection and come back; not by default',
} as const

export type Feature = keyof typeof features

export type FeatureWeights = Readonly<Record<Feature, number>>

export const usualWeights: FeatureWeights = {
  blind: 14,
  attended: 10,
  semi: 6,
  park: 7,
  'park-code': 7,
  fetch: 14,
  pickup: 12,
  takeover: 6,
  return: 3,
  settings: 5,
  'per-call': 3,
  hang: 3,
  order: 9,
  dial: 4,
  hold: 8,
  vanish: 3,
  'park-order': 4,
  message: 6,
  media: 2,
  limits: 4,
  connection: 0,
}

/**
 * Reads `none`, or weights beside the usual ones: `blind=30,park=0`; what begins with `only,` leaves out all it does not
 * name. `null`: people only talk.
 * @throws RangeError
 */
export function readFeatures(text: string): FeatureWeights | null {
  if (text === 'none') return null
  const weights: Record<Feature, number> = { ...usualWeights }
  for (const item of text === '' ? [] : text.split(',')) {
    if (item === 'only') {
      for (const name of Object.keys(weights)) weights[name as Feature] = 0
      continue
    }
    const [name = '', value = ''] = item.split('=')
    const weight = Number(value)
    if (!(name in features)) {
      throw new RangeError(`--features knows no ${name}: ${Object.keys(features).join(', ')}`)
    }
    if (value === '' || !(weight >= 0)) throw new RangeError(`--features takes ${name}=WEIGHT, not ${item}`)
    weights[name as Feature] = weight
  }
  if (Object.values(weights).every((weight) => weight === 0)) return null
  return weights
}
