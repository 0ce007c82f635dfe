import { readFileSync } from 'node:fs'

/** Waits until an engine's process has ended. */
export async function gone(pid: number, milliseconds: number): Promise<void> {
  const deadline = Date.now() + milliseconds
  for (;;) {
    // Orphans that have ended stay as zombies where the first process of a container does not collect them.
    if (!/^State:\s+[^Z]/m.test(statusOf(pid))) return
    if (Date.now() > deadline) throw new Error(`The engine ${pid} outlives its supervisor`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'latin1')
  } catch {
    return ''
  }
}
