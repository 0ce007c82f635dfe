import type { MediaPlay, MediaReport, MediaSession, MediaSide } from '../protocol.ts'
import type { NgAnswer, NgClient } from './ng-client.ts'
import { statisticsOf } from './rtpengine-statistics.ts'
import { fromBrowser, givenPorts, sideDescription, sideFlags, towardsBrowser } from './side-description.ts'

/** By which rtpengine knows the sides: the one that offers, and the one that answers. */
const [offers, answers] = ['a', 'b']

/** One session that rtpengine carries: what is ordered is told one step after the other, and only the newest state. */
export class RtpengineSession {
  readonly #client: Pick<NgClient, 'ask'>
  readonly #report: (report: MediaReport) => void
  readonly #name: string
  #state: MediaSession
  #isBusy = false
  #hasChanged = false
  #isClosed = false
  /** Whether rtpengine has been told to drop what each side sends. */
  readonly #blocked = [false, false]
  /** What is played to each side, by its name; over or not. */
  readonly #played: (string | null)[] = [null, null]
  readonly #timers: (NodeJS.Timeout | null)[] = [null, null]

  constructor(client: Pick<NgClient, 'ask'>, report: (report: MediaReport) => void, state: MediaSession, name: string) {
    this.#client = client
    this.#report = report
    this.#state = state
    this.#name = name
    this.#run()
  }

  set(state: MediaSession): void {
    this.#state = state
    this.#run()
  }

  tellStatistics(): void {
    this.#client.ask('query', { 'call-id': this.#name }, (answer) => this.#tell(answer, false))
  }

  /** Of the sides the one that answers: the second, or the browser, because it is told of us before anything is known of it. */
  get #answerer(): number {
    const browser = this.#state.sides.findIndex((side) => side.browser !== undefined)
    return browser < 0 ? 1 : browser
  }

  #tagOf(index: number): string {
    return index === this.#answerer ? answers : offers
  }

  close(): void {
    this.#isClosed = true
    for (const timer of this.#timers) if (timer !== null) clearTimeout(timer)
    this.#client.ask('delete', { 'call-id': this.#name, 'from-tag': 'a', 'delete-delay': 0 }, (answer) =>
      this.#tell(answer, true),
    )
  }

  #tell(answer: NgAnswer, last: boolean): void {
    const sides = this.#state.sides.map((side, index) => statisticsOf(answer, this.#tagOf(index), side.id))
    this.#report({ report: 'statistics', session: this.#state.id, last, sides })
  }

  /** Offer, answer, who hears whom, what is played. */
  #run(): void {
    if (this.#isBusy) {
      this.#hasChanged = true
      return
    }
    const { sides } = this.#state
    const [first, second] = [sides[1 - this.#answerer], sides[this.#answerer]]
    if (first === undefined) return
    this.#isBusy = true
    this.#describe('offer', first, second, () => {
      const isSilent = second === undefined || second.remote === null || first.remote === null
      if (isSilent || second.browser?.ufrag === '') this.#finish()
      else this.#describe('answer', second, first, () => this.#join(() => this.#finish()))
    })
  }

  #finish(): void {
    this.#isBusy = false
    if (this.#isClosed) return
    if (this.#hasChanged) {
      this.#hasChanged = false
      this.#run()
      return
    }
    for (const [index, side] of this.#state.sides.entries()) this.#play(index, side)
  }

  /** Tells rtpengine of a side; what it answers is where the other one sends to. */
  #describe(command: 'offer' | 'answer', side: MediaSide, other: MediaSide | undefined, done: () => void): void {
    const sdp = sideDescription(side)
    // An offer too names both: without it rtpengine takes it for another fork, and gives other ports.
    const passing = side.browser !== undefined ? fromBrowser : other?.browser !== undefined ? towardsBrowser : null
    const order = { 'call-id': this.#name, 'from-tag': offers, 'to-tag': answers, ...sideFlags(side), ...passing, sdp }
    this.#client.ask(command, order, (answer) => {
      if (this.#isClosed) return
      const ports = givenPorts(String(answer['sdp']))
      if (answer['result'] !== 'ok') this.#failed(side, String(answer['error-reason'] ?? 'rtpengine refuses it'))
      else if (other !== undefined && ports?.port !== other.local.port) {
        this.#failed(other, `rtpengine has lost port ${other.local.port}`)
      }
      done()
    })
  }

  /** Rtpengine goes by SDP for where sound goes, and passes it on all the same on hold: it has to be told. */
  #join(done: () => void): void {
    const { join, sides } = this.#state
    if (join === 'echo') for (const side of sides) this.#failed(side, 'rtpengine gives no echo')
    let left = 1
    const next = () => {
      left--
      if (left === 0) done()
    }
    for (const [index, side] of sides.entries()) {
      const isBlocked = join !== 'relay' || !side.sends || sides[1 - index]?.hears !== true
      if (isBlocked === this.#blocked[index]) continue
      this.#blocked[index] = isBlocked
      left++
      const order = { 'call-id': this.#name, 'from-tag': this.#tagOf(index) }
      this.#client.ask(isBlocked ? 'block media' : 'unblock media', order, next)
    }
    next()
  }

  #play(index: number, { id, play }: MediaSide): void {
    if (play?.id === this.#played[index] || (play === null && this.#played[index] === null)) return
    const timer = this.#timers[index]
    if (timer !== null && timer !== undefined) clearTimeout(timer)
    const tag = this.#tagOf(index)
    const wasPlaying = this.#played[index] !== null
    this.#played[index] = play?.id ?? null
    if (play === null) {
      if (wasPlaying) this.#client.ask('stop media', { 'call-id': this.#name, 'from-tag': tag }, () => undefined)
      return
    }
    if (play.source.kind === 'tones') this.#over(id, play, 'rtpengine plays files, no tones')
    else this.#playFile(index, id, play, 0)
  }

  /** Plays one file after the other; rtpengine says how long each is, and not when it is over. */
  #playFile(index: number, side: string, play: MediaPlay, place: number): void {
    const files = play.source.kind === 'files' ? play.source.files : []
    const file = files[place]
    if (file === undefined) {
      if (play.loop && files.length > 0) this.#playFile(index, side, play, 0)
      else this.#over(side, play, '')
      return
    }
    const order = { 'call-id': this.#name, 'from-tag': this.#tagOf(index), file }
    this.#client.ask('play media', order, (answer) => {
      if (this.#isClosed || this.#played[index] !== play.id) return
      const { duration } = answer
      if (answer['result'] !== 'ok' || typeof duration !== 'number' || duration <= 0) {
        this.#over(side, play, String(answer['error-reason'] ?? `${file} cannot be played`))
        return
      }
      this.#timers[index] = setTimeout(() => this.#playFile(index, side, play, place + 1), duration)
    })
  }

  #over(side: string, play: MediaPlay, fault: string): void {
    this.#report({ report: 'played', session: this.#state.id, side, play: play.id, fault })
  }

  #failed(side: MediaSide, why: string): void {
    this.#report({ report: 'sideFailed', session: this.#state.id, side: side.id, why })
  }
}
