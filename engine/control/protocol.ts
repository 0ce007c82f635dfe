/**
 * What can be asked at the control port (`engine.sock` in the data folder). Lists come in pages, so that a long one
 * neither holds up calls nor fills memory; the last page says so.
 */

import type { RegistrationView } from '../calls/call-server.ts'
import type { CallView } from '../calls/calls.ts'

/** One contact of a device that is registered now, and whose it is. */
export interface RegistrationEntry extends RegistrationView {
  readonly userId: string
  readonly user: string
  readonly extension: string
}

export type CallEntry = CallView

export interface EngineStatus {
  readonly pid: number
  readonly version: string
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  /** Number of the configuration in force; 0 where there is none. */
  readonly revision: number
  /** What is wrong with the document, one line each; then an older one is in force. */
  readonly documentProblems: readonly string[]
  readonly calls: number
  readonly registrations: number
  readonly connections: number
  readonly draining: boolean
  /** False while what happens would not survive a crash. */
  readonly journalHealthy: boolean
  /** `UDP 127.0.0.1:5060`, one each. */
  readonly listeners: readonly string[]
}

/** The present moment, for explanations: of the users and trunks that were asked about. */
export interface LiveFacts {
  readonly registered: Readonly<Record<string, boolean>>
  readonly linesInUse: Readonly<Record<string, number>>
  readonly outsideForwards: Readonly<Record<string, number>>
  readonly channelsInUse: Readonly<Record<string, number>>
}

export type ControlRequest =
  | { readonly id: number; readonly request: 'status' }
  | { readonly id: number; readonly request: 'registrations' }
  | { readonly id: number; readonly request: 'calls' }
  | {
      readonly id: number
      readonly request: 'facts'
      readonly users: readonly string[]
      readonly trunks: readonly string[]
    }

/** What each request is answered with. */
export interface ControlAnswers {
  readonly status: EngineStatus
  readonly registrations: readonly RegistrationEntry[]
  readonly calls: readonly CallEntry[]
  readonly facts: LiveFacts
}

export type ControlResponse =
  | { readonly id: number; readonly value: unknown }
  /** One page of a list. */
  | { readonly id: number; readonly items: readonly unknown[]; readonly last: boolean }
  | { readonly id: number; readonly error: string }

/** Entries of a list in one frame. */
export const pageSize = 200
/** Longest request, in bytes. */
export const largestRequest = 1024 * 1024
/** Ids that may be asked about at once. */
export const mostIds = 10_000
/** Name of the socket in the data folder. */
export const socketName = 'engine.sock'

/** A request, or what is wrong with it. */
export function readRequest(value: unknown): ControlRequest | string {
  if (typeof value !== 'object' || value === null) return 'a request is an object'
  const { id, request } = value as { id?: unknown; request?: unknown }
  if (typeof id !== 'number') return 'a request has a number as its id'
  switch (request) {
    case 'status':
    case 'registrations':
    case 'calls':
      return { id, request }
    case 'facts': {
      const { users, trunks } = value as { users?: unknown; trunks?: unknown }
      if (!isIdList(users) || !isIdList(trunks)) return `users and trunks are lists of at most ${mostIds} ids`
      return { id, request, users, trunks }
    }
    default:
      return `there is no request ${JSON.stringify(request)?.slice(0, 60)}`
  }
}

function isIdList(value: unknown): value is string[] {
  return Array.isArray(value) && value.length <= mostIds && value.every((id) => typeof id === 'string')
}

/** Whether something is a response. */
export function isResponse(value: unknown): value is ControlResponse {
  return typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'number'
}
