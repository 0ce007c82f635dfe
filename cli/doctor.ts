import { readFileSync, statfsSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { resolve } from 'node:path'
import type { ListenerBody } from '../engine/config/entities/listener.ts'
import { formatProblem } from '../engine/config/problem.ts'
import { readDocument } from '../engine/config/read-document.ts'
import { StoreError } from '../engine/config/store/store-error.ts'
import { ControlClient } from '../engine/control/client.ts'
import type { ListenerSetting } from '../engine/control/engine-start.ts'
import type { GateReading } from '../engine/control/metrics.ts'
import { loadHugePages } from '../engine/huge-pages/huge-pages.ts'
import { loadNativeSockets } from '../engine/net/batching-socket/native-socket.ts'
import { expiryWarning, readCertificate } from '../engine/net/certificates/certificate.ts'
import { openDataFolder, StartError } from '../supervisor/data-folder.ts'
import { BindError, holdSockets } from '../supervisor/socket-holder.ts'
import { bindAdvice } from '../supervisor/supervise.ts'
import { chooseListeners } from './listeners.ts'
import type { ReadSettings } from './settings.ts'
import { SettingError } from './settings.ts'
import { withStore } from './stored-configuration.ts'

type Verdict = 'ok' | 'warn' | 'bad'

export interface Finding {
  readonly verdict: Verdict
  readonly subject: string
  /** What was found and, unless it is well, what to do. */
  readonly text: string
}

/** Below this a day of busy logs and journals may fill the disk, in bytes. */
const littleDisk = 1024 ** 3
/** Holds a second of 4000 calls a second in bursts; what most systems start with holds a tenth. Bytes. */
const goodReceiveBuffer = 4 * 1024 * 1024
/** TCP phones and the engine's own files. */
const goodFileLimit = 16_384
/** Certificates, rules by time of day and the phones' clocks are wrong together. 2024-01-01. */
const earliestClock = Date.UTC(2024, 0, 1)

/** Looks at what the server needs of this machine and prints it. Resolves with whether it could serve. */
export async function doctor(read: ReadSettings): Promise<boolean> {
  const findings = await examine(read)
  for (const { verdict, subject, text } of findings) {
    process.stdout.write(`${verdict.padEnd(4)}  ${subject.padEnd(16)}  ${text}\n`)
  }
  return findings.every((finding) => finding.verdict !== 'bad')
}

async function examine(read: ReadSettings): Promise<Finding[]> {
  const dataFolder = resolve(read.settings.data)
  const findings: Finding[] = [node(), folder(dataFolder)]
  const stored = await storedListeners(dataFolder)
  findings.push(stored.finding)
  const { config } = read.settings
  const document = config === '' ? null : readListeners(resolve(config))
  if (document !== null) findings.push(document.finding)
  let listeners: ListenerSetting[]
  try {
    listeners = chooseListeners(read, document?.listeners ?? stored.listeners)
  } catch (error) {
    if (!(error instanceof SettingError)) throw error
    return [...findings, { verdict: 'bad', subject: 'listeners', text: error.message }]
  }
  findings.push(...(await ports(dataFolder, listeners)), addresses(listeners), clock(), disk(dataFolder), fileLimit())
  findings.push(receiveBuffer(), udpSocket(read.settings['udp-socket']), hugePages())
  findings.push(...(await certificates(listeners, Date.now())))
  return findings
}

interface StoredListeners {
  readonly finding: Finding
  readonly listeners: readonly ListenerBody[]
}

async function storedListeners(dataFolder: string): Promise<StoredListeners> {
  const subject = 'configuration'
  try {
    return await withStore(dataFolder, async (store) => {
      const revision = store.revision()
      const [pbxs, users, devices] = await Promise.all([
        store.entities.count('pbx'),
        store.entities.count('user'),
        store.entities.count('device'),
      ])
      const text = `${store.path}: revision ${revision}, ${pbxs} PBXs, ${users} users, ${devices} devices`
      const listed = await store.entities.list('listener', { limit: 1000 })
      const listeners = listed.ok ? listed.entities.map(({ body }) => body as unknown as ListenerBody) : []
      return { finding: { verdict: 'ok', subject, text }, listeners }
    })
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    if (error.fault !== 'missing') return { finding: { verdict: 'bad', subject, text: error.message }, listeners: [] }
    return { finding: { verdict: 'ok', subject, text: error.message }, listeners: [] }
  }
}

/** The listeners of the document that will be applied; `null` where it cannot be. */
function readListeners(path: string): { finding: Finding; listeners: readonly ListenerBody[] | null } {
  const subject = 'document'
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { finding: { verdict: 'bad', subject, text: why }, listeners: null }
  }
  const reading = readDocument(text, path)
  if (reading.ok) {
    const { configuration, document } = reading
    const counts = `${configuration.count('pbx')} PBXs, ${configuration.count('user')} users`
    return { finding: { verdict: 'ok', subject, text: `${path}: ${counts}` }, listeners: document.listeners ?? [] }
  }
  const [first] = reading.problems
  const what = first === undefined ? 'it has mistakes' : formatProblem(first)
  return { finding: { verdict: 'bad', subject, text: `${path}: ${what}` }, listeners: null }
}

