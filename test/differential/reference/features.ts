/** Feature codes that ask for something: what they mean, and which of them are refused at once. */
import type { Final } from './decision.ts'
import { refusals } from './decision.ts'
import type { User } from './document.ts'
import { countryOfNumber } from './numbers.ts'
import { objectionTo } from './outside.ts'
import type { Reading } from './reading.ts'
import { reading } from './reading.ts'
import type { Callee, World } from './world.ts'
import { callingCountry } from './world.ts'

export type FeatureReading = Extract<Reading, { readonly feature: string }>

const forwards = ['forwardAll', 'forwardBusy', 'forwardNoAnswer']
/** What stands behind these is a slot or a group, which is not read as a number. */
const digitsOnly = ['fetchParked', 'page', 'park']

export function featureAsked(world: World, user: User, { feature, argument }: FeatureReading): Final {
  const asked = (means: string): Final => ({ refuse: 501, feature: { name: feature, dialled: argument, means } })
  const needsOne = [...forwards, 'fetchParked', 'page', 'pickupExtension'].includes(feature)
  if (argument === '') return needsOne ? refusals.missing : asked('')
  if (digitsOnly.includes(feature)) return asked('')
  const means = meaning(world, user, argument)
  if (means === 'emergency') return refusals.forbidden
  if (means === null) return refusals.notInService
  if ('inside' in means) {
    const { callee } = means
    // A number that nobody has is understood; that it leads nowhere whoever carries it out will say.
    return callee.kind === 'nobody' || (feature === 'pickupExtension' && !means.byExtension)
      ? feature === 'pickupExtension'
        ? refusals.notInService
        : asked(means.number)
      : asked(means.number === '' ? idOf(callee) : means.number)
  }
  if (feature === 'pickupExtension') return refusals.notInService
  if (!forwards.includes(feature)) return asked(means.outside)
  const abroad = countryOfNumber(means.outside) !== callingCountry(world, user)
  if (abroad && user.internationalForwarding !== true) return refusals.forbidden
  return objectionTo(world, user, means.outside) ?? asked(means.outside)
}

function idOf(callee: Callee): string {
  if (callee.kind === 'nobody') return ''
  return callee.kind === 'user' ? callee.user.userName : callee.group.id
}

type Meaning =
  | { readonly inside: true; readonly callee: Callee; readonly byExtension: boolean; readonly number: string }
  | { readonly outside: string }

/** What stands behind a code, read as if it were dialled; codes that say something of a call mean nothing there. */
function meaning(world: World, user: User, argument: string): Meaning | 'emergency' | null {
  // Behind codes of a call an emergency number stays one; else such a string is no number.
  let rest = argument
  while (/^\*(67|70|82)/.test(rest)) rest = rest.slice(3)
  const hidden = reading(world.company, user, rest, world.call.domain)
  if (hidden !== null && 'emergency' in hidden) return 'emergency'
  if (rest !== argument) return null
  if (hidden === null || 'rest' in hidden || 'feature' in hidden) return null
  if ('outside' in hidden) return { outside: hidden.outside }
  const number = hidden.number ?? ''
  return { inside: true, callee: hidden.inside, byExtension: number === '', number }
}
