import type { CallMessage } from '../client/api.ts'

/** Characters between two columns. */
const step = 34
const timeWidth = 14
/** Of the user part of a URI, so that what follows it is seen too. */
const longestUser = 14

interface Column {
  /** `address:port` */
  readonly name: string
  /** Where its line stands. */
  readonly at: number
}

/**
 * Draws who said what to whom, one line a message, the parties as columns in the order in which they appear: who called
 * first, then this server, then the others.
 *
 * @param messages of one call, oldest first
 * @param timeOf the time of day to be printed, with milliseconds
 */
export function ladderText(messages: readonly CallMessage[], timeOf: (at: number) => string): string {
  const columns = columnsOf(messages)
  const own = columns[1]
  if (own === undefined) return ''
  const lines = [headOf(columns), linesOf(columns)]
  for (const message of messages) {
    const other = columns.find(({ name }) => name === endpointOf(message)) ?? own
    const [from, to] = message.direction === 'sent' ? [own, other] : [other, own]
    lines.push(timeOf(message.at).padEnd(timeWidth) + arrow(columns, from, to, summaryOf(message.text)))
  }
  return lines.map((line) => line.trimEnd()).join('\n')
}

function columnsOf(messages: readonly CallMessage[]): Column[] {
  const others = [...new Set(messages.map(endpointOf))]
  const [first = '', ...rest] = others
  return [first, 'Ringdown', ...rest].map((name, index) => ({ name, at: index * step + step / 2 }))
}

function endpointOf({ remoteAddress, remotePort }: CallMessage): string {
  return `${remoteAddress.includes(':') ? `[${remoteAddress}]` : remoteAddress}:${remotePort}`
}

function headOf(columns: readonly Column[]): string {
  return ' '.repeat(timeWidth) + columns.map(({ name }) => centred(name, step)).join('')
}

function centred(text: string, width: number): string {
  const room = Math.max(0, width - text.length)
  return ' '.repeat(Math.floor(room / 2)) + text + ' '.repeat(Math.ceil(room / 2))
}

function linesOf(columns: readonly Column[]): string {
  return ' '.repeat(timeWidth) + row(columns).join('')
}

/** A line's characters with nothing but the columns. */
function row(columns: readonly Column[]): string[] {
  const characters = Array<string>(columns.length * step).fill(' ')
  for (const { at } of columns) characters[at] = '|'
  return characters
}

function arrow(columns: readonly Column[], from: Column, to: Column, summary: string): string {
  const characters = row(columns)
  const [left, right] = from.at < to.at ? [from.at, to.at] : [to.at, from.at]
  for (let at = left + 1; at < right; at++) characters[at] = '-'
  characters[from.at < to.at ? right - 1 : left + 1] = from.at < to.at ? '>' : '<'
  // Over several columns the text stands beside this server's.
  const room = step - 6
  const text = ` ${summary.slice(0, room)} `
  // Behind the head of the arrow.
  const begin = left + (from.at < to.at ? 2 : 3)
  for (const [index, character] of [...text].entries()) characters[begin + index] = character
  return characters.join('')
}

/** The method, or the status and phrase, and what else tells messages apart at a glance. */
export function summaryOf(text: string): string {
  const [first = ''] = text.split('\r\n', 1)
  const session = /\r\n(?:content-type|c)[ \t]*:[ \t]*application\/sdp/i.test(text) ? ' (SDP)' : ''
  const sequence = /\r\ncseq[ \t]*:[ \t]*\d+[ \t]+([A-Z]+)/i.exec(text)?.[1] ?? ''
  if (first.startsWith('SIP/2.0 ')) {
    const status = first.slice(8)
    return sequence === 'INVITE' || sequence === '' ? status + session : `${status}${session} (${sequence})`
  }
  const [method = '', uri = ''] = first.split(' ')
  const user = /^(?:sips?|tel):([^@;]*)/i.exec(uri)?.[1] ?? ''
  const shown = user.length > longestUser ? `${user.slice(0, longestUser - 1)}~` : user
  return method === 'INVITE' ? `${method} ${shown}${session}` : method + session
}
