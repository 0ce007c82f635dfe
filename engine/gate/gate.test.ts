import fc from 'fast-check'
import t from 'tap'
import { capacity, chance, flowFrom, requestText, ServerUnderLoad, trunkFlow } from './gate-under-test.ts'

/** Calls from the trunk at `rate` a second between two moments (ms), at random times. */
function offer(server: ServerUnderLoad, rate: number, from: number, to: number, random: () => number): void {
  let at = from
  for (let call = 0; ; call++) {
    at += (-Math.log(1 - random()) * 1000) / rate
    if (at >= to) return
    server.arrive(at, requestText('INVITE', '200', 'x', `X-Call: ${from}-${call}\r\n`), trunkFlow)
  }
}

function percentile(values: readonly number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length * share)] ?? 0
}

const phones = new Map([
  ['ann', '198.51.100.1'],
  ['ben', '198.51.100.1'],
  ['cleo', '198.51.100.2'],
])

for (const [factor, leastGoodput] of [
  [1, 0.97],
  [2, 0.85],
  [3, 0.75],
  [6, 0.5],
] as const) {
  t.test(`${factor} times of what can be done`, (t) => {
    const server = new ServerUnderLoad({ phones })
    const random = chance(factor)
    const seconds = 1.2
    offer(server, factor * capacity, 0, seconds * 1000, random)
    server.run()
    const invites = server.outcomes(({ text }) => text.startsWith('INVITE'))
    const taken = invites.filter(({ outcome }) => outcome === 'taken')
    const goodput = taken.length / seconds / capacity
    t.ok(goodput >= leastGoodput, `goodput ${goodput.toFixed(3)} of capacity`)
    const waits = taken.map(({ at, done }) => done - at)
    t.ok(percentile(waits, 0.99) < 450, `who is taken waits ${percentile(waits, 0.99).toFixed(1)} ms at most`)
    const inside = server.outcomes(({ text }) => text.startsWith('BYE'))
    t.equal(inside.length, taken.length * 6, 'all of what belongs to calls is handled')
    const delays = inside.map(({ at, done }) => done - at)
    t.ok(percentile(delays, 0.999) < 30, `and soon: ${percentile(delays, 0.999).toFixed(1)} ms`)
    t.equal(server.gate.waiting, 0)
    t.end()
  })
}

t.test('nobody is turned away for pauses of the machine that leave time for everybody', (t) => {
  const server = new ServerUnderLoad({ phones })
  const seconds = 3
  offer(server, 0.85 * capacity, 0, seconds * 1000, chance(11))
  for (let at = 400; at < seconds * 1000; at += 1300) server.pause(at, 150)
  server.run()
  t.equal(server.outcomes(({ outcome }) => outcome !== 'taken').length, 0)
  const waits = server.outcomes(({ text }) => text.startsWith('INVITE')).map(({ at, done }) => done - at)
  t.ok(Math.max(...waits) < 400, `the longest wait is ${Math.max(...waits).toFixed(1)} ms`)
  t.end()
})

t.test('a second after the load has gone down nobody is turned away any more', (t) => {
  const server = new ServerUnderLoad({ phones })
  const random = chance(9)
  offer(server, 3 * capacity, 0, 600, random)
  offer(server, 0.8 * capacity, 600, 2600, random)
  server.run()
  const late = server.outcomes(({ at, text, outcome }) => at > 1600 && text.startsWith('INVITE') && outcome !== 'taken')
  t.equal(late.length, 0)
  t.end()
})

t.test('one address in a flood does not hurt the others', (t) => {
  const server = new ServerUnderLoad({ phones })
  const random = chance(4)
  offer(server, 3 * capacity, 0, 900, random)
  // A phone that calls every 10 ms, in the middle of it.
  for (let at = 150; at < 900; at += 10) {
    server.arrive(at, requestText('INVITE', '200', 'cleo', `X-Call: cleo-${at}\r\n`), flowFrom('198.51.100.2'))
  }
  server.run()
  const calls = server.outcomes(({ text }) => text.startsWith('INVITE') && text.includes('cleo-'))
  t.equal(calls.length, 75)
  t.equal(calls.filter(({ outcome }) => outcome === 'taken').length, 75)
  t.ok(Math.max(...calls.map(({ at, done }) => done - at)) < 20)
  t.end()
})

