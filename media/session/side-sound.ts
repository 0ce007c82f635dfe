import type { MediaPlay } from '../protocol.ts'
import type { FrameSource } from '../session-sound.ts'
import type { Law } from '../sound/g711.ts'
import { encoded, linear, silence } from '../sound/g711.ts'
import type { MediaWorld } from './media-world.ts'
import { SidePlayer } from './side-player.ts'

const loudest = 32_767

/** What one side is played: sound instead of the other party or over it, and beeps. */
export class SideSound {
  /** The sound that is on; `null`: none. A beep alone has no player of its own numbering until it must be sent alone. */
  play: SidePlayer | null = null
  beep: SidePlayer | null = null
  readonly #world: MediaWorld
  readonly #ended: (play: string, fault: string) => void
  /** The play that was ordered last, be it over or not. */
  #ordered: string | null = null

  /** @param ended told of a play that is over */
  constructor(world: MediaWorld, ended: (play: string, fault: string) => void) {
    this.#world = world
    this.#ended = ended
  }

  /** Whether the other party is not to be heard. */
  get replaces(): boolean {
    return this.play?.how === 'replace'
  }

  get isOn(): boolean {
    return this.play !== null || this.beep !== null
  }

  order(play: MediaPlay | null): void {
    const id = play === null ? null : play.id
    if (id === this.#ordered) return
    this.#ordered = id
    this.play?.close()
    this.play = null
    if (play === null) return
    const source = this.#world.openSource(play.source, play.loop)
    this.play = new SidePlayer(play.id, play.how, this.#world.newSource(), source)
  }

  startBeep(source: FrameSource): void {
    this.beep?.close()
    this.beep = new SidePlayer('', 'mix', this.#world.newSource(), source)
  }

  /** Lays what is played over G.711 in place. */
  mixInto(memory: Uint8Array, start: number, bytes: number, law: Law): void {
    const expanded = linear[law]
    const compressed = encoded[law]
    const { play, beep } = this
    for (let at = start; at < start + bytes; at++) {
      const sum = expanded[memory[at]!]! + (play === null ? 0 : play.next()) + (beep === null ? 0 : beep.next())
      memory[at] = compressed[Math.max(-loudest - 1, Math.min(loudest, sum)) & 0xffff]!
    }
    this.#endWhatIsOver()
  }

  /** Writes what is played, alone, as G.711. */
  fill(memory: Uint8Array, start: number, bytes: number, law: Law): void {
    memory.fill(silence[law], start, start + bytes)
    this.mixInto(memory, start, bytes, law)
  }

  /** It cannot go on. */
  fail(fault: string): void {
    this.beep?.close()
    this.beep = null
    const { play } = this
    if (play === null) return
    this.play = null
    play.close()
    this.#ended(play.id, fault)
  }

  close(): void {
    this.play?.close()
    this.beep?.close()
    this.play = null
    this.beep = null
  }

  #endWhatIsOver(): void {
    if (this.beep?.isOver === true) {
      this.beep.close()
      this.beep = null
    }
    const { play } = this
    if (play?.isOver !== true) return
    const { fault } = play
    this.play = null
    play.close()
    this.#ended(play.id, fault)
  }
}
