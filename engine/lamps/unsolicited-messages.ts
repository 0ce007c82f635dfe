import type { Binding } from '../registrar/binding.ts'
import type { OutgoingRequest } from '../sip/request.ts'
import { transportParameter } from '../sip/uri.ts'
import { messageBody, messageState } from './bodies.ts'
import type { Mailboxes } from './message-counts.ts'
import { resourceOf } from './resources.ts'
import type { SubscriptionServices } from './services.ts'

/**
 * Tells phones of waiting messages that never asked (RFC 3842 has no word for it, but older phones know nothing else),
 * where their PBX says so. Each phone is told when it registers and when something changes; nobody waits for its answer.
 */
export class UnsolicitedMessages {
  readonly #services: SubscriptionServices
  readonly #mailboxes: Mailboxes

  constructor(services: SubscriptionServices, mailboxes: Mailboxes) {
    this.#services = services
    this.#mailboxes = mailboxes
  }

  /** A phone of this user is registered from now on. */
  registered(userId: string, binding: Binding): void {
    const user = this.#services.snapshot.users.get(userId)
    if (user?.pbx.unsolicitedMessageWaiting === true) this.#tell(userId, binding)
  }

  /** The messages of a user have changed. */
  changed(userId: string): void {
    const { snapshot, bindings } = this.#services
    const user = snapshot.users.get(userId)
    if (user?.pbx.unsolicitedMessageWaiting !== true) return
    for (const binding of bindings.contactsOf(user)) this.#tell(userId, binding)
  }

  #tell(userId: string, { contact, path, target }: Binding): void {
    const { snapshot, network, random, transactions } = this.#services
    const entity = resourceOf(snapshot, userId)?.entity
    if (entity === undefined || target === null) return
    const advertised = network.advertised(target)
    const request: OutgoingRequest = {
      method: 'NOTIFY',
      requestUri: contact,
      transport: target.transport,
      sentBy: advertised,
      branch: transactions.newBranch(),
      from: `<${entity}>;tag=${random.token(12)}`,
      to: `<${entity}>`,
      callId: random.token(24),
      cseq: 1,
      route: path === '' ? '' : `Route: ${path}\r\n`,
      maxForwards: 70,
      headers:
        `Contact: <sip:${advertised}${transportParameter(target.transport)}>\r\nEvent: message-summary\r\n` +
        'Subscription-State: active\r\nContent-Type: application/simple-message-summary\r\n',
      body: messageBody(messageState(this.#mailboxes.countsOf(userId)), entity),
    }
    transactions.sendRequest(request, target, null)
  }
}
