import t from 'tap'
import { defaultSignInLimits, SignInGuard } from './sign-in-guard.ts'

const minute = 60_000
const office = '198.51.100.7'

function make(changes: Partial<typeof defaultSignInLimits> = {}) {
  const registered = new Set<string>()
  const live = {
    registeredFrom: (source: string) => registered.has(source),
    userRegisteredFrom: (source: string, name: string) => registered.has(`${source} ${name}`),
  }
  const exempt = (source: string) => source === '127.0.0.1'
  return { registered, guard: new SignInGuard({ ...defaultSignInLimits, exempt, ...changes }, live) }
}

t.test('a source that fails with many names is banned, each time for longer, up to a day', (t) => {
  const { guard } = make()
  let now = 1_000_000
  for (const expected of [10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440]) {
    for (let count = 1; count <= 10; count++) {
      t.equal(guard.mayTry(office, `user${count}`, now), 'yes')
      t.equal(guard.failed(office, `user${count}`, now), count < 10 ? 'counted' : 'banned')
    }
    t.same(guard.bans(now), [{ source: office, until: now + expected * minute }])
    t.equal(guard.mayTry(office, 'anybody', now + expected * minute - 1), 'banned')
    t.equal(guard.mayTry('198.51.100.8', 'user1', now), 'yes', 'only that source')
    now += expected * minute
    t.equal(guard.mayTry(office, 'anybody', now), 'yes')
  }
  t.end()
})

t.test('failures that lie far apart ban nobody', (t) => {
  const { guard } = make()
  for (let count = 0; count < 100; count++) t.equal(guard.failed(office, 'ann', count * minute), 'counted')
  t.end()
})

t.test('one name is slowed after a few mistakes, and forgiven on success', (t) => {
  const { guard } = make()
  for (let count = 0; count < 3; count++) {
    guard.failed(office, 'ann', 1000)
    t.equal(guard.mayTry(office, 'ann', 1000), 'yes', 'a mistyped password')
  }
  guard.failed(office, 'ann', 1000)
  t.equal(guard.mayTry(office, 'ann', 1999), 'slow')
  t.equal(guard.mayTry(office, 'ben', 1000), 'yes')
  t.equal(guard.mayTry(office, 'ann', 2000), 'yes')
  guard.failed(office, 'ann', 2000)
  t.equal(guard.mayTry(office, 'ann', 3999), 'slow', 'for twice as long')
  guard.succeeded(office, 'ann')
  t.equal(guard.mayTry(office, 'ann', 2000), 'yes')
  t.end()
})

t.test('a source with a live registration is slowed, never banned, and those signed in are not disturbed', (t) => {
  const { guard, registered } = make()
  registered.add(office).add(`${office} ann`)
  for (let count = 0; count < 50; count++) t.equal(guard.failed(office, 'oldphone', 1000 + count), 'counted')
  t.same(guard.bans(1000), [])
  t.equal(guard.mayTry(office, 'oldphone', 2000), 'slow')
  t.equal(guard.mayTry(office, 'ben', 2000), 'slow')
  t.equal(guard.mayTry(office, 'ann', 2000), 'yes')
  t.equal(guard.mayTry(office, 'ben', 1049 + 30_000), 'yes')
  registered.clear()
  t.equal(guard.mayTry(office, 'ann', 1049 + 30_000), 'yes', 'nothing hangs over the source when the phone goes')
  t.end()
})

t.test('a ban does not hold against a source where somebody is signed in', (t) => {
  const { guard, registered } = make()
  for (let count = 0; count < 10; count++) guard.failed(office, `user${count}`, 1000)
  t.equal(guard.mayTry(office, 'ben', 1000), 'banned')
  registered.add(office)
  t.equal(guard.mayTry(office, 'ben', 1000), 'yes')
  t.end()
})

t.test('a ban that is lifted is over, and what led to it forgotten', (t) => {
  const { guard } = make()
  t.equal(guard.lift(office, 1000), false)
  for (let count = 0; count < 10; count++) guard.failed(office, 'ann', 1000)
  t.equal(guard.lift(office, 2000), true)
  t.equal(guard.mayTry(office, 'ann', 2000), 'yes')
  t.same(guard.bans(2000), [])
  t.equal(guard.failed(office, 'ann', 2000), 'counted')
  t.equal(guard.lift(office, 2000), false)
  t.end()
})

t.test('for an emergency call one may try in spite of a ban, until it is clear that one guesses', (t) => {
  const { guard } = make({ userNames: 2 })
  for (let count = 0; count < 10; count++) guard.failed(office, 'ann', 1000)
  t.equal(guard.mayTry(office, 'ben', 1000), 'banned')
  t.equal(guard.mayTryEmergency(office, 'ann'), true)
  t.equal(guard.mayTryEmergency(office, 'ben'), true)
  for (let count = 0; count < 10; count++) guard.failed(office, 'ann', 1000)
  t.equal(guard.mayTryEmergency(office, 'ann'), false)
  t.equal(guard.mayTryEmergency(office, 'ben'), true)
  for (let count = 0; count < 21; count++) guard.failed(office, `user${count}`, 1000)
  t.equal(guard.mayTryEmergency(office, 'ben'), false, 'nor with ever new names')
  t.end()
})

t.test('exempt sources', (t) => {
  const { guard } = make()
  for (let count = 0; count < 50; count++) t.equal(guard.failed('127.0.0.1', 'ann', 1000), 'exempt')
  t.equal(guard.mayTry('127.0.0.1', 'ann', 1000), 'yes')
  t.equal(guard.remembered, 0)
  t.end()
})

t.test('memory is bounded, in sources and in names', (t) => {
  const { guard } = make({ sources: 100, userNames: 4, failures: 1_000_000 })
  for (let count = 0; count < 1000; count++) guard.failed(`10.0.0.${count}`, 'ann', 1000)
  t.equal(guard.remembered, 100)
  for (let count = 0; count < 1000; count++) guard.failed('10.0.0.999', `user${count}`, 1000)
  t.equal(guard.mayTry('10.0.0.999', 'user900', 1000), 'slow', 'names without room of their own share one')
  guard.failed('10.0.1.1', 'ann', 1000 + defaultSignInLimits.window)
  t.equal(guard.remembered, 1, 'what no longer matters makes room')
  t.end()
})
