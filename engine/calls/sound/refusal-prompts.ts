/** What a caller hears before he is refused: a prompt for each refusal whose reason his phone's tone would not tell. */

/** By the phrases that we write ourselves. */
const byPhrase: Readonly<Record<string, string>> = {
  'Number Not In Service': 'number-not-in-service',
  'Domain Not Served Here': 'number-not-in-service',
  'No Trunk Carries This Number': 'call-failed',
  'Not Found': 'number-incomplete',
  'Number Missing Behind Feature Code': 'code-needs-number',
  Forbidden: 'call-not-permitted',
  'Calling Plan Does Not Allow This Number': 'call-not-permitted',
  'Number Blocked For Outgoing Calls': 'call-not-permitted',
  'Anonymity Disallowed': 'anonymous-blocked',
  'Not Available': 'party-unavailable',
  'Not Reachable': 'party-unavailable',
  'No Answer': 'nobody-answers',
  'Loop Detected': 'forwarding-loop',
  'All Channels Busy': 'lines-busy',
  'All Channels Are In Use': 'lines-busy',
  'Trunk Not Reachable': 'call-failed',
  'Nobody Called Yet': 'last-caller-unknown',
  'The Last Caller Withheld His Number': 'last-caller-unknown',
  'The Last Caller Has No Number': 'last-caller-unknown',
  'You May Not Pick Up This Call': 'pickup-not-permitted',
  'You Are In No Pickup Group': 'nobody-to-pick-up',
  'Nothing Rings There': 'nobody-to-pick-up',
  'Too Many Changes': 'try-again',
  'You Hold No Call To Park': 'code-failed',
  'All Park Slots Are Taken': 'no-slot-free',
  'This Park Slot Is Taken': 'slot-taken',
  'Nobody Is Parked There': 'slot-empty',
}

/** Where the phrase is another, as of a phone or a carrier. */
const ofCalls: Readonly<Record<number, string>> = {
  404: 'number-not-in-service',
  410: 'number-not-in-service',
  484: 'number-incomplete',
  403: 'call-not-permitted',
  433: 'anonymous-blocked',
  408: 'nobody-answers',
  480: 'party-unavailable',
  482: 'forwarding-loop',
  488: 'codecs-differ',
  606: 'codecs-differ',
  501: 'code-failed',
}

/** The same where what was dialled is a feature code. */
const ofCodes: Readonly<Record<number, string>> = {
  403: 'code-not-permitted',
  404: 'code-number-wrong',
  484: 'code-needs-number',
  486: 'code-failed',
  491: 'code-failed',
  501: 'code-failed',
  503: 'code-failed',
}

/** Refusals that a carrier's caller hears too: what can be done about the others is his carrier's, which waits for the status. */
const forCarriers: ReadonlySet<string> = new Set([
  'number-not-in-service',
  'anonymous-blocked',
  'party-unavailable',
  'nobody-answers',
])

/** Who is refused: a phone's call, a feature code that it dialled, or a call that a carrier brings. */
export type RefusedKind = 'call' | 'code' | 'carrier'

/**
 * Name of the prompt; '' where nothing is said: busy has a tone of its own in every phone, and after a failure of ours the
 * phone tries again sooner the sooner it knows.
 */
export function refusalPrompt(status: number, phrase: string, kind: RefusedKind): string {
  const byStatus = kind === 'code' ? ofCodes : ofCalls
  const prompt = (Object.hasOwn(byPhrase, phrase) ? byPhrase[phrase] : byStatus[status]) ?? ''
  return kind === 'carrier' && !forCarriers.has(prompt) ? '' : prompt
}
