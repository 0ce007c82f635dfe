/**
 * Runs a program on bytes of strangers: no network is asked for, no files but standard input and output, bounded time,
 * memory and output, without our environment, and as nobody where we are root.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

export interface ChildLimits {
  /** Of the whole run. */
  readonly seconds: number
  readonly megabytes: number
  /** Most that it may write. */
  readonly outputBytes: number
}

/** It failed or overstepped a limit; the message is for people. */
export class ChildFailedError extends Error {}

/** Nobody, on Debian and its kin. */
const nobody = 65_534

export function isInstalled(program: string): boolean {
  return pathOf(program) !== null
}

/**
 * The first arguments of ffmpeg: it reads standard input as this form, opens nothing else, and keeps to one thread.
 *
 * @param form as ffmpeg names it
 */
export function ffmpegInput(form: string): string[] {
  const quiet = ['-hide_banner', '-loglevel', 'error']
  return [...quiet, '-protocol_whitelist', 'pipe', '-threads', '1', '-f', form, '-i', 'pipe:0']
}

/**
 * @returns what it writes, piece by piece; ends when it has ended well
 * @throws ChildFailedError
 */
export async function* runLimited(
  program: string,
  args: readonly string[],
  input: AsyncIterable<Uint8Array>,
  limits: ChildLimits,
): AsyncGenerator<Buffer> {
  const path = pathOf(program)
  if (path === null) throw new ChildFailedError(`${program} is not installed`)
  // The shell sets the limits and is replaced by the program, which gives way. Address space is more than what is used.
  const limited = `ulimit -t ${limits.seconds} -v ${limits.megabytes * 1024} -f 0 -c 0 -n 64; exec nice -n 10 "$0" "$@"`
  const asNobody = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {}
  const child = spawn('/bin/sh', ['-c', limited, path, ...args], {
    cwd: '/',
    env: { PATH: '/usr/bin:/bin', LANG: 'C' },
    stdio: ['pipe', 'pipe', 'pipe'],
    ...asNobody,
  })
  const late = setTimeout(() => child.kill('SIGKILL'), limits.seconds * 1000)
  let words = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (words.length < 2000) words += text
  })
  const ended = new Promise<string | null>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code, signal) => {
      if (code === 0) resolve(null)
      else
        resolve(
          signal === null
            ? (words.trim().split('\n').at(-1) ?? '') || `status ${code}`
            : 'it took too long or too much',
        )
    })
  })
  const fed = feed(child.stdin, input)
  let length = 0
  try {
    for await (const piece of child.stdout as AsyncIterable<Buffer>) {
      length += piece.length
      if (length > limits.outputBytes) throw new ChildFailedError('there is more sound in it than is taken')
      yield piece
    }
    const fault = await ended
    if (fault !== null) throw new ChildFailedError(fault.slice(0, 300))
    await fed
  } finally {
    clearTimeout(late)
    child.kill('SIGKILL')
  }
}

/** A program that has read enough closes its input: that is no fault. */
async function feed(to: NodeJS.WritableStream, input: AsyncIterable<Uint8Array>): Promise<void> {
  let isOpen = true
  to.on('error', () => {
    isOpen = false
  })
  to.on('close', () => {
    isOpen = false
  })
  for await (const piece of input) {
    if (!isOpen) return
    if (!to.write(piece)) {
      await new Promise<void>((resolve) => {
        to.once('drain', resolve)
        to.once('close', resolve)
        to.once('error', () => resolve())
      })
    }
  }
  to.end()
}

function pathOf(program: string): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const found = folders.find((folder) => folder !== '' && existsSync(join(folder, program)))
  return found === undefined ? null : join(found, program)
}