t.test('a storm of known phones is served in order and whole, and calls go on', (t) => {
  const storm = new Map(Array.from({ length: 10_000 }, (_, index) => [`p${index}`, '198.51.100.9'] as const))
  const server = new ServerUnderLoad({ phones: storm })
  for (let index = 0; index < 10_000; index++) {
    server.arrive(index / 100, requestText('REGISTER', `p${index}`, ''), flowFrom('198.51.100.9'))
  }
  offer(server, 0.3 * capacity, 0, 1000, chance(3))
  server.run()
  const registers = server.outcomes(({ text }) => text.startsWith('REGISTER'))
  t.equal(registers.length, 10_000)
  t.ok(registers.every(({ outcome }) => outcome === 'taken'))
  t.same(
    registers.map(({ text }) => text),
    [...registers].sort((a, b) => a.at - b.at).map(({ text }) => text),
  )
  const calls = server.outcomes(({ text }) => text.startsWith('INVITE'))
  t.ok(calls.filter(({ outcome }) => outcome === 'taken').length > 0.9 * calls.length)
  t.end()
})

t.test(
  'emergency calls of registered phones pass at once, up to a ceiling; those of trunks and strangers do not',
  (t) => {
    const server = new ServerUnderLoad({ phones })
    offer(server, 4 * capacity, 0, 850, chance(5))
    const call = (at: number, who: string, address: string, number: string) =>
      server.arrive(at, requestText('INVITE', number, who, `X-Call: ${who}-${number}-${at}\r\n`), flowFrom(address))
    call(500, 'ann', '198.51.100.1', '112')
    call(501, '100', '198.51.100.1', '0112')
    for (let index = 0; index < 2000; index++) {
      call(600 + index / 10, 'ben', '198.51.100.1', '112')
      call(600 + index / 10, 'x', '203.0.113.5', '112')
    }
    server.arrive(700, requestText('INVITE', '112', 'trunk', 'X-Call: trunk-112\r\n'), trunkFlow)
    server.run()
    const { emergency } = server.gate.counters
    t.ok(emergency >= 22 && emergency <= 90, `${emergency} passed`)
    const ann = server.outcomes(({ text }) => text.includes('X-Call: ann-') || text.includes('X-Call: 100-'))
    t.same(
      ann.map(({ outcome }) => outcome),
      ['taken', 'taken'],
    )
    t.ok(ann.every(({ at, done }) => done - at < 10))
    t.end()
  },
)

t.test('RFC 3261 §9: what is cancelled while it waits rings nowhere; what is cancelled elsewhere does', (t) => {
  const server = new ServerUnderLoad({ phones })
  offer(server, 3 * capacity, 0, 400, chance(6))
  const from = flowFrom('198.51.100.1')
  const request = (method: string, branch: string) =>
    requestText(method, '200', 'ann', `X: ${method} ${branch}\r\n`).replace('z9hG4bK1', `${branch};rport`)
  // From one address, whose first call is behind no other: several, so that some wait.
  for (let call = 0; call < 200; call++) server.arrive(200, request('INVITE', `z9hG4bK-ann-${call}`), from)
  server.arrive(200.1, request('CANCEL', 'z9hG4bK-ann-199'), from)
  server.arrive(200.1, request('CANCEL', 'z9hG4bK-ann-198'), flowFrom('198.51.100.2'))
  server.arrive(390, request('INVITE', 'z9hG4bK-ann-later'), from)
  server.run()
  const outcomeOf = (method: string, branch: string) =>
    server.outcomes(({ text }) => text.includes(`X: ${method} ${branch}\r\n`)).map(({ outcome }) => outcome)
  t.same(outcomeOf('INVITE', 'z9hG4bK-ann-199'), ['given up'])
  t.same(
    outcomeOf('CANCEL', 'z9hG4bK-ann-199'),
    ['taken'],
    'whether it is for a call that was let in, the call server knows',
  )
  t.same(outcomeOf('INVITE', 'z9hG4bK-ann-198'), ['taken'], 'not by somebody else')
  t.equal(server.outcomes(({ outcome }) => outcome === 'given up').length, 1)
  t.end()
})

