import type { CallBegan, CallEvents, CallWentOn } from '../../engine/records/call-events.ts'
import type { BegunCall } from '../../engine/records/entries.ts'

/** One call as its record would have it. */
interface CallRecord {
  readonly began: CallBegan
  answered: boolean
  /** Id of the call as which it went on; ''. */
  into: string
  /** Final status; 0 while it goes on. */
  status: number
}

/** Status of a call whose end is not known. */
const lost = -1

/** The records of calls, made from what is told at the end of each turn, and what is wrong with them. */
export class CallRecords implements CallEvents {
  readonly #records = new Map<string, CallRecord>()
  readonly #begun: CallBegan[] = []
  readonly #faults: string[] = []
  #pending: (() => void)[] = []

  began(event: CallBegan): void {
    this.#pending.push(() => {
      if (this.#records.has(event.id)) this.#faults.push(`the record of ${event.id} begins twice`)
      const { parent = '' } = event
      if (parent !== '' && !this.#records.has(parent)) {
        this.#faults.push(`the record of ${event.id} has a parent ${parent} that never began`)
      }
      this.#records.set(event.id, { began: event, answered: false, into: '', status: event.refusal?.status ?? 0 })
      this.#begun.push(event)
    })
  }

  wentOn({ id }: CallWentOn): void {
    this.#open(id, 'goes on', () => undefined)
  }

  answered(id: string): void {
    this.#open(id, 'is answered', (record) => {
      if (record.answered) this.#faults.push(`the record of ${id} is answered twice`)
      record.answered = true
    })
  }

  transferred(id: string, _at: number, _by: unknown, into: string): void {
    this.#open(id, 'is transferred', (record) => {
      if (!record.answered) this.#faults.push(`the record of ${id} is transferred before it is answered`)
      record.into = into
    })
    this.#open(into, 'takes over', () => undefined)
  }

  recorded(id: string): void {
    this.#open(id, 'is recorded', () => undefined)
  }

  heard(id: string): void {
    this.#pending.push(() => {
      if (!this.#records.has(id)) this.#faults.push(`the record of ${id} tells of sound and never began`)
    })
  }

  ended(id: string, _at: number, _by: unknown, status: number): void {
    this.#open(id, 'ends', (record) => {
      record.status = status
    })
  }

  #open(id: string, what: string, then: (record: CallRecord) => void): void {
    this.#pending.push(() => {
      const record = this.#records.get(id)
      if (record === undefined || record.status !== 0) this.#faults.push(`the record of ${id} ${what} and is not open`)
      else then(record)
    })
  }

  /** The turn is over. */
  commit(): void {
    for (const note of this.#pending) note()
    this.#pending = []
  }

  /** The process died within the turn. */
  forgetTurn(): void {
    this.#pending = []
  }

  /** A process after this one begins: of what is not among the calls that it goes on with nobody will tell the end. */
  resume(living: ReadonlySet<string>): void {
    for (const [id, record] of this.#records) if (record.status === 0 && !living.has(id)) record.status = lost
  }

  /** What a process after this one is told of calls that began lately. */
  begun(): readonly BegunCall[] {
    const newest = this.#begun.at(-1)?.at ?? 0
    return this.#begun.filter(({ at }) => at > newest - 64_000)
  }

  /** What is wrong with them when all calls are over. */
  faults(): string[] {
    const open = [...this.#records].filter(([, { status }]) => status === 0)
    return [...this.#faults, ...open.map(([id]) => `the record of ${id} has no end`)]
  }

  /**
   * What is wrong with the record of a call that a phone made: there is one, and it tells what the phone heard.
   * @param status that the phone got
   * @param crashed a process died meanwhile, and the next one may have refused what the first had answered
   * @returns '' where nothing is
   */
  faultOf(callId: string, fromTag: string, status: number, crashed: boolean): string {
    const found: CallRecord[] = []
    for (const record of this.#records.values()) {
      const { began } = record
      // Those of calls that the server makes itself came from nowhere.
      if (began.callId === callId && began.fromTag === fromTag && began.source !== '') found.push(record)
    }
    const [record] = found
    if (found.length > 1) return `${callId} has ${found.length} records`
    // What is refused before anybody knows who asks is no call.
    if (record === undefined) return status === 200 ? `${callId} was answered and has no record` : ''
    if (status === 200) return record.answered ? '' : `${callId} was answered, and its record does not say so`
    if (crashed || record.status === status || record.status === lost) return ''
    return `${callId} ended with ${status}, and its record says ${record.status}`
  }
}
