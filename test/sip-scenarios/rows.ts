import { auth } from './rows/auth.ts'
import { badInput } from './rows/bad-input.ts'
import { callsInProgress } from './rows/calls-in-progress.ts'
import { cancelRaces } from './rows/cancel-races.ts'
import { dialOutcomes } from './rows/dial-outcomes.ts'
import { features } from './rows/features.ts'
import { forking } from './rows/forking.ts'
import { forwarding } from './rows/forwarding.ts'
import { loss } from './rows/loss.ts'
import { offerAnswer } from './rows/offer-answer.ts'
import { provisional } from './rows/provisional.ts'
import { registrar } from './rows/registrar.ts'
import { renegotiation } from './rows/renegotiation.ts'
import { security } from './rows/security.ts'
import { sessionTimer } from './rows/session-timer.ts'
import { subscriptions } from './rows/subscriptions.ts'
import { transfer } from './rows/transfer.ts'
import { transport } from './rows/transport.ts'
import { trunk } from './rows/trunk.ts'
import type { ScenarioRow } from './scenario-row.ts'

/** All rows of the check list, in its order. */
export const rows: readonly ScenarioRow[] = [
  loss,
  cancelRaces,
  forking,
  provisional,
  renegotiation,
  offerAnswer,
  sessionTimer,
  auth,
  registrar,
  transfer,
  trunk,
  subscriptions,
  forwarding,
  dialOutcomes,
  features,
  transport,
  security,
  callsInProgress,
  badInput,
]
