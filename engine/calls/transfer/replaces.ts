/** Which dialog is to be replaced (RFC 3891), and whose it is. */
import { findParameter, parametersStart } from '../../sip/message.ts'
import type { Calls, DialogOwner } from '../calls.ts'

/** What a Replaces header names, as its sender sees the dialog. */
export interface Replaces {
  readonly callId: string
  readonly toTag: string
  readonly fromTag: string
  /** Only while it is not answered (RFC 3891 §6.1). */
  readonly earlyOnly: boolean
}

/** Reads the value of a Replaces header; `null` where it lacks what RFC 3891 §6.1 demands. */
export function parseReplaces(value: string): Replaces | null {
  const semicolon = value.indexOf(';')
  const callId = (semicolon < 0 ? value : value.slice(0, semicolon)).trim()
  if (semicolon < 0 || callId === '' || callId.includes(' ')) return null
  const start = Math.min(semicolon, parametersStart(value))
  const toTag = findParameter(value, start, 'to-tag')
  const fromTag = findParameter(value, start, 'from-tag')
  if (toTag === undefined || fromTag === undefined || toTag === '' || fromTag === '') return null
  return { callId, toTag, fromTag, earlyOnly: findParameter(value, start, 'early-only') !== undefined }
}

/** A dialog of ours that a Replaces header names. */
export interface ReplacedDialog {
  readonly owner: DialogOwner
  /** Our tag in it. */
  readonly localTag: string
  readonly remoteTag: string
}

/**
 * Finds the dialog: of the two tags one is ours. Phones that name the dialog as the other end sees it are understood as
 * well, because our tags are ours alone.
 */
export function findReplaced(calls: Calls, { toTag, fromTag }: Replaces): ReplacedDialog | null {
  const owner = calls.ownerOf(toTag)
  if (owner !== undefined) return { owner, localTag: toTag, remoteTag: fromTag }
  const swapped = calls.ownerOf(fromTag)
  return swapped === undefined ? null : { owner: swapped, localTag: fromTag, remoteTag: toTag }
}
