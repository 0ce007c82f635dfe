import type { LocalPorts, PreparedEdge } from '../protocol.ts'
import {
  endDescription,
  givenPorts,
  givenWay,
  localPorts,
  nobody,
  partyTag,
  relayFlags,
  relayTag,
  towardsBrowser,
} from './edge-description.ts'
import type { NgAnswer, NgClient } from './ng-client.ts'

const known = { 'to-tag': partyTag }

/** What an rtpengine has ready, or why it has not. */
export type Preparation =
  | { readonly edge: Omit<PreparedEdge, 'rtpengine' | 'relayAddress'> }
  | { readonly edge: null; readonly why: string }

/**
 * Has ports for a party that is not known yet, or, where it has been told of `name` before, keeps them.
 * @param isKnown it has been told before
 */
export function prepareEdge(
  client: Pick<NgClient, 'ask'>,
  name: string,
  isForBrowser: boolean,
  isKnown: boolean,
  done: (preparation: Preparation) => void,
): void {
  const call = { 'call-id': name, 'from-tag': relayTag, ...relayFlags, sdp: endDescription(nobody) }
  const answered = (outside: LocalPorts, offer: NgAnswer) => {
    // The party's end is not known, and so are the relay's ports: it tells them only when it is asked.
    client.ask('query', { 'call-id': name }, (answer) => {
      const inside = localPorts(answer, relayTag)
      const browser = isForBrowser ? givenWay(String(offer['sdp'])) : null
      if (inside === null || (isForBrowser && browser === null)) done(failure(answer))
      else done({ edge: { name, outside, inside, ...(browser === null ? null : { browser }) } })
    })
  }
  // The browser's end is named from the start, because what it is told is kept with that name.
  const tag = isForBrowser || isKnown ? known : {}
  client.ask('offer', { ...call, ...tag, ...(isForBrowser ? towardsBrowser : null) }, (offer) => {
    const outside = offer['result'] === 'ok' ? givenPorts(String(offer['sdp'])) : null
    if (outside === null) done(failure(offer))
    else if (isForBrowser) answered(outside, offer)
    else {
      client.ask('answer', { ...call, ...known }, (answer) => {
        if (answer['result'] === 'ok') answered(outside, offer)
        else done(failure(answer))
      })
    }
  })
}

function failure(answer: NgAnswer): Preparation {
  return { edge: null, why: String(answer['error-reason'] ?? 'its answer has no ports') }
}