function node(): Finding {
  return { verdict: 'ok', subject: 'Node', text: `${process.version} on ${process.platform} ${process.arch}` }
}

function folder(path: string): Finding {
  try {
    openDataFolder(path)
    return { verdict: 'ok', subject: 'data folder', text: `${path} can be written` }
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    return { verdict: 'bad', subject: 'data folder', text: error.message }
  }
}

async function ports(dataFolder: string, listeners: readonly ListenerSetting[]): Promise<Finding[]> {
  const client = await ControlClient.open(dataFolder).catch(() => null)
  if (client !== null) {
    const status = await client.status()
    const { gate } = await client.metrics()
    client.close()
    const findings: Finding[] = [
      { verdict: 'ok', subject: 'ports', text: `a server is running here: ${status.listeners.join(', ')}` },
    ]
    findings.push(overload(gate))
    for (const problem of status.documentProblems) {
      findings.push({ verdict: 'warn', subject: 'in force', text: `an older configuration, because of: ${problem}` })
    }
    if (!status.journalHealthy) {
      findings.push({ verdict: 'bad', subject: 'journal', text: 'cannot be written: calls would not survive a crash' })
    }
    return findings
  }
  const findings: Finding[] = []
  for (const listener of listeners) {
    const place = `${listener.transport} port ${listener.port} of ${listener.address}`
    try {
      await (await holdSockets([listener])).release()
      findings.push({ verdict: 'ok', subject: 'ports', text: `${place} is free` })
    } catch (error) {
      if (!(error instanceof BindError)) throw error
      findings.push({ verdict: 'bad', subject: 'ports', text: bindAdvice(error) })
    }
  }
  return findings
}

/** Whether the running server turns requests away (docs/overload.md). */
function overload(gate: GateReading): Finding {
  const subject = 'overload'
  const turnedAway = gate.calls + gate.registrations + gate.others + gate.overRate
  const counts = `${turnedAway} requests turned away since its start, ${gate.flooding} of floods and ${gate.scanners} of scanners dropped`
  const lost = gate.receiveBuffer?.drops ?? 0
  if (gate.turningAway) {
    return { verdict: 'warn', subject, text: `more comes than can be served: ${counts} (docs/overload.md)` }
  }
  if (lost === 0) return { verdict: 'ok', subject, text: counts }
  return { verdict: 'warn', subject, text: `${counts}; ${lost} datagrams lost, because a receive buffer was full` }
}

/** One finding for each certificate, whoever uses it. `now` in ms since the epoch. */
async function certificates(listeners: readonly ListenerSetting[], now: number): Promise<Finding[]> {
  const subject = 'certificate'
  const findings = new Map<string, Finding>()
  for (const { certificateFiles } of listeners) {
    if (certificateFiles === undefined) continue
    const { certificate: path, key, clientAuthorities } = certificateFiles
    const reading = await readCertificate(certificateFiles)
    const id = [path, key, clientAuthorities].join('\n')
    if (!reading.ok) {
      findings.set(id, { verdict: 'bad', subject, text: reading.problem })
      continue
    }
    const { names, validTo } = reading.certificate
    const warning = expiryWarning(reading.certificate, now)
    const until = `good until ${new Date(validTo).toISOString().slice(0, 10)}, for ${names === '' ? 'no name' : names}`
    const text = `${path}: ${warning === '' ? until : `it ${warning}`}`
    findings.set(id, { verdict: warning === '' ? 'ok' : 'warn', subject, text })
  }
  return [...findings.values()]
}

