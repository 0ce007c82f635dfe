import t from 'tap'
import type { SrtpKey } from '../protocol.ts'
import { CounterCipher } from './counter-cipher.ts'
import { ReplayWindow } from './replay-window.ts'
import { SrtpContext } from './srtp-context.ts'
import { deriveKeys, readInlineKey, rtpLabels } from './srtp-keys.ts'

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')
const masterKey = hex('E1F97A0D3E018BE0D64FA32C06DE4139')
const masterSalt = hex('0EC675AD498AFEEBB6960B3AABE6')
const key: SrtpKey = {
  suite: 'AES_CM_128_HMAC_SHA1_80',
  key: Buffer.concat([masterKey, masterSalt]).toString('base64'),
}

t.test('keys are derived as in RFC 3711 appendix B.3', async (t) => {
  const keys = deriveKeys(masterKey, masterSalt, rtpLabels)
  t.equal(keys.cipher.toString('hex').toUpperCase(), 'C61E7A93744F39EE10734AFE3FF7A087')
  t.equal(keys.salt.toString('hex').toUpperCase(), '30CBBC08863D8C85D49DB34A9AE1')
  t.equal(keys.authentication.toString('hex').toUpperCase(), 'CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4')
})

t.test('the keystream is that of RFC 3711 appendix B.2', async (t) => {
  const cipher = new CounterCipher(hex('2B7E151628AED2A6ABF7158809CF4F3C'), hex('F0F1F2F3F4F5F6F7F8F9FAFBFCFD'))
  const stream = Buffer.alloc(48)
  cipher.apply(stream, 0, 48, 0, 0)
  const expected = 'E03EAD0935C95E80E166B16DD92B4EB4 D23513162B02D0F72A43A2FE4A5F97AB 41E95B3BB0A2E8DD477901E4FCA894C0'
  t.same(stream, hex(expected))
})

t.test('a packet is protected as other programs do it (the vector of libsrtp)', async (t) => {
  const packet = Buffer.alloc(64)
  hex('800f1234decafbadcafebabe abababababababababababababababab').copy(packet)
  const length = new SrtpContext(key).protect(packet, 0, 28, 12)
  const expected = '800f1234decafbadcafebabe 4e55dc4ce79978d88ca4d215949d2402 b78d6acc99ea179b8dbb'
  t.same(packet.subarray(0, length), hex(expected))
})

/** A packet of 20 bytes of payload. */
function packetOf(sequence: number, ssrc = 5): Buffer {
  const packet = Buffer.alloc(100, 0x55)
  packet[0] = 0x80
  packet[1] = 0
  packet.writeUInt16BE(sequence, 2)
  packet.writeUInt32BE(sequence * 160, 4)
  packet.writeUInt32BE(ssrc, 8)
  return packet
}

for (const suite of ['AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_32'] as const) {
  t.test(`there and back by ${suite}, over the turn of the sequence number, with losses and disorder`, async (t) => {
    const sender = new SrtpContext({ ...key, suite })
    const receiver = new SrtpContext({ ...key, suite })
    const order = [65_533, 65_535, 65_534, 1, 65_532, 0, 2, 30_000, 60_000, 3]
    const round = [0, 0, 0, 1, 0, 1, 1, 1, 1, 2]
    // The sender counts in order: what he sends is made first.
    const sent = [...order.keys()]
      .sort((a, b) => round[a]! * 65_536 + order[a]! - round[b]! * 65_536 - order[b]!)
      .map((place) => {
        const packet = packetOf(order[place]!)
        return { place, packet, length: sender.protect(packet, 0, 32, 12) }
      })
      .sort((a, b) => a.place - b.place)
    for (const { place, packet, length } of sent) {
      t.equal(length, suite.endsWith('80') ? 42 : 36)
      t.equal(receiver.unprotect(packet, 0, length, 12), 32, `${order[place]}`)
      t.same(packet.subarray(0, 32), packetOf(order[place]!).subarray(0, 32))
    }
  })
}

t.test('what is changed, comes twice, is cut short or has another key is refused', async (t) => {
  const sender = new SrtpContext(key)
  const receiver = new SrtpContext(key)
  for (let byte = 0; byte < 42; byte++) {
    const packet = packetOf(byte)
    const length = sender.protect(packet, 0, 32, 12)
    packet[byte] = packet[byte]! ^ 0x10
    t.equal(receiver.unprotect(packet, 0, length, 12), -1, `byte ${byte}`)
  }
  const packet = packetOf(100)
  const length = sender.protect(packet, 0, 32, 12)
  const copy = Buffer.from(packet)
  t.equal(receiver.unprotect(packet, 0, length, 12), 32)
  t.equal(receiver.unprotect(copy, 0, length, 12), -1, 'twice')
  t.equal(receiver.unprotect(copy, 0, 15, 12), -1, 'cut short')
  const other = new SrtpContext({ ...key, key: Buffer.alloc(30, 1).toString('base64') })
  const next = packetOf(101)
  t.equal(other.unprotect(next, 0, sender.protect(next, 0, 32, 12), 12), -1)
})

t.test('RTCP: encrypted behind its first eight bytes, with an index of its own (RFC 3711 §3.4)', async (t) => {
  const sender = new SrtpContext({ ...key, suite: 'AES_CM_128_HMAC_SHA1_32' })
  const receiver = new SrtpContext({ ...key, suite: 'AES_CM_128_HMAC_SHA1_32' })
  const plain = Buffer.concat([hex('80c90001 00000005'), Buffer.alloc(24, 7)])
  for (let turn = 0; turn < 3; turn++) {
    const packet = Buffer.alloc(64)
    plain.copy(packet)
    const length = sender.protectRtcp(packet, 0, 32)
    t.equal(length, 46, 'the long tag in both suites')
    t.equal(packet.readUInt32BE(32), 0x8000_0000 + turn)
    t.notSame(packet.subarray(8, 32), plain.subarray(8))
    const copy = Buffer.from(packet)
    t.equal(receiver.unprotectRtcp(packet, 0, length), 32)
    t.same(packet.subarray(0, 32), plain)
    t.equal(receiver.unprotectRtcp(copy, 0, length), -1, 'twice')
  }
  t.equal(receiver.unprotectRtcp(Buffer.alloc(21), 0, 21), -1)
  // RTCP came first; the sound may begin anywhere.
  const sound = packetOf(60_000)
  t.equal(receiver.unprotect(sound, 0, sender.protect(sound, 0, 32, 12), 12), 32)
})

t.test('the window: 64 packets back, each once', async (t) => {
  const window = new ReplayWindow()
  t.ok(window.allows(1000))
  window.take(1000)
  t.notOk(window.allows(1000))
  t.ok(window.allows(937))
  t.notOk(window.allows(936), 'too old to tell')
  window.take(937)
  t.notOk(window.allows(937))
  window.take(1100)
  t.notOk(window.allows(1000))
})

t.test('keys that are none', async (t) => {
  t.equal(readInlineKey('AAAA'), null)
  t.throws(() => new SrtpContext({ suite: 'AES_CM_128_HMAC_SHA1_80', key: 'AAAA' }), RangeError)
})
