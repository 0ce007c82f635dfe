/** The loads of the benchmark "overload": phones, calls in progress, and a trunk whose rate changes while it calls. */
import { createSocket } from 'node:dgram'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Sipp } from '../../load/sipp/sipp.ts'

const scenarios = new URL('../../../bench/sipp/', import.meta.url)

export interface OverloadPorts {
  readonly server: number
  readonly caller: number
  readonly callee: number
  /** Takes emergency calls; calls in progress come from the next. */
  readonly emergency: number
  /** The first of four. */
  readonly control: number
}

export interface LoadFolder {
  readonly directory: string
  readonly callerCsvFile: string
  readonly bufferBytes: number
}

function shared({ directory, bufferBytes }: LoadFolder): { address: string; directory: string; bufferBytes: number } {
  return { address: '127.0.0.1', directory, bufferBytes }
}

function scenario(name: string): string {
  return fileURLToPath(new URL(name, scenarios))
}

/** All the phones. */
export function startPhones(folder: LoadFolder, ports: OverloadPorts): Promise<Sipp> {
  return Sipp.start({
    ...shared(folder),
    name: 'callee',
    scenarioFile: scenario('overload-callee.xml'),
    port: ports.callee,
    controlPort: ports.control,
    options: ['-aa', '-deadcall_wait', '2000'],
  })
}

/** The trunk that takes emergency calls. */
export function startEmergencyService(folder: LoadFolder, ports: OverloadPorts): Promise<Sipp> {
  return Sipp.start({
    ...shared(folder),
    name: 'emergency',
    scenarioFile: scenario('callee.xml'),
    port: ports.emergency,
    controlPort: ports.control + 1,
    options: [],
  })
}

/** Calls that are in progress, with one INFO a second each. */
export function startCallsInProgress(
  folder: LoadFolder,
  ports: OverloadPorts,
  calls: number,
  seconds: number,
): Promise<Sipp> {
  const file = join(folder.directory, 'overload-holder.xml')
  writeFileSync(
    file,
    readFileSync(scenario('overload-holder.xml'), 'latin1').replace('ROUNDS', String(seconds)),
    'latin1',
  )
  return Sipp.start({
    ...shared(folder),
    name: 'holder',
    scenarioFile: file,
    port: ports.emergency + 1,
    controlPort: ports.control + 2,
    options: [
      ...['-inf', folder.callerCsvFile, '-r', '100', '-m', String(calls), '-l', String(calls), '-base_cseq', '100'],
      `127.0.0.1:${ports.server}`,
    ],
  })
}

/** The trunk that calls more than can be served. */
export class Caller {
  readonly sipp: Sipp
  readonly #controlPort: number

  private constructor(sipp: Sipp, controlPort: number) {
    this.sipp = sipp
    this.#controlPort = controlPort
  }

  static async start(folder: LoadFolder, ports: OverloadPorts, name: string, rate: number): Promise<Caller> {
    const controlPort = ports.control + 3
    const sipp = await Sipp.start({
      ...shared(folder),
      name,
      scenarioFile: scenario('overload-caller.xml'),
      port: ports.caller,
      controlPort,
      options: [
        ...['-inf', folder.callerCsvFile, '-r', String(rate), '-l', '200000', '-deadcall_wait', '2000'],
        ...['-trace_rtt', '-rtt_freq', '200', `127.0.0.1:${ports.server}`],
      ],
    })
    return new Caller(sipp, controlPort)
  }

  /** From now on so many calls a second. */
  async setRate(rate: number): Promise<void> {
    const socket = createSocket('udp4')
    await new Promise<void>((resolve, reject) => {
      socket.send(`cset rate ${rate}`, this.#controlPort, '127.0.0.1', (error) => {
        socket.close()
        if (error === null) resolve()
        else reject(error)
      })
    })
  }

  /** Begins no calls any more, and ends when those there are have ended. */
  async finish(): Promise<void> {
    await this.setRate(0)
    await pause(1000)
    await this.sipp.stop()
  }
}
