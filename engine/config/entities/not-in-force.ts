/**
 * Fields that are kept and that calls do not follow yet, where somebody might rely on them: who sets one is told what
 * happens meanwhile. The column "in force" of docs/configuration.md has all fields.
 */
import type { Findings, Kind } from './kind.ts'
import type { DestinationBody } from './routing.ts'
import { serviceKinds } from './targets.ts'

const unanswered = 'calls to the number get 404'

/** Field to what happens until it is in force. */
const meanwhile: Partial<Readonly<Record<Kind, Readonly<Record<string, string>>>>> = {
  account: {
    secondFactorRequired: 'nobody is asked for a second factor',
    localSignIn: 'everybody can sign in with a password',
  },
  pbx: {
    featureCodes: 'codes of voicemail, recording, hot desk and paging are refused with 501',
  },
  site: {
    emergencyAddress: 'emergency calls carry no address',
    emergencyNotification: 'nobody is told of emergency calls',
    securityDesk: 'nobody is called to emergency calls',
  },
  user: {
    emergencyAddress: 'emergency calls carry no address',
  },
  phoneNumber: {
    callQueue: unanswered,
    autoAttendant: unanswered,
    pagingGroup: unanswered,
    conference: unanswered,
  },
}

/** Warns of fields that are set and that calls do not follow yet. */
export function warnOfWhatWaits(kind: Kind, body: object, findings: Findings): void {
  for (const [field, words] of Object.entries(meanwhile[kind] ?? {})) {
    const value = (body as Readonly<Record<string, unknown>>)[field]
    if (value === undefined || value === false || (Array.isArray(value) && value.length === 0)) continue
    warn(field, `this is kept but not in force yet: ${words}`, findings)
  }
}

const waiting = serviceKinds.filter((kind) => kind !== 'ringGroup')

/** Warns of a destination to which calls do not go yet. `instead` says what happens to them until then. */
export function warnOfWaitingDestination(
  to: DestinationBody | undefined,
  path: string,
  instead: string,
  findings: Findings,
): void {
  if (to?.voicemail === true) {
    warn(`${path}.voicemail`, 'no message can be taken yet: until then callers get busy (486), or 480', findings)
  }
  const field = waiting.find((name) => to?.[name] !== undefined)
  if (field === undefined) return
  warn(`${path}.${field}`, `calls do not go there yet: until they do, ${instead}`, findings)
}

function warn(path: string, message: string, findings: Findings): void {
  findings.warnings.add(
    path,
    undefined,
    message,
    'Keep it for later, or do without it until the documentation calls it in force',
  )
}
