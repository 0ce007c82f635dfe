/** What people do in the middle of calls (docs/calls.md), and which tests show it: with real phones where they can. */
import type { ScenarioRow } from '../scenario-row.ts'

const realPhones = 'linphone and baresip'
const crash = 'own phones by UDP and TCP, and SIPp by TCP that connects anew'
const inside = 'what happens between two messages needs a clock that can be stopped'

export const callsInProgress: ScenarioRow = {
  area: 'Calls in progress',
  file: 'test/sip-scenarios/rows/calls-in-progress.ts',
  played: [],
  referred: [
    {
      names: ['lines and call waiting'],
      file: 'test/phones/features.test.ts',
      test: 'without call waiting whoever calls a second time hears busy',
      why: realPhones,
    },
    {
      names: ['race for the last line'],
      file: 'engine/calls/line-race.test.ts',
      test: 'pairs of calls at once to the last line: never two of them ring, and never none',
      why: '10 000 pairs in simulated time',
    },
    {
      names: ['consultation beyond the lines'],
      file: 'engine/calls/line-race.test.ts',
      test: 'a user in as many calls as he has lines may still make one, for a consultation, and no more',
      why: inside,
    },
    {
      names: ['ring group'],
      file: 'test/wire/forwarding.test.ts',
      test: 'a ring group: one declines, the other answers',
      why: 'SIPp, by UDP; all patterns in test/scenarios/ring-groups.yaml',
    },
    { names: ['hold and resume'], file: 'test/phones/features.test.ts', test: 'hold and resume', why: realPhones },
    {
      names: ['music on hold'],
      file: 'engine/calls/sound/music-on-hold.test.ts',
      test: 'who is held hears the music of the holder, until he is not',
      why: 'a media process that the test plays',
    },
    {
      names: ['long hold'],
      file: 'engine/calls/transfer/hold-recall.test.ts',
      test: 'a call on hold rings at its holder after the time he set, and he goes on with it',
      why: inside,
    },
    {
      names: ['transfer in a browser'],
      file: 'test/browser/sip-js.test.ts',
      test: 'a page hands a call on',
      why: 'SIP.js in Chromium, blind and attended',
    },
    {
      names: ['transfer to somebody who is not there'],
      file: 'test/phones/features.test.ts',
      test: 'a transfer to somebody who is not there fails, and the call goes on',
      why: realPhones,
    },
    {
      names: ['transfer to busy'],
      file: 'engine/calls/transfer/blind-transfer.test.ts',
      test: 'ben is busy: anna is told and has her call',
      why: inside,
    },
    {
      names: ['transfer that returns'],
      file: 'engine/calls/transfer/blind-transfer.test.ts',
      test: 'ben does not answer and anna has hung up: she is rung, and speaks with the trunk again',
      why: inside,
    },
    {
      names: ['call control'],
      file: 'engine/calls/control/call-control.test.ts',
      test: 'click to dial: anna’s phone rings, then ben’s, and both speak',
      why: 'hold, transfer, park and hang up likewise, beside it',
    },
    {
      names: ['group pickup'],
      file: 'engine/calls/pickup/pickup.test.ts',
      test: 'a call of a ring group, and of the own pickup group',
      why: inside,
    },
    {
      names: ['call return', 'block the last caller'],
      file: 'engine/calls/feature-codes.test.ts',
      test: 'the last caller is called back and blocked, over restarts too',
      why: inside,
    },
    {
      names: ['forward and block codes'],
      file: 'test/wire/changes.test.ts',
      test: 'by feature codes, which are confirmed when they count',
      why: 'SIPp, by UDP, with the admin process that writes the change',
    },
    {
      names: ['presence and message waiting'],
      file: 'test/phones/lamps.test.ts',
      test: 'baresip watches presence and its mailbox, before and after a crash',
      why: 'baresip',
    },
    {
      names: ['lamps are right after a crash', 'kill -9 with calls of all kinds', 'phones on TCP come back'],
      file: 'test/crash/many-calls/many-calls.test.ts',
      test: 'calls of all kinds end as they should after kill -9',
      why: `${crash}; a thousand by \`npm run crash\``,
    },
    {
      names: ['lamp after pickup'],
      file: 'engine/calls/transfer/takeover.test.ts',
      test: 'a call that rings for a colleague is taken by Replaces too, as lamps let phones do',
      why: inside,
    },
    {
      names: ['upgrade'],
      file: 'test/crash/processes.test.ts',
      test: 'kill -9 of admin, standby and engine, one after the other',
      why: 'and then `ringdown upgrade`, with twenty calls in progress',
    },
    {
      names: ['session timer over a crash'],
      file: 'engine/calls/session-timer.test.ts',
      test: 'an agreed interval survives a crash, and a peer has time to refresh after it',
      why: inside,
    },
    {
      names: ['longest call'],
      file: 'engine/calls/limits.test.ts',
      test: 'both sides hear three tones a minute before, over each other, and then what they heard',
      why: inside,
    },
    {
      names: ['limits of user, PBX and trunk'],
      file: 'engine/calls/limits.test.ts',
      test: 'a PBX has so many calls: those that begin in it and those that ring in it',
      why: inside,
    },
    {
      names: ['emergency calls are exempt'],
      file: 'engine/calls/limits.test.ts',
      test: 'an emergency call has no longest time, and is no call that deactivation ends',
      why: inside,
    },
    {
      names: ['call records'],
      file: 'test/wire/records.test.ts',
      test: 'each attempt has one record',
      why: 'SIPp, by UDP',
    },
    {
      names: ['webhook'],
      file: 'admin/plugins/webhooks/webhooks.test.ts',
      test: 'a program is told of what it wants, signed',
      why: 'an HTTP server of the test',
    },
    {
      names: ['ladder', 'pcap'],
      file: 'test/wire/records.test.ts',
      test: '`trace` of an answered call shows both sides from the first INVITE to the last 200, without passwords',
      why: 'SIPp, by UDP, and the command line',
    },
  ],
}
