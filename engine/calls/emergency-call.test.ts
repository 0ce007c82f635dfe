/** How long an emergency call waits for a trunk before it tries the next (docs/emergency.md). */
import t from 'tap'
import { compile } from '../config/compile/compile-document.ts'
import { readDocument } from '../config/read-document.ts'
import { companyWithoutTrunks, dialOutside } from './outgoing-world.ts'

const trunks = `
  - { id: one, name: One, address: 192.0.2.21, trusted: [], prefixes: [+], optionsSeconds: 0, emergency: first, priority: 1 }
  - { id: two, name: Two, address: 192.0.2.22, trusted: [], prefixes: [+], optionsSeconds: 0, emergency: first, priority: 2 }
`

/** Dials 999; gives the world in which the call is at its first trunk. */
function dial() {
  const reading = readDocument(`${companyWithoutTrunks}trunks:\n${trunks}`, 'a.yaml')
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
  return dialOutside(compile(reading.document, 1), '999')
}

t.test('a trunk that says nothing for 2 s is passed over', async (t) => {
  const { clock, invites } = dial()
  t.match(
    invites().map(({ flow }) => flow.address),
    ['192.0.2.21'],
  )
  clock.advance(1999)
  t.notOk(invites().some(({ flow }) => flow.address === '192.0.2.22'))
  clock.advance(1)
  t.ok(invites().some(({ flow }) => flow.address === '192.0.2.22'))
})

t.test('a trunk that takes the call but does not ring within 8 s is passed over', async (t) => {
  const { clock, invites, say } = dial()
  const [first] = invites()
  if (first === undefined) throw new Error('Nothing was sent')
  say(first, '100 Trying')
  clock.advance(7999)
  t.same(invites(), [])
  clock.advance(1)
  t.ok(invites().some(({ flow }) => flow.address === '192.0.2.22'))
})

t.test('a trunk that rings is waited for', async (t) => {
  const { server, clock, invites, say } = dial()
  const [first] = invites()
  if (first === undefined) throw new Error('Nothing was sent')
  say(first, '100 Trying')
  clock.advance(7000)
  say(first, '180 Ringing')
  clock.advance(60_000)
  t.same(invites(), [])
  t.equal(server.callsInProgress, 1)
})
