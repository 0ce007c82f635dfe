/** Limits against toll fraud as calls meet them: the present that the router asks, calls that are ended, crashes. */
import t from 'tap'
import { compile } from '../config/compile/compile-document.ts'
import { readDocument } from '../config/read-document.ts'
import { tollKeyOfAccount } from '../router/toll-fraud.ts'
import { CallWorld, companyOfAnna, tagOf, trunkFlow } from './call-world.ts'

const minute = 60_000

/** Calls to anna go on to an outside number, in her name. */
function world(limits: string): CallWorld {
  const forwards = "ringSeconds: 120, forwarding: { all: { to: { number: '+441632960009' } } }"
  const text = companyOfAnna
    .replace('name: Acme', `name: Acme, tollFraud: { ${limits} }`)
    .replace('ringSeconds: 120', forwards)
  const reading = readDocument(text, 'a.yaml')
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
  return new CallWorld(compile(reading.document, 1))
}

/** A call comes, goes on to the outside number and is answered there. */
function talk(calls: CallWorld): { readonly tag: string } {
  calls.invite('', 'v=0\r\n')
  const sent = calls.one('INVITE', trunkFlow)
  calls.respond(sent, trunkFlow, 200, 'far', '', 'v=0\r\n')
  calls.taken('ACK', trunkFlow)
  const answer = calls.one('SIP/2.0 200', trunkFlow)
  const tag = tagOf(answer, 'To')
  calls.fromTrunk('ACK', tag, 1)
  return { tag }
}

/** Time passes, and whoever is asked whether he is still there says so. */
function wait(calls: CallWorld, milliseconds: number): void {
  calls.clock.advance(milliseconds % 1000)
  for (let passed = 1000; passed <= milliseconds; passed += 1000) {
    calls.clock.advance(1000)
    for (const asked of calls.taken('OPTIONS', trunkFlow)) calls.respond(asked, trunkFlow, 200, '')
  }
}

const used = (calls: CallWorld, counter: string) => calls.server.tollUse.uses('anna')[counter]

t.test('what a call uses is given back, and its minutes are kept over a crash', async (t) => {
  const calls = world('minutesADay: { low: { each: 60 } }')
  const { tag } = talk(calls)
  t.equal(used(calls, 'calls/0'), 1)
  wait(calls, 3 * minute)
  calls.restart()
  t.equal(used(calls, 'calls/0'), 1, 'the next process knows of it')
  wait(calls, 2 * minute)
  t.equal(used(calls, 'low/11'), 300)
  calls.fromTrunk('BYE', tag, 2)
  t.equal(used(calls, 'calls/0'), undefined)
  calls.clock.advance(minute)
  t.equal(used(calls, 'low/11'), 300)
  t.same(calls.ended, ['caller 200'])
})

t.test('a call ends on both sides when the minutes are used up, and the next one does not go out', async (t) => {
  const calls = world('timeZone: UTC, minutesADay: { low: { account: 2 } }')
  talk(calls)
  calls.clock.advance(2 * minute - 1)
  t.same(calls.ended, [])
  calls.clock.advance(5001)
  t.same(calls.ended, ['server 200'])
  const goodbyes = calls.taken('BYE', trunkFlow)
  t.equal(new Set(goodbyes.map((text) => tagOf(text, 'To'))).size, 2)
  t.match(goodbyes[0], /Reason: SIP;cause=403;text="Minutes Of The Day Used Up"/)
  t.ok((calls.server.tollUse.uses(tollKeyOfAccount('account'))['low/11'] ?? 0) >= 120)
  calls.invite('', '', 2)
  t.same(calls.taken('INVITE', trunkFlow), [], 'it rings anna instead')
})

t.test('whoever has as many as he may forwards no further call', async (t) => {
  const calls = world('simultaneousCalls: { each: 1 }')
  talk(calls)
  const told: string[] = []
  calls.server.tollUse.teller = ({ key, counter }) => told.push(`${key} ${counter}`)
  calls.invite('', '', 2)
  t.same(calls.taken('INVITE', trunkFlow), [])
  t.same(told, ['anna calls'])
})

t.test('nothing is counted where there are no limits', async (t) => {
  const text = companyOfAnna.replace('ringSeconds: 120', "forwarding: { all: { to: { number: '+441632960009' } } }")
  const reading = readDocument(text, 'a.yaml')
  if (!reading.ok) throw new Error('The test is wrong')
  const calls = new CallWorld(compile(reading.document, 1))
  talk(calls)
  calls.clock.advance(minute)
  t.same(calls.server.tollUse.uses('anna'), {})
  t.notOk(calls.entries.some((entry) => entry.includes('outside:')))
})
