import { randomBytes } from 'node:crypto'
import type { MediaStart } from '../engine/control/media-start.ts'
import { sourceOpener } from './announcements/open-source.ts'
import { openPorts } from './ports/open-ports.ts'
import type { PacketPorts, PacketReceiver } from './ports/packet-ports.ts'
import type { MediaReport } from './protocol.ts'
import { RecordedSound } from './recorded-sound.ts'
import type { CarrierInUse, MediaLog } from './serve-media.ts'
import { MediaSessions } from './session/media-sessions.ts'
import type { MediaWorld } from './session/media-world.ts'
import type { OpenRecorder, OpenSource } from './session-sound.ts'

/** The sessions' world: the machine's ports, clocks and chance. */
class OwnWorld implements MediaWorld, PacketReceiver {
  readonly ports: PacketPorts
  readonly socketKind: string
  readonly socketWhy: string
  readonly openSource: OpenSource
  readonly openRecorder: OpenRecorder
  readonly report: (report: MediaReport) => void
  now = performance.now()
  sessions: MediaSessions | null = null
  #isFirst = true
  #source = 0
  /** Random words are drawn by the page. */
  #chance = Buffer.alloc(0)

  constructor(start: MediaStart, openRecorder: OpenRecorder, report: (report: MediaReport) => void) {
    const { ports, kind, why } = openPorts(start.udpSocket, this)
    this.ports = ports
    this.socketKind = kind
    this.socketWhy = why
    this.openSource = sourceOpener(() => performance.now())
    this.openRecorder = openRecorder
    this.report = report
  }

  received(port: number, entry: number, place: number, length: number): void {
    if (this.#isFirst) this.now = performance.now()
    this.#isFirst = false
    this.sessions?.received(port, entry, place, length)
  }

  listened(port: number, place: number, length: number): void {
    if (this.#isFirst) this.now = performance.now()
    this.#isFirst = false
    this.sessions?.listened(port, place, length)
  }

  batchEnded(): void {
    this.#isFirst = true
  }

  asAt(time: number, work: () => void): void {
    const { now } = this
    this.now = time
    work()
    this.now = now
  }

  wallClock(): number {
    return Date.now()
  }

  random(): number {
    if (this.#chance.length < 4) this.#chance = randomBytes(4096)
    const value = this.#chance.readUInt32LE(0)
    this.#chance = this.#chance.subarray(4)
    return value
  }

  newSource(): number {
    return this.#source++
  }
}

/** How often it is looked whether the system took all packets (ms). */
const lookEvery = 10_000

/**
 * The relay of this process.
 * @throws Error where the UDP sockets that are asked for are not there
 */
export function ownRelay(start: MediaStart, log: MediaLog, report: (report: MediaReport) => void): CarrierInUse {
  const { dataFolder, process, processes } = start
  const recorded = new RecordedSound({ dataFolder, process, processes, log, report })
  const world = new OwnWorld(start, recorded.open, report)
  const sessions = new MediaSessions(world)
  world.sessions = sessions
  if (world.socketWhy !== '') log.warn({ why: world.socketWhy }, 'Sound goes through node:dgram, which costs more')
  let lookedAt = world.now
  let told = 0
  log.info({ ...start.ports, socket: world.socketKind }, 'Media process serves')
  return {
    sessions,
    ports: start.ports,
    abilities: ['sdes', 'transcode', 'play', 'record', 'digits'],
    awake: () => {
      world.now = performance.now()
    },
    tick() {
      sessions.tick()
      if (world.now - lookedAt < lookEvery) return
      lookedAt = world.now
      const { failures } = world.ports
      if (failures > told) log.warn({ packets: failures - told }, 'The system did not take packets: they are lost')
      told = failures
    },
    async end() {
      await recorded.close()
      world.ports.close()
    },
  }
}
