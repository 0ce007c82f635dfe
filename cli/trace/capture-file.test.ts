import t from 'tap'
import type { CallMessage } from '../client/api.ts'
import { captureFile } from './capture-file.ts'

const message: CallMessage = {
  direction: 'received',
  at: 1_700_000_000_123,
  transport: 'UDP',
  localAddress: '0.0.0.0',
  localPort: 5060,
  remoteAddress: '192.0.2.9',
  remotePort: 5070,
  text: 'OPTIONS\r\n\xe9',
  cut: false,
}

t.test('packets as readers of captures want them', (t) => {
  const bytes = captureFile([message, { ...message, direction: 'sent', remoteAddress: '2001:db8::9' }])
  t.equal(bytes.readUInt32LE(0), 0xa1b2c3d4)
  t.equal(bytes.readUInt32LE(20), 101)
  const first = bytes.subarray(24)
  t.equal(first.readUInt32LE(0), 1_700_000_000)
  t.equal(first.readUInt32LE(4), 123_000)
  const length = 20 + 8 + 10
  t.equal(first.readUInt32LE(8), length)
  const ip = first.subarray(16, 16 + length)
  t.equal(ip[0], 0x45)
  t.equal(ip.readUInt16BE(2), length)
  t.same([...ip.subarray(12, 20)], [192, 0, 2, 9, 0, 0, 0, 0])
  let sum = 0
  for (let at = 0; at < 20; at += 2) sum += ip.readUInt16BE(at)
  t.equal((sum & 0xffff) + (sum >>> 16), 0xffff, "the header's checksum fits")
  t.same([ip.readUInt16BE(20), ip.readUInt16BE(22), ip.readUInt16BE(24)], [5070, 5060, 18])
  t.equal(ip.toString('latin1', 28), 'OPTIONS\r\n\xe9')
  const second = first.subarray(16 + length + 16)
  t.equal(second[0], 0x60)
  t.equal(second.subarray(24, 40).toString('hex'), '20010db8000000000000000000000009')
  t.same([second.readUInt16BE(40), second.readUInt16BE(42)], [5060, 5070])
  t.equal(captureFile([]).length, 24)
  t.end()
})
