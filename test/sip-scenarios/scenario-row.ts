import type { Carrier, Stage } from './stage.ts'

/** One scenario that SIPp plays on a stage. */
export interface PlayedScenario {
  /** Its names in the check list. */
  readonly names: readonly string[]
  /** What happens, as the test is called. */
  readonly title: string
  /** All three where nothing is said; fewer where it is about one of them. */
  readonly carriers?: readonly Carrier[]
  readonly play: (stage: Stage, carrier: Carrier) => Promise<void>
}

/** One that another test of the project plays. */
export interface ReferredScenario {
  readonly names: readonly string[]
  readonly file: string
  /** The name of the test, as it stands in the file. */
  readonly test: string
  /** Why it is there and not among these. */
  readonly why: string
}

/** One row of the check list: an area, and who covers its names. */
export interface ScenarioRow {
  readonly area: string
  /** The file of the row, for the page. */
  readonly file: string
  readonly played: readonly PlayedScenario[]
  readonly referred: readonly ReferredScenario[]
}

export const allCarriers: readonly Carrier[] = ['UDP', 'TCP', 'TLS']
