import t from 'tap'
import { addressBytes } from './address-bytes.ts'
import { hepBytes } from './hep.ts'

/** The chunks of a packet by their type. */
function chunksOf(bytes: Buffer): Map<number, Buffer> {
  const chunks = new Map<number, Buffer>()
  for (let at = 6; at < bytes.length; ) {
    const length = bytes.readUInt16BE(at + 4)
    chunks.set(bytes.readUInt16BE(at + 2), bytes.subarray(at + 6, at + length))
    at += length
  }
  return chunks
}

t.test('a message becomes a packet that collectors read', (t) => {
  const bytes = hepBytes({
    source: '192.0.2.1',
    sourcePort: 5060,
    destination: '198.51.100.7',
    destinationPort: 5070,
    protocol: 17,
    at: 1_700_000_000_123,
    captureId: 2001,
    correlation: 'abc',
    text: 'OPTIONS sip:\xe9 SIP/2.0\r\n\r\n',
  })
  t.equal(bytes.toString('latin1', 0, 4), 'HEP3')
  t.equal(bytes.readUInt16BE(4), bytes.length)
  const chunks = chunksOf(bytes)
  t.same([...(chunks.get(1) ?? [])], [2])
  t.same([...(chunks.get(2) ?? [])], [17])
  t.same([...(chunks.get(3) ?? [])], [192, 0, 2, 1])
  t.same([...(chunks.get(4) ?? [])], [198, 51, 100, 7])
  t.equal(chunks.get(7)?.readUInt16BE(), 5060)
  t.equal(chunks.get(8)?.readUInt16BE(), 5070)
  t.equal(chunks.get(9)?.readUInt32BE(), 1_700_000_000)
  t.equal(chunks.get(10)?.readUInt32BE(), 123_000)
  t.equal(chunks.get(12)?.readUInt32BE(), 2001)
  t.equal(chunks.get(15)?.toString('latin1'), 'OPTIONS sip:\xe9 SIP/2.0\r\n\r\n')
  t.equal(chunks.get(17)?.toString('latin1'), 'abc')
  t.end()
})

t.test('addresses of both families', (t) => {
  const hex = (address: string) => addressBytes(address).toString('hex')
  t.equal(hex('192.0.2.255'), 'c00002ff')
  t.equal(hex('2001:db8::9'), '20010db8000000000000000000000009')
  t.equal(hex('::'), '0'.repeat(32))
  t.equal(hex('::1'), `${'0'.repeat(31)}1`)
  t.equal(hex('fe80::1:2%eth0'), 'fe800000000000000000000000010002')
  t.equal(hex('::ffff:192.0.2.1'), '00000000000000000000ffffc0000201')
  t.equal(hex('1:2:3:4:5:6:7:8'), '00010002000300040005000600070008')
  t.end()
})
