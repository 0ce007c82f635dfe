import t from 'tap'
import { compile } from '../config/compile/compile-document.ts'
import { readDocument } from '../config/read-document.ts'
import { sampleDocument } from '../config/sample.ts'
import { attemptFromText } from './attempt-from-text.ts'
import { explain } from './explain.ts'
import { formatExplanation } from './format-explanation.ts'

const reading = readDocument(sampleDocument({ token: (length) => 'k'.repeat(length) }).text, 'sample.yaml')
if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
const snapshot = compile(reading.document, 3)
/** 2026-03-02 12:00 UTC. */
const noon = 1_772_452_800_000

function explanationOf(caller: string, dialled: string) {
  const attempt = attemptFromText(snapshot, caller, dialled)
  if (!attempt.ok) throw new Error(attempt.message)
  return explain(snapshot, null, attempt.attempt, noon)
}

t.test('an explanation tells the steps, the result, what is next and what was assumed', async (t) => {
  const explanation = explanationOf('anna', '1002')
  const text = formatExplanation(explanation)
  t.match(text, /^Anna Abbott \(extension 1001, PBX North\) dials 1002\n/)
  t.match(text, /2 Mar 2026, 12:00:00 GMT, configuration revision 3/)
  t.match(text, /1002 is Ben Baker's extension in PBX North/)
  t.match(text, /=> ring Ben Baker .*shows Anna Abbott 1001\) for 10 seconds/)
  t.match(
    text,
    /if busy or declined:\n.*busy: Ben Baker has no rule.*\n.*mailbox(.|\n)*the mailbox of Ben Baker takes a message \(until mailboxes work: 486 Busy Here\)/,
  )
  t.match(text, /if nobody answers:\n.*the rule "To Cora when Ben does not answer" is on/)
  t.match(text, /ring Cora Clark .* forwarded by Ben Baker/)
  t.match(text, /Ben Baker has a registered phone: yes {2}\*assumed\*/)
  t.same(JSON.parse(JSON.stringify(explanation)), explanation, 'it is plain data')
})

t.test('what a running engine answered is no assumption', async (t) => {
  const attempt = attemptFromText(snapshot, 'anna', '221001')
  if (!attempt.ok) throw new Error(attempt.message)
  const live = {
    registered: () => false,
    linesInUse: () => 0,
    channelsInUse: () => 0,
    trunkState: () => 'up' as const,
    outsideForwards: () => 0,
    tollUse: () => 0,
    lastAnswered: () => 0,
    idleSince: () => 0,
  }
  const explanation = explain(snapshot, live, attempt.attempt, noon)
  t.same(explanation.facts, [{ text: 'David Dean has a registered phone: no', assumed: false }])
  t.match(explanation.first.result, { kind: 'voicemail', of: 'david', status: 480 })
})

t.test('a blocked caller is told by the list that blocks him', async (t) => {
  t.match(
    formatExplanation(explanationOf('david', '1002')),
    /caller is in the block list of Emma Ellis(.|\n)*486 Busy Here/,
  )
})

t.test('callers as people write them', async (t) => {
  const cases: readonly [caller: string, found: RegExp][] = [
    ['anna', /^Anna/],
    ['211002', /^Ben/],
    ['1003@south.ringdown.test', /^Frank/],
    ['+441632960000', /^\+441632960000 through trunk Sample carrier/],
    ['01632960000', /^01632960000 through trunk/],
    ['anonymous', /^an anonymous caller through/],
  ]
  for (const [caller, found] of cases) t.match(explanationOf(caller, '+442079460101').caller, found, caller)
  const refused: readonly [caller: string, message: RegExp][] = [
    ['1001', /several PBXs: write 1001@north.ringdown.test .* or 1001@south/],
    ['nobody', /No user/],
    ['9999', /No user/],
  ]
  for (const [caller, message] of refused)
    t.match(attemptFromText(snapshot, caller, '1001'), { ok: false, message }, caller)
  t.match(attemptFromText(snapshot, 'anna', '@x'), { ok: false })
  t.match(attemptFromText(snapshot, 'anna', 'sip:1001@South.ringdown.test'), {
    attempt: { dialled: '1001', domain: 'south.ringdown.test' },
  })
})

t.test('rules are told with their names, and with the local time at which they were judged', async (t) => {
  const company = `
account: { name: A }
pbxs: [{ id: p, name: North, domain: p.test, country: GB }]
sites: [{ id: s, name: S, pbx: p, timeZone: Europe/London }]
schedules:
  - { id: o, name: Office hours, timeZone: America/New_York, weekly: { monday: [{ from: 09:00, to: 17:00 }] },
      exceptions: [{ date: 2026-03-02, name: Founders Day, holiday: true }] }
users:
  - userName: ben
    firstName: Ben
    lastName: Baker
    email: a@b.c
    site: s
    extension: 1002
    rules:
      - { name: Family, who: { callers: [+441632960001] }, to: { ringPhones: { seconds: 40 } } }
      - { name: Evening, when: { weekly: { monday: [{ from: 18:00, to: 20:00 }] } }, to: { voicemail: true } }
      - { name: Summer, when: { from: 2026-08-01T00:00, until: 2026-08-15T00:00 }, to: { voicemail: true } }
      - { name: Closed, when: { schedule: o, during: closed }, to: { list: { order: simultaneous, members: [{ user: eve }, { ringGroup: g, ringSeconds: 20 }] } } }
  - { userName: eve, firstName: Eve, lastName: Ellis, email: a@b.c, site: s, extension: 1003, doNotDisturb: true }
  - { userName: anna, firstName: Anna, lastName: Abbott, email: a@b.c, site: s, extension: 1001 }
ringGroups: [{ id: g, name: Sales, site: s, members: [{ user: eve }, { user: anna }] }]
devices:
  - { user: anna, sipUserName: anna, password: 12345678 }
  - { user: ben, sipUserName: ben, password: 12345678 }
`
  const document = readDocument(company, 'a.yaml')
  if (!document.ok) throw new Error(JSON.stringify(document.problems))
  const compiled = compile(document.document, 1)
  const attempt = attemptFromText(compiled, 'ben', '1002')
  if (!attempt.ok) throw new Error(attempt.message)
  const text = formatExplanation(explain(compiled, null, attempt.attempt, noon))
  for (const line of [
    'no    custom rule: "Family" is for other callers',
    'no    custom rule: "Evening" is for another time: it is Monday 2026-03-02 12:00 in Europe/London',
    'no    custom rule: "Summer" is for another time: it is Monday 2026-03-02 12:00 in Europe/London, and the rule is from Saturday 2026-08-01 00:00 until Saturday 2026-08-15 00:00',
    'yes   custom rule: "Closed" is for all callers, at this time: Office hours is closed on Monday 2026-03-02 07:00 in America/New_York (Founders Day, a holiday)',
    'yes   list: to a list of 2, all together',
    'FAIL  member: Eve Ellis does not want to be disturbed',
    'yes   member: ring Anna Abbott for 20 seconds',
    '=> ring Anna Abbott (extension 1001, PBX North; shows Ben Baker 1002) for 20 seconds, forwarded by Ben Baker',
  ]) {
    t.ok(text.includes(line), line)
  }
})