t.test('scanners get no answer', (t) => {
  const server = new ServerUnderLoad({ phones })
  const scan = (user: string, agent: string) => requestText('OPTIONS', user, 'x', `User-Agent: ${agent}\r\n`)
  server.arrive(1, scan('1', 'friendly-scanner'), flowFrom('203.0.113.1'))
  server.arrive(2, scan('2', 'a Friendly-Scanner/2'), flowFrom('203.0.113.1'))
  server.arrive(3, scan('3', 'Desk Phone'), flowFrom('203.0.113.1'))
  server.arrive(4, scan('4', 'friendly-scanner'), trunkFlow)
  server.run()
  t.equal(server.gate.counters.scanners, 2)
  t.equal(server.handled.length, 2, 'others do, and trunks, whose carrier may call itself as it likes')
  t.end()
})

t.test('a stranger may send so much a second, known phones and calls in progress are not his', (t) => {
  const server = new ServerUnderLoad({ phones, dialogs: new Set(['ours']) }, { sourceRate: 10 })
  const stranger = flowFrom('203.0.113.1')
  for (let index = 0; index < 100; index++) {
    server.arrive(index, requestText('OPTIONS', `o${index}`, 'x'), stranger)
    server.arrive(index, requestText('BYE', `b${index}`, 'x'), stranger)
    server.arrive(index, requestText('REGISTER', `r${index}`, 'x'), flowFrom('198.51.100.1'))
  }
  server.arrive(100, requestText('BYE', 'b', 'x').replace('b@pbx.example>', 'b@pbx.example>;tag=ours'), stranger)
  server.run()
  const from = (address: string) => server.outcomes(({ flow }) => flow.address === address)
  t.equal(
    from('203.0.113.1').length,
    21,
    'a burst of twice the rate, nearly one that grew meanwhile, the call that is ours',
  )
  t.equal(from('198.51.100.1').length, 100)
  t.equal(server.gate.counters.flooding, 180)
  t.end()
})

t.test('a rate that the settings give is kept', (t) => {
  const server = new ServerUnderLoad({ phones }, { callRate: 20 })
  for (let index = 0; index < 1000; index++) {
    server.arrive(index, requestText('INVITE', '200', 'x', `X-Call: c${index}\r\n`), trunkFlow)
  }
  server.arrive(999, requestText('INVITE', '112', 'ann'), flowFrom('198.51.100.1'))
  server.run()
  const taken = server.outcomes(({ text, outcome }) => text.startsWith('INVITE') && outcome === 'taken')
  t.equal(taken.length, 25 + 1 - 1, 'twenty in the second, a burst of five, and the emergency call')
  t.equal(server.gate.counters.overRate, 1001 - taken.length)
  t.end()
})

t.test('whatever comes: each message is taken, turned away or counted as dropped, once', (t) => {
  const message = fc.record({
    at: fc.integer({ min: 0, max: 300 }),
    method: fc.constantFrom('INVITE', 'REGISTER', 'OPTIONS', 'MESSAGE', 'BYE', 'SIP/2.0'),
    who: fc.constantFrom('ann', 'ben', 'cleo', 'x'),
    address: fc.constantFrom('192.0.2.1', '198.51.100.1', '198.51.100.2', '203.0.113.1', '203.0.113.2'),
    number: fc.constantFrom('112', '200'),
    agent: fc.constantFrom('', 'User-Agent: friendly-scanner\r\n'),
  })
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 300 }),
      fc.constantFrom(0, 5, 500),
      fc.constantFrom(0, 5, 500),
      fc.integer({ min: 1, max: 40 }),
      (messages, callRate, sourceRate, copies) => {
        const server = new ServerUnderLoad({ phones, exempt: '203.0.113.2' }, { callRate, sourceRate })
        let count = 0
        for (const { at, method, who, address, number, agent } of messages) {
          for (let copy = 0; copy < copies; copy++) {
            const text = requestText(method, method === 'REGISTER' ? who : number, who, `${agent}X: ${count++}\r\n`)
            server.arrive(at, text, flowFrom(address))
          }
        }
        server.run()
        const { scanners, flooding, lateRegistrations, calls, registrations, others, overRate } = server.gate.counters
        const turnedAway = server.outcomes(({ outcome }) => outcome === 'turned away').length
        const handled = new Set(server.handled.map(({ text }) => text))
        return (
          handled.size === server.handled.length &&
          handled.size + scanners + flooding + lateRegistrations === count &&
          turnedAway === calls + registrations + others + overRate &&
          server.gate.waiting === 0
        )
      },
    ),
    { numRuns: 60 },
  )
  t.end()
})
