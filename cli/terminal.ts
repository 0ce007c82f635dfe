/** What is done only where a person sits at a terminal. */
import { createInterface } from 'node:readline/promises'

/** After so long a wait it is told that something goes on, in milliseconds. */
const silence = 1000

/** Whether somebody can be asked. */
export function isInteractive(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true
}

/** Asks for yes or no; anything but yes is no. */
export async function confirmed(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const answer = await lines.question(`${question} [y/N] `)
    return ['y', 'yes'].includes(answer.trim().toLowerCase())
  } finally {
    lines.close()
  }
}

/** Shows at a terminal that long work goes on, and for how long already. */
export async function withProgress<Result>(what: string, work: Promise<Result>): Promise<Result> {
  if (process.stderr.isTTY !== true) return work
  const began = Date.now()
  let shown = false
  const timer = setInterval(() => {
    shown = true
    process.stderr.write(`\r${what}: ${Math.round((Date.now() - began) / 1000)} s `)
  }, silence)
  try {
    return await work
  } finally {
    clearInterval(timer)
    // Back to the beginning of the line, which is cleared (ECMA-48 CR, EL).
    if (shown) process.stderr.write('\r\u001b[K')
  }
}
