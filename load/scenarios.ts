/** The scenarios that ship with the project: SIPp files in `scenarios/`, and who calls whom in them. */

import { fileURLToPath } from 'node:url'
import type { InjectionFile } from './users/injection-files.ts'

export interface Scenario {
  readonly name: string
  /** One line for people. */
  readonly about: string
  /** SIPp's file for the side that begins. */
  readonly caller: string
  /** SIPp's file for the phones that are called; `null` where none is. */
  readonly phones: string | null
  readonly lines: InjectionFile
  /** `carrier`: from the trunk's address. `phones`: from elsewhere, by digest. */
  readonly from: 'carrier' | 'phones'
  /** What is measured as the delay. */
  readonly delay: string
  /** Calls at once that a line of the file allows; with all lines `'together'`, that all of them allow. */
  readonly callsAtOnce: { readonly lines: 'each' | 'together'; readonly calls: number } | null
}

/** A user has two lines; half of what his lines would take leaves room for calls that end late. */
const oneEach = { lines: 'each', calls: 1 } as const
const ringing = 'INVITE to 180'
const refusal = 'INVITE to 486'

export const scenarios: readonly Scenario[] = [
  {
    name: 'register',
    about: 'phones register: challenge, digest, 200',
    ...{ caller: 'register.xml', phones: null, lines: 'users.csv', from: 'phones' },
    ...{ delay: 'REGISTER to 200', callsAtOnce: null },
  },
  {
    name: 'call',
    about: 'the carrier calls a number; the phone rings, answers, and the carrier hangs up after --talk',
    ...{ caller: 'call.xml', phones: 'phone-answers.xml', lines: 'calls.csv', from: 'carrier' },
    ...{ delay: ringing, callsAtOnce: oneEach },
  },
  {
    name: 'busy',
    about: 'the phone answers 486, the carrier gets 486',
    ...{ caller: 'refused.xml', phones: 'phone-is-busy.xml', lines: 'calls.csv', from: 'carrier' },
    ...{ delay: refusal, callsAtOnce: oneEach },
  },
  {
    name: 'cancel',
    about: 'the carrier gives up while the phone rings',
    ...{ caller: 'cancel.xml', phones: 'phone-rings.xml', lines: 'calls.csv', from: 'carrier' },
    ...{ delay: ringing, callsAtOnce: oneEach },
  },
  {
    name: 'call-waiting',
    about: 'a second call rings beside the first one, a third finds both lines in use and gets 486',
    ...{ caller: 'call-waiting.xml', phones: 'phone-answers.xml', lines: 'call-waiting.csv', from: 'carrier' },
    ...{ delay: 'second INVITE to 180', callsAtOnce: oneEach },
  },
  {
    name: 'forwarding',
    about: 'the carrier calls a user who forwards all calls; the other one answers',
    ...{ caller: 'call.xml', phones: 'phone-answers.xml', lines: 'forwarding.csv', from: 'carrier' },
    ...{ delay: ringing, callsAtOnce: oneEach },
  },
  {
    name: 'blocked-caller',
    about: 'the carrier calls for somebody on the block list and gets 486; nothing rings',
    ...{ caller: 'refused.xml', phones: null, lines: 'blocked-caller.csv', from: 'carrier' },
    ...{ delay: refusal, callsAtOnce: null },
  },
  {
    name: 'dial-code',
    about: 'phones of another PBX sign in and call one extension by dial code, two at a time',
    ...{ caller: 'phone-call.xml', phones: 'phone-answers.xml', lines: 'dial-code.csv', from: 'phones' },
    ...{ delay: 'first INVITE to 180', callsAtOnce: { lines: 'together', calls: 2 } },
  },
]

const folder = new URL('../../load/scenarios/', import.meta.url)

/** Path of one of SIPp's files that ship with the project. */
export function scenarioPath(file: string): string {
  return fileURLToPath(new URL(file, folder))
}
