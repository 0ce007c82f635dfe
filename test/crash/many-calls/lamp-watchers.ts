import { setTimeout as sleep } from 'node:timers/promises'
import type { Address } from '../../wire/wires.ts'
import type { ManyUsers } from './many-users.ts'
import { domain } from './many-users.ts'
import { OwnPhone } from './own-phone.ts'

/** Lamps that one phone watches. */
const lampsOfPhone = 20
/** How long after the last change all lamps must be right, ms: changes of one lamp are told once a second at most. */
const patience = 15_000

interface Lamp {
  readonly phone: OwnPhone
  readonly callId: string
  /** Extension of a user or park slot. */
  readonly watched: string
}

/** Phones that watch the lamps of users and park slots, every second one by TCP. */
export class LampWatchers {
  readonly #lamps: Lamp[] = []
  readonly #phones: OwnPhone[] = []

  static async start(server: Address, users: ManyUsers, watched: readonly string[]): Promise<LampWatchers> {
    const watchers = new LampWatchers()
    for (let begin = 0; begin < watched.length; begin += lampsOfPhone) {
      const phone = await OwnPhone.register(server, users.next(), watchers.#phones.length % 2 === 0 ? 'UDP' : 'TCP')
      watchers.#phones.push(phone)
      await Promise.all(watched.slice(begin, begin + lampsOfPhone).map((one) => watchers.#watch(phone, one)))
    }
    return watchers
  }

  async #watch(phone: OwnPhone, watched: string): Promise<void> {
    const callId = `lamp-of-${watched}-${process.pid}`
    const subscribe = await phone.endpoint.authenticated('SUBSCRIBE', `sip:${watched}@${domain}`, {
      callId,
      headers: [
        ['Event', 'dialog'],
        ['Accept', 'application/dialog-info+xml'],
        ['Expires', '3600'],
      ],
    })
    const { status, text } = subscribe.finalResponse ?? (await subscribe.final())
    if (status !== 200) throw new Error(text)
    this.#lamps.push({ phone, callId, watched })
  }

  get count(): number {
    return this.#lamps.length
  }

  /** What phones could not do. */
  get faults(): readonly string[] {
    return this.#phones.flatMap(({ endpoint }) => endpoint.faults)
  }

  /** From now on only what is told anew counts. */
  forget(): void {
    for (const { lamps } of this.#phones) lamps.clear()
  }

  /** Waits until every lamp but these has been told and shows this; gives those that do not, with what they show. */
  async wrong(state: 'talking' | 'dark', but: ReadonlySet<string> = new Set()): Promise<readonly string[]> {
    const deadline = Date.now() + patience
    for (;;) {
      const wrong = this.#lamps.filter((lamp) => shown(lamp) !== state && !but.has(lamp.watched))
      if (wrong.length === 0 || Date.now() > deadline) {
        return wrong.map((lamp) => `${lamp.watched} is ${shown(lamp)}: ${lamp.phone.lamps.get(lamp.callId)}`)
      }
      await sleep(50)
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#phones.map(({ endpoint }) => endpoint.close()))
  }
}

function shown({ phone, callId }: Lamp): string {
  const document = phone.lamps.get(callId)
  if (document === undefined) return 'not told'
  const states = [...document.matchAll(/<state[^>]*>(\w+)<\/state>/g)].map(([, state]) => state)
  if (states.length === 0 || states.every((state) => state === 'terminated')) return 'dark'
  return states.length === 1 && states[0] === 'confirmed' ? 'talking' : states.join(' ')
}
