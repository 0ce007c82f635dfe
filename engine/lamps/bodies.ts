/**
 * What NOTIFYs carry. Each package has a state, which is a text that is the same for everybody who may see as much, and a
 * body made from that text for one subscription. All text is binary strings; UTF-8 where it is not ASCII.
 */
import { parseNameAddress } from '../sip/uri.ts'
import type { LampDialog } from './lamp-dialog.ts'
import type { MessageCounts } from './message-counts.ts'
import { escapeXml } from './xml.ts'

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n'

/**
 * State of the dialog package: its dialog elements (RFC 4235 §4.1).
 *
 * @param entity URI of what is watched
 * @param detailed with what tells who is on the other side, and with what the call can be picked up
 */
export function dialogState(dialogs: readonly LampDialog[], entity: string, detailed: boolean): string {
  let elements = ''
  // Ids of calls rise with time, and an order that is always the same does not look like a change.
  const ordered = dialogs.length > 1 ? [...dialogs].sort((a, b) => (a.id < b.id ? -1 : 1)) : dialogs
  for (const { id, state, direction, callId, localTag, remoteTag, remote, held } of ordered) {
    elements += `<dialog id="${escapeXml(id)}"`
    if (detailed) {
      if (callId !== '') elements += ` call-id="${escapeXml(callId)}"`
      if (localTag !== '') elements += ` local-tag="${escapeXml(localTag)}"`
      if (remoteTag !== '') elements += ` remote-tag="${escapeXml(remoteTag)}"`
    }
    elements += ` direction="${direction}">\n<state>${state}</state>\n`
    if (held) elements += heldElement(entity)
    if (detailed) elements += remoteElement(remote)
    elements += '</dialog>\n'
  }
  return elements
}

/** RFC 4235 §4.2, RFC 3840: he renders nothing of the call at the moment. */
function heldElement(entity: string): string {
  const parameter = '<param pname="+sip.rendering" pvalue="no"/>'
  return `<local>\n<target uri="${escapeXml(entity)}">${parameter}</target>\n</local>\n`
}

function remoteElement(remote: string): string {
  const address = parseNameAddress(remote)
  if (address === null) return ''
  const uri = escapeXml(address.uri)
  const display = address.displayName === '' ? '' : ` display="${escapeXml(address.displayName)}"`
  return `<remote>\n<identity${display}>${uri}</identity>\n<target uri="${uri}"/>\n</remote>\n`
}

/**
 * A whole document: never a part, so that a watcher who missed one is right with the next (RFC 4235 §3.5).
 *
 * @param entity URI of what is watched
 */
export function dialogBody(state: string, entity: string, version: number): string {
  return (
    `${declaration}<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="${version}" state="full" ` +
    `entity="${escapeXml(entity)}">\n${state}</dialog-info>\n`
  )
}

/** Presence of a user: reachable or not, on a call, not to be disturbed. */
export function presenceState(online: boolean, onCall: boolean, doNotDisturb: boolean): string {
  return `${online ? 'open' : 'closed'}${onCall ? ' on-the-phone' : ''}${doNotDisturb ? ' busy' : ''}`
}

/** PIDF (RFC 3863) with activities (RFC 4480), and a note for phones that show nothing else. */
export function presenceBody(state: string, entity: string): string {
  const [basic, ...activities] = state.split(' ')
  let note = basic === 'open' ? 'Online' : 'Offline'
  let elements = ''
  for (const activity of activities) elements += `<rpid:${activity}/>`
  if (activities.includes('busy')) note = 'Do not disturb'
  else if (activities.length > 0) note = 'On the phone'
  return (
    `${declaration}<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" ` +
    `xmlns:rpid="urn:ietf:params:xml:ns:pidf:rpid" entity="${escapeXml(entity)}">\n` +
    `<tuple id="phone">\n<status><basic>${basic}</basic></status>\n<note>${note}</note>\n</tuple>\n` +
    `<dm:person id="user">\n<rpid:activities>${elements === '' ? '<rpid:unknown/>' : elements}</rpid:activities>\n` +
    `<dm:note>${note}</dm:note>\n</dm:person>\n</presence>\n`
  )
}

export function messageState(counts: MessageCounts): string {
  return `${counts.fresh}/${counts.heard} (${counts.freshUrgent}/${counts.heardUrgent})`
}

/** RFC 3842 §5.2. @param entity URI of the mailbox */
export function messageBody(state: string, entity: string): string {
  const waiting = state.startsWith('0/') ? 'no' : 'yes'
  return `Messages-Waiting: ${waiting}\r\nMessage-Account: ${entity}\r\nVoice-Message: ${state}\r\n`
}
