/**
 * The thread that reads messages back: for whoever asks for those of a call, and for a collector that is sent all of them
 * (HEP). Secrets are masked here, before anything leaves.
 */
import { createSocket } from 'node:dgram'
import { isIP } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'
import { callIdOf, messagesOf } from './call-messages.ts'
import { hepBytes } from './hep.ts'
import { maskSecrets } from './mask-secrets.ts'
import type { LadderListener, LadderMessage, LadderOrder, LadderReport, LadderThreadData } from './message-ladders.ts'
import type { KeptMessage } from './ring-reader.ts'
import { RingReader } from './ring-reader.ts'
import { sessionNotes } from './session-notes.ts'

/** How often new messages are looked for, for the collector (ms). */
const followEvery = 100
/** Beginnings of calls that are remembered, so that the caller's side goes under the call's id too. */
const mostCalls = 20_000

const { memory, listeners, collector } = workerData as LadderThreadData
const reader = new RingReader(memory)

function listenerOf({ listener }: KeptMessage): LadderListener {
  return listeners[listener] ?? { address: '0.0.0.0', port: 0 }
}

function shown(message: KeptMessage): LadderMessage {
  const { kind, at, transport, address, port, text, length } = message
  const own = listenerOf(message)
  return {
    direction: kind,
    at,
    transport,
    localAddress: own.address,
    localPort: own.port,
    remoteAddress: address,
    remotePort: port,
    text: maskSecrets(text),
    cut: length > text.length,
  }
}

parentPort?.on('message', ({ question, call }: LadderOrder) => {
  const { messages, more } = messagesOf(reader, call)
  const report: LadderReport = {
    question,
    found: { messages: messages.map(shown), more, notes: sessionNotes(messages) },
  }
  parentPort?.postMessage(report)
})

if (collector !== null) follow(collector)

function follow({ address, port, captureId }: NonNullable<LadderThreadData['collector']>): void {
  const socket = createSocket(isIP(address) === 6 ? 'udp6' : 'udp4')
  // A collector that is away loses what it is sent meanwhile, and nothing else comes of it.
  socket.on('error', () => undefined)
  socket.unref()
  const callOf = new Map<string, string>()
  let position = reader.end()
  const look = () => {
    const entries = reader.entries(position)
    for (let next = entries.next(); ; next = entries.next()) {
      if (next.done === true) {
        position = next.value
        return
      }
      const entry = next.value
      if (entry.kind === 'began') {
        if (callOf.size >= mostCalls) for (const first of callOf.keys()) if (callOf.delete(first)) break
        callOf.set(entry.callId, entry.id)
        continue
      }
      const callId = callIdOf(entry)
      socket.send(hepBytes(packetOf(entry, captureId, callOf.get(callId) ?? callId)), port, address)
    }
  }
  setInterval(look, followEvery)
}

function packetOf(message: KeptMessage, captureId: number, callId: string) {
  const own = listenerOf(message)
  const other = { address: message.address, port: message.port }
  const [from, to] = message.kind === 'sent' ? [own, other] : [other, own]
  // Calls' own Call-IDs begin with their id, which has 16 characters.
  const correlation = callId.slice(0, 16)
  return {
    source: sameFamily(from.address, other.address),
    sourcePort: from.port,
    destination: sameFamily(to.address, other.address),
    destinationPort: to.port,
    protocol: message.transport === 'UDP' ? (17 as const) : (6 as const),
    at: message.at,
    captureId,
    correlation,
    text: maskSecrets(message.text),
  }
}

/** A listener on all addresses of one family may be bound to `::`. */
function sameFamily(address: string, other: string): string {
  if (isIP(address) === isIP(other)) return address
  return isIP(other) === 6 ? '::' : '0.0.0.0'
}
