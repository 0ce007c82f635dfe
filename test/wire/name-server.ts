/**
 * A name server for tests, over UDP on loopback (a mock of the real ones: it knows only what a test tells it, has no
 * compression and no TCP): RFC 1035, with SRV (RFC 2782) and NAPTR (RFC 3403) records.
 */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { loopback } from './ports.ts'

export type TestRecord =
  | { readonly type: 'A' | 'AAAA'; readonly address: string; readonly ttl?: number }
  | {
      readonly type: 'SRV'
      readonly priority: number
      readonly weight: number
      readonly port: number
      readonly target: string
    }
  | {
      readonly type: 'NAPTR'
      readonly order: number
      readonly preference: number
      readonly service: string
      readonly replacement: string
    }

const numbers: Readonly<Record<TestRecord['type'], number>> = { A: 1, AAAA: 28, SRV: 33, NAPTR: 35 }
const noSuchName = 3

export class NameServer {
  /** By name in lower case. A name that is not here does not exist. */
  readonly zone = new Map<string, readonly TestRecord[]>()
  /** `TYPE name` of each question, in order. */
  readonly questions: string[] = []
  readonly #socket = createSocket('udp4')

  static async start(zone: Readonly<Record<string, readonly TestRecord[]>>): Promise<NameServer> {
    const server = new NameServer()
    for (const [name, records] of Object.entries(zone)) server.zone.set(name, records)
    server.#socket.on('message', (query, { address, port }) => {
      server.#socket.send(server.#answer(query), port, address)
    })
    server.#socket.bind(0, loopback)
    await once(server.#socket, 'listening')
    return server
  }

  /** As a setting names it. */
  get address(): string {
    return `${loopback}:${this.#socket.address().port}`
  }

  async stop(): Promise<void> {
    this.#socket.close()
    await once(this.#socket, 'close')
  }

  #answer(query: Buffer): Buffer {
    const end = query.indexOf(0, 12)
    const question = query.subarray(12, end + 5)
    const name = labelsOf(query.subarray(12, end)).join('.').toLowerCase()
    const number = query.readUInt16BE(end + 1)
    const type = (Object.keys(numbers) as TestRecord['type'][]).find((one) => numbers[one] === number)
    this.questions.push(`${type ?? number} ${name}`)
    const records = this.zone.get(name)
    const found = (records ?? []).filter((record) => record.type === type)
    const header = Buffer.alloc(12)
    query.copy(header, 0, 0, 2)
    // An answer, authoritative, to a question that wanted recursion.
    header.writeUInt16BE(0x8580 | (records === undefined ? noSuchName : 0), 2)
    header.writeUInt16BE(1, 4)
    header.writeUInt16BE(found.length, 6)
    return Buffer.concat([header, question, ...found.map((record) => recordBytes(name, record))])
  }
}

function recordBytes(name: string, record: TestRecord): Buffer {
  const data = dataOf(record)
  const head = Buffer.alloc(10)
  head.writeUInt16BE(numbers[record.type], 0)
  head.writeUInt16BE(1, 2)
  head.writeUInt32BE('ttl' in record ? (record.ttl ?? 60) : 60, 4)
  head.writeUInt16BE(data.length, 8)
  return Buffer.concat([nameBytes(name), head, data])
}

function dataOf(record: TestRecord): Buffer {
  switch (record.type) {
    case 'A':
      return Buffer.from(record.address.split('.').map(Number))
    case 'AAAA': {
      const [before = '', after = ''] = record.address.split('::')
      const groups = (text: string) => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)))
      const last = groups(after)
      const bytes = Buffer.alloc(16)
      for (const [index, group] of groups(before).entries()) bytes.writeUInt16BE(group, index * 2)
      for (const [index, group] of last.entries()) bytes.writeUInt16BE(group, 16 - (last.length - index) * 2)
      return bytes
    }
    case 'SRV': {
      const fixed = Buffer.alloc(6)
      fixed.writeUInt16BE(record.priority, 0)
      fixed.writeUInt16BE(record.weight, 2)
      fixed.writeUInt16BE(record.port, 4)
      return Buffer.concat([fixed, nameBytes(record.target)])
    }
    case 'NAPTR': {
      const fixed = Buffer.alloc(4)
      fixed.writeUInt16BE(record.order, 0)
      fixed.writeUInt16BE(record.preference, 2)
      const texts = ['s', record.service, ''].map((text) => Buffer.from([text.length, ...Buffer.from(text)]))
      return Buffer.concat([fixed, ...texts, nameBytes(record.replacement)])
    }
  }
}

function nameBytes(name: string): Buffer {
  const labels = name.split('.').filter((label) => label !== '')
  return Buffer.concat([...labels.map((label) => Buffer.from([label.length, ...Buffer.from(label)])), Buffer.from([0])])
}

function labelsOf(bytes: Buffer): string[] {
  const labels: string[] = []
  for (let at = 0; at < bytes.length; ) {
    const length = bytes[at] ?? 0
    labels.push(bytes.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  return labels
}
