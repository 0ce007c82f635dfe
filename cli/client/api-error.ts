import type { Problem } from './api.ts'

/** Nobody answered. The message is one line that says why and what to do. */
export class ServerNotReachedError extends Error {}

/** The server answered that it does not do this. */
export class RequestRefusedError extends Error {
  readonly status: number
  /** What was answered; where it was no problem document, one made from the status. */
  readonly problem: Problem

  constructor(status: number, problem: Problem) {
    super(problem.detail)
    this.status = status
    this.problem = problem
  }
}

/** The problem document of an answer, or one that says as much as is known. */
export function problemOf(status: number, body: unknown): Problem {
  if (typeof body === 'object' && body !== null && 'detail' in body && typeof body.detail === 'string') {
    return body as Problem
  }
  const detail = `The server answered ${status} and no reason: is it Ringdown that listens there?`
  return { type: 'about:blank', title: 'The request was refused', status, detail }
}

/** Lines for people: what is wrong, each field with its cure, and what stands in the way. */
export function formatRefusal({ problem, status }: RequestRefusedError): string {
  const { title, detail, problems = [], referrers = [], logId } = problem
  // Where the API speaks of its own addresses, the command line has an option.
  const advice = detail.replaceAll('add ?references=clear', 'say --clear-references')
  const lines = problems.length === 0 ? [advice] : [`${title}:`]
  for (const { path, value, message, cure } of problems) {
    const place = path === '' ? '' : `${path}${value === '' ? '' : ` (${value})`}: `
    lines.push(`  ${place}${message}. ${cure}.`)
  }
  for (const { kind, id, path, title: name } of referrers) {
    lines.push(`  ${kind} ${id}${name === id ? '' : ` (${name})`}: ${path}`)
  }
  if (status === 412) lines.push('Look at what it is now, and try again.')
  if (logId !== undefined) lines.push(`The server's log tells more: ${logId}`)
  return lines.map((line) => `${line}\n`).join('')
}
