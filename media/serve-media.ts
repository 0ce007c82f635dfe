import { randomBytes } from 'node:crypto'
import type { MediaStart } from '../engine/control/media-start.ts'
import { sourceOpener } from './announcements/open-source.ts'
import { EngineLink } from './engine-link.ts'
import { openPorts } from './ports/open-ports.ts'
import type { PacketPorts, PacketReceiver } from './ports/packet-ports.ts'
import type { MediaHello, MediaOrder, MediaReport } from './protocol.ts'
import { RecordedSound } from './recorded-sound.ts'
import { MediaSessions } from './session/media-sessions.ts'
import type { MediaWorld } from './session/media-world.ts'
import type { OpenRecorder, OpenSource } from './session-sound.ts'

/** Milliseconds between ticks: a frame of sound. */
const tickTime = 20
/** Ticks that are made up for at once when the process was held up; more are left out. */
const mostMissed = 5
/** How long sessions are kept while no engine is there, in milliseconds: calls live through a restart, not for ever. */
const engineAbsence = 600_000

/** A media process at work. */
export interface ServedMedia {
  /** Ends all sessions; settles when what was recorded is on the disk. */
  close(): Promise<void>
}

interface Log {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

/** The process's own world: the machine's ports, clocks and chance. */
class OwnWorld implements MediaWorld, PacketReceiver {
  readonly ports: PacketPorts
  readonly socketKind: string
  readonly socketWhy: string
  readonly openSource: OpenSource
  readonly openRecorder: OpenRecorder
  readonly recorded: RecordedSound
  now = performance.now()
  sessions: MediaSessions | null = null
  link: EngineLink | null = null
  #isFirst = true
  #source = 0
  /** Random words are drawn by the page. */
  #chance = Buffer.alloc(0)

  constructor(start: MediaStart, log: Log) {
    const { ports, kind, why } = openPorts(start.udpSocket, this)
    this.ports = ports
    this.socketKind = kind
    this.socketWhy = why
    this.openSource = sourceOpener(() => performance.now())
    const { dataFolder, process } = start
    this.recorded = new RecordedSound({ dataFolder, process, log, report: (report) => this.report(report) })
    this.openRecorder = this.recorded.open
  }

  received(port: number, entry: number, place: number, length: number): void {
    if (this.#isFirst) this.now = performance.now()
    this.#isFirst = false
    this.sessions?.received(port, entry, place, length)
  }

  batchEnded(): void {
    this.#isFirst = true
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

  report(report: MediaReport): void {
    this.link?.report(report)
  }
}

/**
 * Serves sessions as the engine orders.
 * @throws Error where the UDP sockets that are asked for are not there
 */
export function serveMedia(start: MediaStart, log: Log): ServedMedia {
  const world = new OwnWorld(start, log)
  const sessions = new MediaSessions(world)
  world.sessions = sessions
  /** Sessions told on this connection, until `synchronised`; `null`: all are known. */
  let told: Set<string> | null = null
  let absence: NodeJS.Timeout | null = null
  const hello: MediaHello = {
    report: 'hello',
    version: 1,
    process: start.process,
    pid: process.pid,
    carrier: 'relay',
    ports: start.ports,
    addresses: start.addresses,
    abilities: ['sdes', 'transcode', 'play', 'record', 'digits'],
  }
  const closeAllBut = (kept: ReadonlySet<string>) => {
    for (const id of [...sessions.ids()]) if (!kept.has(id)) sessions.close(id)
  }
  const ordered = (order: MediaOrder) => {
    world.now = performance.now()
    switch (order.order) {
      case 'welcome':
        if (absence !== null) clearTimeout(absence)
        told = new Set()
        return
      case 'session':
        told?.add(order.session.id)
        sessions.set(order.session)
        return
      case 'synchronised':
        if (told !== null) closeAllBut(told)
        told = null
        return
      case 'close':
        sessions.close(order.session)
        return
      case 'statistics':
        sessions.tellStatistics(order.session)
        return
      default:
        order satisfies never
    }
  }
  const lost = () => {
    absence = setTimeout(() => {
      log.warn({ sessions: sessions.size }, 'No engine came back: all sessions are closed')
      closeAllBut(new Set())
      keepTime()
    }, engineAbsence)
  }
  const carryOut = (order: MediaOrder) => {
    ordered(order)
    keepTime()
  }
  world.link = new EngineLink({ dataFolder: start.dataFolder, hello, log, ordered: carryOut, lost })
  if (world.socketWhy !== '') log.warn({ why: world.socketWhy }, 'Sound goes through node:dgram, which costs more')
  log.info({ ...start.ports, socket: world.socketKind }, 'Media process serves')
  let timer: NodeJS.Timeout | null = null
  let ticked = 0
  const tick = () => {
    world.now = performance.now()
    if (world.now - ticked > mostMissed * tickTime) ticked = world.now - mostMissed * tickTime
    for (; world.now - ticked >= tickTime; ticked += tickTime) sessions.tick()
  }
  /** A process without sessions sleeps. */
  const keepTime = () => {
    if (sessions.size > 0 && timer === null) {
      ticked = performance.now()
      timer = setInterval(tick, tickTime / 2)
    } else if (sessions.size === 0 && timer !== null) {
      clearInterval(timer)
      timer = null
    }
  }
  return {
    async close() {
      if (timer !== null) clearInterval(timer)
      if (absence !== null) clearTimeout(absence)
      world.now = performance.now()
      closeAllBut(new Set())
      await world.recorded.close()
      world.link?.close()
      world.ports.close()
    },
  }
}
