import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'

/** Debian's; `undefined` where it is not installed. */
const program = ['/usr/bin/rtpengine', '/usr/sbin/rtpengine'].find((path) => existsSync(path))

/** Why tests with it are skipped; `false`: it is there. */
export const withoutRtpengine = program === undefined ? 'rtpengine is not installed' : false

/** An rtpengine on loopback, without a module in the kernel. It serves within a moment. */
export function startRtpengine(
  controlPort: number,
  ports: { readonly first: number; readonly last: number },
): ChildProcess {
  const options = [
    // Debian's file opens ports of its own, which only one at a time can have.
    '--config-file=none',
    '--foreground',
    '--table=-1',
    '--interface=127.0.0.1',
    `--listen-ng=127.0.0.1:${controlPort}`,
    `--port-min=${ports.first}`,
    `--port-max=${ports.last}`,
    '--num-threads=1',
    '--log-level=1',
    '--log-stderr',
  ]
  return spawn(program ?? '', options, { stdio: 'ignore' })
}
