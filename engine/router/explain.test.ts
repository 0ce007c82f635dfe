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
