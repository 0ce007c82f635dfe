import type { Document, DocumentDevice, DocumentTrunk, DocumentUser } from '../../engine/config/document.ts'
import type { Credentials } from './digest.ts'
import { loopback } from './ports.ts'

/** A user of the tests' company and what his phones sign in with. */
export interface Person extends Credentials {
  readonly id: string
  readonly extension: string
  readonly domain: string
  /** All his devices; the first one's credentials are those of the person. */
  readonly devices: readonly Credentials[]
}

export interface PersonOptions
  extends Pick<
    DocumentUser,
    | 'active'
    | 'blockCallerId'
    | 'blockList'
    | 'callingPlan'
    | 'callWaiting'
    | 'doNotDisturb'
    | 'externalCallerId'
    | 'forwarding'
    | 'lines'
    | 'outboundBlockList'
    | 'primaryNumber'
    | 'recording'
    | 'ringSeconds'
    | 'rules'
    | 'voicemail'
  > {
  readonly pbx?: 'north' | 'south'
  readonly devices?: number
  /** SIPp and baresip of Debian 12 know MD5 only, and give up when SHA-256 is offered beside it. */
  readonly digestAlgorithms?: DocumentDevice['digestAlgorithms']
}

/** Puts a document together: PBXs `north` (dial code 21) and `south` (22), and whoever a test needs. */
export class Company {
  readonly #users: DocumentUser[] = []
  readonly #devices: DocumentDevice[] = []
  readonly #numbers: { number: string; user?: string }[] = []
  readonly #trunks: DocumentTrunk[] = []
  readonly #next = { north: 1001, south: 1001 }

  person(options: PersonOptions = {}): Person {
    const { pbx = 'north', devices = 1, digestAlgorithms = ['MD5'], ...rest } = options
    const extension = String(this.#next[pbx]++)
    const id = `${pbx}-${extension}`
    this.#users.push({
      userName: id,
      firstName: pbx === 'north' ? 'Nora' : 'Sam',
      lastName: `Number ${extension}`,
      email: `${id}@example.com`,
      site: `${pbx}-office`,
      extension,
      ringSeconds: 2,
      ...rest,
    })
    const credentials = Array.from({ length: devices }, (_, index) => ({
      userName: `${id}-phone${index + 1}`,
      password: `secret-of-${id}-${index + 1}`,
    }))
    for (const { userName, password } of credentials) {
      this.#devices.push({ user: id, sipUserName: userName, password, digestAlgorithms: [...digestAlgorithms] })
    }
    if (rest.primaryNumber) this.#numbers.push({ number: rest.primaryNumber, user: id })
    const first = credentials[0] ?? { userName: '', password: '' }
    return { id, extension, domain: `${pbx}.test`, devices: credentials, ...first }
  }

  /** Gives a person rules afterwards: they may name persons who came later. */
  forward(person: Person, forwarding: NonNullable<DocumentUser['forwarding']>): void {
    const index = this.#users.findIndex((user) => user.userName === person.id)
    const user = this.#users[index]
    if (user) this.#users[index] = { ...user, forwarding }
  }

  /** A trunk of this loopback address that is trusted by address and port. */
  trunk(port: number, options: Partial<DocumentTrunk> = {}): void {
    this.#trunks.push({
      id: `trunk-${port}`,
      name: `Carrier ${port}`,
      address: loopback,
      port,
      trusted: [{ address: loopback, port }],
      prefixes: ['+'],
      // SIPp's carriers answer what their scenario has and nothing else.
      optionsSeconds: 0,
      ...options,
    })
  }

  /** A trunk as the test writes it. */
  addTrunk(trunk: DocumentTrunk): void {
    this.#trunks.push(trunk)
  }

  number(number: string, user?: string): void {
    this.#numbers.push(user === undefined ? { number } : { number, user })
  }

  document(): Document {
    return {
      account: { name: 'Wire tests' },
      pbxs: [
        { id: 'north', name: 'North', domain: 'north.test', dialCode: '21', country: 'GB' },
        {
          id: 'south',
          name: 'South',
          domain: 'south.test',
          dialCode: '22',
          country: 'GB',
          digestAlgorithms: ['MD5'],
        },
      ],
      sites: [
        { id: 'north-office', name: 'North office', pbx: 'north', timeZone: 'Europe/London', areaCode: '20' },
        { id: 'south-office', name: 'South office', pbx: 'south', timeZone: 'Europe/London', areaCode: '20' },
      ],
      users: this.#users,
      devices: this.#devices,
      phoneNumbers: this.#numbers,
      trunks: this.#trunks,
    }
  }
}