function addresses(listeners: readonly ListenerSetting[]): Finding {
  const own = Object.values(networkInterfaces()).flatMap((infos) => infos ?? [])
  const outside = own.filter((info) => !info.internal && !info.address.startsWith('fe80:')).map((info) => info.address)
  const list = outside.length === 0 ? 'none but loopback' : outside.join(', ')
  if (listeners.every(({ address }) => address === '::1' || address.startsWith('127.'))) {
    const text = `${list}; the server listens to this machine only: --bind opens it to others`
    return { verdict: 'ok', subject: 'addresses', text }
  }
  const isPrivate = (address: string) => /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|f[cd])/.test(address)
  if (outside.every(isPrivate) && listeners.every((listener) => listener.advertised === '')) {
    const text = `${list}; all are private: phones and carriers outside need --advertise with your public address`
    return { verdict: 'warn', subject: 'addresses', text }
  }
  return { verdict: 'ok', subject: 'addresses', text: list }
}

function clock(): Finding {
  const now = new Date()
  const text = `${now.toISOString()}, time zone ${Intl.DateTimeFormat().resolvedOptions().timeZone}`
  if (now.getTime() >= earliestClock) return { verdict: 'ok', subject: 'clock', text }
  return { verdict: 'bad', subject: 'clock', text: `${text} is wrong: set it, and let NTP keep it` }
}

function disk(path: string): Finding {
  try {
    const { bavail, bsize } = statfsSync(path)
    const free = bavail * bsize
    const text = `${(free / 1024 ** 3).toFixed(1)} GiB free for ${path}`
    if (free >= littleDisk) return { verdict: 'ok', subject: 'disk', text }
    return { verdict: 'warn', subject: 'disk', text: `${text}: make room, the journal needs some` }
  } catch (error) {
    return { verdict: 'warn', subject: 'disk', text: `cannot be asked: ${String(error)}` }
  }
}

function fileLimit(): Finding {
  const limit = Number(/^Max open files\s+(\d+)/m.exec(readSystem('/proc/self/limits'))?.[1] ?? Number.NaN)
  if (Number.isNaN(limit)) return { verdict: 'ok', subject: 'open files', text: 'the limit is not known here' }
  if (limit >= goodFileLimit) return { verdict: 'ok', subject: 'open files', text: `${limit} allowed` }
  const text = `${limit} allowed, one for each phone on TCP: raise it (ulimit -n ${goodFileLimit}, or systemd LimitNOFILE)`
  return { verdict: 'warn', subject: 'open files', text }
}

function receiveBuffer(): Finding {
  const subject = 'receive buffer'
  const most = Number(readSystem('/proc/sys/net/core/rmem_max').trim() || Number.NaN)
  if (Number.isNaN(most)) return { verdict: 'ok', subject, text: 'the limit is not known here' }
  if (most >= goodReceiveBuffer) return { verdict: 'ok', subject, text: `${most} bytes allowed` }
  const text =
    `${most} bytes allowed, bursts of traffic may be lost: ` + `sysctl -w net.core.rmem_max=${goodReceiveBuffer * 2}`
  return { verdict: 'warn', subject, text }
}

function udpSocket(choice: ReadSettings['settings']['udp-socket']): Finding {
  const subject = 'UDP socket'
  if (choice === 'dgram') return { verdict: 'ok', subject, text: 'node:dgram, as the settings ask' }
  const native = loadNativeSockets()
  if (native.kind === 'loaded') return { verdict: 'ok', subject, text: 'batching' }
  if (choice === 'auto') {
    const text = `node:dgram, which costs more for each call: the batching one is not there (${native.why})`
    return { verdict: 'ok', subject, text }
  }
  const text = `the settings ask for the batching one, which is not there (${native.why}): set udp-socket to auto`
  return { verdict: 'bad', subject, text }
}

function hugePages(): Finding {
  const subject = 'huge pages'
  const native = loadHugePages()
  if (native.kind === 'loaded') return { verdict: 'ok', subject, text: 'the memory of calls is laid in them' }
  return { verdict: 'ok', subject, text: `none, so large companies cost more for each call: ${native.why}` }
}

function readSystem(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
