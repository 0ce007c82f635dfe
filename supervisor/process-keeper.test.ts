import t from 'tap'
import type { KeptListener } from './kept-process.ts'
import { ProcessKeeper } from './process-keeper.ts'

/** Processes in name only: what the keeper does with them. */
class Factory {
  readonly listeners: KeptListener[] = []
  readonly stopped: number[] = []
  readonly killed: number[] = []
  readonly lines: string[] = []
  readonly log = {
    info: (_fields: object, line: string) => this.lines.push(line),
    warn: (_fields: object, line: string) => this.lines.push(line),
    error: (_fields: object, line: string) => this.lines.push(line),
  }
  readonly start = (listener: KeptListener) => {
    const pid = this.listeners.push(listener) - 1
    return {
      pid,
      stop: () => {
        this.stopped.push(pid)
      },
      kill: () => {
        this.killed.push(pid)
        listener.ended('SIGKILL')
      },
    }
  }
}

function keeperOf(factory: Factory): ProcessKeeper {
  return new ProcessKeeper({
    name: 'Admin process',
    start: factory.start,
    log: factory.log as unknown as ConstructorParameters<typeof ProcessKeeper>[0]['log'],
    stopTime: 30,
  })
}

async function until(enough: () => boolean): Promise<void> {
  while (!enough()) await new Promise((resolve) => setTimeout(resolve, 5))
}

t.test('it is started once, and again when it ends', async (t) => {
  const factory = new Factory()
  const keeper = keeperOf(factory)
  keeper.begin()
  keeper.begin()
  t.equal(factory.listeners.length, 1)
  factory.listeners[0]?.reported({ report: 'ready' })
  factory.listeners[0]?.ended('SIGKILL')
  await until(() => factory.listeners.length === 2)
  factory.listeners[1]?.ended('exit code 70')
  await until(() => factory.listeners.length === 3)
  t.match(factory.lines, [/serves/, /ended unexpectedly/, /ended unexpectedly/])
  const ended = keeper.end()
  t.same(factory.stopped, [2])
  factory.listeners[2]?.ended('exit code 0')
  await ended
  t.same(factory.killed, [])
  keeper.begin()
  t.equal(factory.listeners.length, 3, 'none after the end')
})

t.test('the same reason is told once', async (t) => {
  const factory = new Factory()
  const keeper = keeperOf(factory)
  keeper.begin()
  for (let index = 0; index < 3; index++) {
    await until(() => factory.listeners.length === index + 1)
    factory.listeners[index]?.reported({ report: 'failed', message: 'port 8080 is in use' })
    factory.listeners[index]?.ended('exit code 78')
  }
  t.equal(factory.lines.length, 1)
  t.match(factory.lines[0], /cannot serve/)
  await keeper.end()
})

t.test('who does not stop is ended', async (t) => {
  const factory = new Factory()
  const keeper = keeperOf(factory)
  keeper.begin()
  await keeper.end()
  t.same(factory.stopped, [0])
  t.same(factory.killed, [0])
  await keeper.end()
})

t.test('an end while it waits for its next start', async (t) => {
  const factory = new Factory()
  const keeper = keeperOf(factory)
  keeper.begin()
  factory.listeners[0]?.ended('SIGKILL')
  await keeper.end()
  await new Promise((resolve) => setTimeout(resolve, 30))
  t.equal(factory.listeners.length, 1)
})

t.test('it is renewed on demand, which is no accident', async (t) => {
  const factory = new Factory()
  const keeper = keeperOf(factory)
  keeper.renew()
  t.equal(factory.listeners.length, 0, 'what was never begun is not')
  keeper.begin()
  keeper.renew()
  keeper.renew()
  t.same(factory.stopped, [0])
  factory.listeners[0]?.ended('exit code 0')
  t.equal(factory.listeners.length, 2, 'at once')
  keeper.renew()
  await until(() => factory.killed.length === 1)
  t.equal(factory.listeners.length, 3, 'one that does not stop is ended')
  t.same(factory.lines, [])
  const ended = keeper.end()
  factory.listeners[2]?.ended('exit code 0')
  await ended
})
