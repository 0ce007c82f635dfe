import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import fc from 'fast-check'
import t from 'tap'
import { TimerLists } from './timer-lists.ts'

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

t.test('what is stopped does not fire, the rest fires once and in order', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 50 }), async (kept) => {
      const lists = new TimerLists()
      const fired: string[] = []
      const owner = { timerFired: (name: string) => fired.push(name) }
      const timers = kept.map((_, index) => lists.start(5, owner, String(index)))
      for (const [index, timer] of timers.entries()) {
        if (kept[index] !== true) lists.stop(timer)
      }
      await wait(12)
      // Where the process stood still meanwhile, timers wait until sockets were read.
      await new Promise((resolve) => setImmediate(resolve))
      // A timer that fired or was stopped can be stopped again.
      for (const timer of timers) lists.stop(timer)
      return fired.join() === kept.flatMap((keep, index) => (keep ? [String(index)] : [])).join()
    }),
    { numRuns: 30 },
  )
  t.pass()
})

t.test('a timer that is started by one that fires fires too, once', async (t) => {
  const lists = new TimerLists()
  let count = 0
  const owner = {
    timerFired: () => {
      count++
      if (count < 5) lists.start(3, owner, 'again')
    },
  }
  lists.start(3, owner, 'first')
  await wait(80)
  t.equal(count, 5)
})

t.test('timers can stop their neighbours while they fire', async (t) => {
  const lists = new TimerLists()
  const fired: string[] = []
  const owner = {
    timerFired: (name: string) => {
      fired.push(name)
      lists.stop(second)
    },
  }
  lists.start(3, owner, 'first')
  const second = lists.start(3, owner, 'second')
  lists.start(3, owner, 'third')
  await wait(20)
  t.same(fired, ['first', 'third'])
})

t.test('after a stall, what has come in time is read before timers fire', async (t) => {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const happened: string[] = []
  const lists = new TimerLists()
  const done = new Promise<void>((resolve) => {
    socket.on('message', () => happened.push('message'))
    const owner = {
      timerFired: () => {
        happened.push('timer')
        resolve()
      },
    }
    lists.start(30, owner, 'ring')
  })
  const sender = createSocket('udp4')
  setImmediate(() => {
    sender.send('x', socket.address().port, '127.0.0.1')
    // The process has no processor while the timer runs out; timers are what Node looks at next.
    const end = performance.now() + 200
    while (performance.now() < end);
  })
  await done
  t.same(happened, ['message', 'timer'])
  sender.close()
  socket.close()
})
