/** A mailbox: the sound files it names, and checks of notification and greetings. */
import type { Findings, Reference } from './kind.ts'
import type { MailboxBody } from './mailbox.ts'

const greetings = ['internal', 'external', 'businessHours', 'afterHours', 'weekend', 'temporary'] as const

/** References of a mailbox, with paths below `path`. */
export function mailboxReferences(mailbox: MailboxBody | undefined, path: string): Reference[] {
  if (mailbox === undefined) return []
  const found: Reference[] = []
  for (const name of greetings) {
    const id = mailbox.greetings?.[name]
    if (id !== undefined) found.push({ kind: 'audioFile', id, path: `${path}.greetings.${name}` })
  }
  if (mailbox.schedule !== undefined) found.push({ kind: 'schedule', id: mailbox.schedule, path: `${path}.schedule` })
  return found
}

/** Checks a mailbox; `owner` has an e-mail address of his own only where he is a person. */
export function checkMailbox(
  mailbox: MailboxBody | undefined,
  path: string,
  ownMail: boolean,
  findings: Findings,
): void {
  if (mailbox === undefined) return
  const { problems } = findings
  const notification = mailbox.notification ?? 'none'
  const nobody = mailbox.addresses === undefined ? !ownMail : mailbox.addresses.length === 0
  if (notification !== 'none' && nobody) {
    const cure = 'Write at least one address, or set notification to none'
    problems.add(`${path}.addresses`, mailbox.addresses, 'there is nobody to notify', cure)
  }
  if (mailbox.transcript === true && notification !== 'notice' && notification !== 'attachment') {
    const cure = 'Set notification to notice or attachment, or transcript to false'
    problems.add(`${path}.transcript`, true, 'transcripts are sent with notices only', cure)
  }
  const pinned = mailbox.greetings?.pinned
  if (pinned !== undefined && mailbox.greetings?.[pinned] === undefined) {
    const cure = `Write an audio file under ${pinned}, or pin another`
    problems.add(`${path}.greetings.pinned`, pinned, 'there is no such greeting', cure)
  }
}
