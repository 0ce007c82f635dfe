import { closeSync, openSync } from 'node:fs'

/** What the supervisor is asked by signals. */
export interface SignalListener {
  /** `hurry`: somebody asked a second time. */
  stop(hurry: boolean): void
  reload(): void
  /** The program was replaced on the disk: processes are to be those of the new one. */
  upgrade(): void
}

/**
 * npm passes Ctrl-C on to us although the terminal has sent it to us already: what comes this soon after the first is
 * the same wish, not an impatient one. Milliseconds.
 */
const sameWish = 700

/**
 * SIGTERM and SIGINT stop, a second one hurries; SIGUSR2 upgrades, SIGHUP reloads, except when it says that the terminal we
 * were started in is gone.
 */
export function listenForSignals(listener: SignalListener): void {
  const atTerminal = process.stdout.isTTY === true
  let asked = 0
  const stop = () => {
    const now = performance.now()
    if (asked !== 0 && now - asked < sameWish) return
    listener.stop(asked !== 0)
    if (asked === 0) asked = now
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  process.on('SIGUSR2', () => listener.upgrade())
  process.on('SIGHUP', () => {
    if (atTerminal && !terminalIsThere()) stop()
    else listener.reload()
  })
}

function terminalIsThere(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'))
    return true
  } catch {
    return false
  }
}
