/** What must not harm a call: mistakes, floods, and a disk that fails. */
import type { ScenarioRow } from '../scenario-row.ts'

const inside = 'what happens between two messages needs a clock that can be stopped'

export const badInput: ScenarioRow = {
  area: 'Bad input',
  file: 'test/sip-scenarios/rows/bad-input.ts',
  played: [],
  referred: [
    {
      names: ['glare (491)'],
      file: 'test/sip-scenarios/rows/renegotiation.ts',
      test: 'both offer at once: 491 to the phone while the caller’s offer is open',
      why: 'above, by SIPp',
    },
    {
      names: ['re-INVITE during hold'],
      file: 'engine/calls/wrong-moment.test.ts',
      test: 'RFC 3264 §8.4: who is held may offer too, and holds the other one as well',
      why: inside,
    },
    {
      names: ['REFER loop'],
      file: 'engine/calls/transfer/blind-transfer.test.ts',
      test: 'a call that was handed on twenty times is handed on no more: 482, and it goes on',
      why: inside,
    },
    {
      names: ['Replaces for nothing'],
      file: 'engine/calls/transfer/attended-transfer.test.ts',
      test: 'what is not hers, not there or over is not replaced',
      why: inside,
    },
    {
      names: ['overlapping UPDATE'],
      file: 'engine/calls/session-timer.test.ts',
      test: 'UPDATE with an offer passes in an answered call, one offer at a time (RFC 3311 §5.2)',
      why: inside,
    },
    {
      names: ['BYE crosses BYE'],
      file: 'test/wire/dialogs.test.ts',
      test: 'both hang up at once',
      why: 'own phones, by UDP',
    },
    {
      names: ['flood of NOTIFY'],
      file: 'engine/calls/wrong-moment.test.ts',
      test: 'a flood of NOTIFYs, MESSAGEs and unknown methods inside a call: 405 each, and the call goes on',
      why: 'by the hundred, without a network',
    },
    {
      names: ['storm of SUBSCRIBE'],
      file: 'engine/calls/lamps.test.ts',
      test: 'docs/lamps.md, Refusals: a storm of SUBSCRIBEs of one phone has an end, and calls go on',
      why: 'by the hundred, without a network',
    },
    {
      names: ['journal damaged'],
      file: 'test/wire/damage.test.ts',
      test: 'a damaged journal: the server starts, says so and works',
      why: 'the whole server',
    },
    {
      names: ['disk full'],
      file: 'engine/records/journal-file.test.ts',
      test: 'a full disk (a small tmpfs)',
      why: 'the kernel’s own full disk, where the test may mount one',
    },
  ],
}
