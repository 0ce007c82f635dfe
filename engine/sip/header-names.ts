/**
 * The header fields this stack knows by number, with their compact forms (RFC 3261 §7.3.3, §20 and the registry that
 * grew from it). Knowing a header means only that it can be found quickly: every other one is kept as it came.
 */

/** Numbers of known header fields; 0 stands for every other. */
export const Header = {
  other: 0,
  via: 1,
  from: 2,
  to: 3,
  callId: 4,
  cseq: 5,
  contact: 6,
  maxForwards: 7,
  contentLength: 8,
  contentType: 9,
  route: 10,
  recordRoute: 11,
  require: 12,
  proxyRequire: 13,
  supported: 14,
  authorization: 15,
  proxyAuthorization: 16,
  expires: 17,
  contentEncoding: 18,
  contentDisposition: 19,
  allow: 20,
  accept: 21,
  userAgent: 22,
  server: 23,
  pAssertedIdentity: 24,
  pPreferredIdentity: 25,
  privacy: 26,
  diversion: 27,
  historyInfo: 28,
  referTo: 29,
  referredBy: 30,
  replaces: 31,
  reason: 32,
  retryAfter: 33,
  sessionExpires: 34,
  minSessionExpires: 35,
  rseq: 36,
  rack: 37,
  path: 38,
  serviceRoute: 39,
  event: 40,
  subscriptionState: 41,
  wwwAuthenticate: 42,
  proxyAuthenticate: 43,
  unsupported: 44,
  identity: 45,
  date: 46,
  timestamp: 47,
  minExpires: 48,
  allowEvents: 49,
  authenticationInfo: 50,
  remotePartyId: 51,
  pCalledPartyId: 52,
  geolocation: 53,
  join: 54,
  warning: 55,
  alertInfo: 56,
  callInfo: 57,
  /** RFC 5373, and what phones had before it. */
  answerMode: 58,
} as const

export type HeaderId = (typeof Header)[keyof typeof Header]

const names: readonly (readonly [string, HeaderId])[] = [
  ['via', Header.via],
  ['v', Header.via],
  ['from', Header.from],
  ['f', Header.from],
  ['to', Header.to],
  ['t', Header.to],
  ['call-id', Header.callId],
  ['i', Header.callId],
  ['cseq', Header.cseq],
  ['contact', Header.contact],
  ['m', Header.contact],
  ['max-forwards', Header.maxForwards],
  ['content-length', Header.contentLength],
  ['l', Header.contentLength],
  ['content-type', Header.contentType],
  ['c', Header.contentType],
  ['route', Header.route],
  ['record-route', Header.recordRoute],
  ['require', Header.require],
  ['proxy-require', Header.proxyRequire],
  ['supported', Header.supported],
  ['k', Header.supported],
  ['authorization', Header.authorization],
  ['proxy-authorization', Header.proxyAuthorization],
  ['expires', Header.expires],
  ['content-encoding', Header.contentEncoding],
  ['e', Header.contentEncoding],
  ['content-disposition', Header.contentDisposition],
  ['allow', Header.allow],
  ['accept', Header.accept],
  ['user-agent', Header.userAgent],
  ['server', Header.server],
  ['p-asserted-identity', Header.pAssertedIdentity],
  ['p-preferred-identity', Header.pPreferredIdentity],
  ['privacy', Header.privacy],
  ['diversion', Header.diversion],
  ['history-info', Header.historyInfo],
  ['refer-to', Header.referTo],
  ['r', Header.referTo],
  ['referred-by', Header.referredBy],
  ['b', Header.referredBy],
  ['replaces', Header.replaces],
  ['reason', Header.reason],
  ['retry-after', Header.retryAfter],
  ['session-expires', Header.sessionExpires],
  ['x', Header.sessionExpires],
  ['min-se', Header.minSessionExpires],
  ['rseq', Header.rseq],
  ['rack', Header.rack],
  ['path', Header.path],
  ['service-route', Header.serviceRoute],
  ['event', Header.event],
  ['o', Header.event],
  ['subscription-state', Header.subscriptionState],
  ['www-authenticate', Header.wwwAuthenticate],
  ['proxy-authenticate', Header.proxyAuthenticate],
  ['unsupported', Header.unsupported],
  ['identity', Header.identity],
  ['y', Header.identity],
  ['date', Header.date],
  ['timestamp', Header.timestamp],
  ['min-expires', Header.minExpires],
  ['allow-events', Header.allowEvents],
  ['u', Header.allowEvents],
  ['authentication-info', Header.authenticationInfo],
  ['remote-party-id', Header.remotePartyId],
  ['p-called-party-id', Header.pCalledPartyId],
  ['geolocation', Header.geolocation],
  ['join', Header.join],
  ['warning', Header.warning],
  ['alert-info', Header.alertInfo],
  ['call-info', Header.callInfo],
  ['answer-mode', Header.answerMode],
  ['priv-answer-mode', Header.answerMode],
  ['auto-answer', Header.answerMode],
  ['p-auto-answer', Header.answerMode],
  ['x-auto-answer', Header.answerMode],
]

const longest = Math.max(...names.map(([name]) => name.length))

interface Candidate {
  readonly name: string
  readonly id: HeaderId
}

/** Candidates by length and first letter (case folded to five bits): at most three share a slot. */
const candidates: (readonly Candidate[] | undefined)[] = new Array((longest + 1) * 32).fill(undefined)
for (const [name, id] of names) {
  const slot = name.length * 32 + (name.charCodeAt(0) & 31)
  candidates[slot] = [...(candidates[slot] ?? []), { name, id }]
}

/** The number of the header field whose name stands in `text` from `start` to `end`; no string is made for it. */
export function headerId(text: string, start: number, end: number): HeaderId {
  const length = end - start
  if (length > longest) return Header.other
  const slot = candidates[length * 32 + (text.charCodeAt(start) & 31)]
  if (slot === undefined) return Header.other
  for (let i = 0; i < slot.length; i++) {
    const candidate = slot[i] as Candidate
    if (equalsIgnoringCase(text, start, candidate.name)) return candidate.id
  }
  return Header.other
}

/** Does lower-case `name` stand in `text` at `start`, in whatever case? Letters and hyphens only. */
export function equalsIgnoringCase(text: string, start: number, name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    const code = text.charCodeAt(start + i)
    const folded = code >= 65 && code <= 90 ? code | 32 : code
    if (folded !== name.charCodeAt(i)) return false
  }
  return true
}

/** The canonical spelling for each known header, for error phrases that name it. */
export const headerTitle: Readonly<Record<number, string>> = {
  [Header.via]: 'Via',
  [Header.from]: 'From',
  [Header.to]: 'To',
  [Header.callId]: 'Call-ID',
  [Header.cseq]: 'CSeq',
  [Header.contact]: 'Contact',
  [Header.maxForwards]: 'Max-Forwards',
  [Header.contentLength]: 'Content-Length',
  [Header.contentType]: 'Content-Type',
}
