/**
 * The process of a `ProbeProcess`: probes a server by calls and OPTIONS, and reports when it is asked. It has real-time priority
 * where that is allowed, and little else to do: what the measuring program waits for is no delay of the server.
 */
import { execFileSync } from 'node:child_process'
import { CallProbe } from './call-probe.ts'
import { OptionsProbe } from './options-probe.ts'
import type { ProbeOrder, ProbeReport } from './probe-process.ts'

let calls: CallProbe | null = null
let options: OptionsProbe | null = null

function report(message: ProbeReport): void {
  process.send?.(message)
}

/** Only root may. Threads of this process do not inherit it. */
function goFirst(): boolean {
  try {
    execFileSync('chrt', ['--reset-on-fork', '--rr', '--pid', '1', String(process.pid)], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

async function start(order: Extract<ProbeOrder, { order: 'start' }>): Promise<void> {
  const first = goFirst()
  calls = new CallProbe(order.calls)
  await calls.start()
  if (order.options !== null) {
    options = new OptionsProbe(order.options)
    await options.start()
  }
  report({ report: 'started', first })
}

process.on('message', (order: ProbeOrder) => {
  if (order.order === 'start') void start(order)
  else report({ report: 'times', postDial: calls?.times.take() ?? [], options: options?.times.take() ?? [] })
})
process.on('disconnect', () => process.exit(0))
