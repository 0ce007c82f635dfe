import type { BenchUser } from '../population.ts'
import type { Exchange } from './exchange.ts'
import { headerOf, untilTaken } from './exchange.ts'
import { trunkText } from './people.ts'

/** Calls of the trunk by number. */
export class Talks {
  readonly #trunk: Exchange
  readonly #users: readonly BenchUser[]
  /** To with its tag. */
  readonly #to = new Map<number, string>()

  constructor(trunk: Exchange, users: readonly BenchUser[]) {
    this.#trunk = trunk
    this.#users = users
  }

  async begin(call: number): Promise<void> {
    const user = this.#users[call % this.#users.length] as BenchUser
    const { port } = this.#trunk
    let cseq = 0
    await untilTaken(async () => {
      const to = `<sip:${user.phoneNumber}@127.0.0.1>`
      const answer = await this.#trunk.ask(trunkText('INVITE', call, user, port, ++cseq, to))
      const answered = headerOf(answer, 'To')
      this.#to.set(call, answered)
      this.#trunk.send(trunkText('ACK', call, user, port, cseq, answered))
      return answer
    })
  }

  async end(call: number): Promise<void> {
    const user = this.#users[call % this.#users.length] as BenchUser
    const to = this.#to.get(call) ?? ''
    const answer = await this.#trunk.ask(trunkText('BYE', call, user, this.#trunk.port, 1000, to))
    if (!answer.startsWith('SIP/2.0 200')) throw new Error(`A BYE was refused:\n${answer}`)
    this.#to.delete(call)
  }
}
