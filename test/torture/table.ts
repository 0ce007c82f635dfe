/** The page of the documentation that lists the torture messages and what becomes of them. */
import { isOutcomeAcceptable, isReadingAcceptable, outcomeInWords } from './acceptable.ts'
import { coreOutcome } from './core-server.ts'
import { rfc4475 } from './messages/rfc4475.ts'
import { rfc5118 } from './messages/rfc5118.ts'
import { readingInWords, readingOf } from './reading.ts'
import type { TortureCase } from './torture-case.ts'

const introduction = `# Torture messages

Written by \`npm run torture-table\`; a test fails when it is out of date.

RFC 4475 and RFC 5118 describe messages that try a server's patience. For each of them there is one of our own in
\`test/torture/messages\` with the same fault. It goes through parser and validation, and over UDP and TCP to a running
server, which must then still answer and in the end serve a call. The octets of RFC 4475 itself go the same way where
they are at hand (\`RFC4475_DIR\`, see [../CONTRIBUTING.md](../CONTRIBUTING.md)).

*Form*: what parser and validation say; *good* requests go on to sign-in, the registrar or a call. *Answer*: to a
stranger, by UDP; a response gets none, but *good* ones are looked at. Where a stream differs it says so: the rest of a
message is waited for, or the connection is closed because nobody can know where the next message begins.
`

function row(one: TortureCase): string {
  const { section, name, fault, text, stream } = one
  const answer = outcomeInWords(coreOutcome(text)).replace('silence', 'none')
  const onStream = stream === undefined ? '' : `; TCP: ${stream === 'closed' ? 'closed' : 'waits'}`
  return `| ${section} | ${name} | ${fault} | ${readingInWords(readingOf(text))} | ${answer}${onStream} |\n`
}

function isAcceptable({ acceptable, text }: TortureCase): boolean {
  const isRequest = !text.startsWith('SIP/2.0 ')
  return (
    isReadingAcceptable(acceptable, readingOf(text)) && isOutcomeAcceptable(acceptable, coreOutcome(text), isRequest)
  )
}

function part(title: string, cases: readonly TortureCase[]): string {
  const good = cases.filter(isAcceptable).length
  const rows = cases.map(row).join('')
  return `\n## ${title}: ${good} of ${cases.length} acceptable\n\n| § | message | what is unusual or wrong | form | answer |\n|---|---|---|---|---|\n${rows}`
}

/** The whole page, in Markdown. */
export function torturePage(): string {
  return `${introduction}${part('RFC 4475', rfc4475)}${part('RFC 5118 (IPv6)', rfc5118)}`
}
