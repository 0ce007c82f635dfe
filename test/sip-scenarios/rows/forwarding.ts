/** Calls that are led on by rules or by the phone, and how that is told. */
import type { ScenarioRow } from '../scenario-row.ts'

const identity = 'engine/calls/identity.test.ts'
const why = 'every form of it, header by header'

export const forwarding: ScenarioRow = {
  area: 'Forwarding',
  file: 'test/sip-scenarios/rows/forwarding.ts',
  played: [],
  referred: [
    {
      names: ['forward_loop'],
      file: 'test/scenarios/destinations.yaml',
      test: 'a circle of forwards when busy ends where it would close',
      why: 'the router alone decides it (docs/router-scenarios.md)',
    },
    {
      names: ['diversion_request'],
      file: 'test/wire/forwarding.test.ts',
      test: 'to an outside number',
      why: 'SIPp, by UDP: the carrier looks for Diversion',
    },
    {
      names: ['redirecting'],
      file: 'test/wire/forwarding.test.ts',
      test: 'nobody answers: the no-answer rule',
      why: 'SIPp, by UDP',
    },
    {
      names: ['history_info_*'],
      file: identity,
      test: 'RFC 5806 newest first, RFC 7044 oldest first, with the causes of RFC 4458',
      why,
    },
    {
      names: ['uas-302'],
      file: 'engine/calls/redirect.test.ts',
      test: 'the user part of the first usable Contact is dialled, whatever its host',
      why: 'every form of Contact',
    },
  ],
}
