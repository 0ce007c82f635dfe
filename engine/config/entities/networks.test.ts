import t from 'tap'
import { isNetwork, networkKey } from './networks.ts'

t.test('a network is an address with a length of its family', async (t) => {
  for (const text of ['10.0.0.0/8', '192.0.2.1/32', '::/0', '2001:db8::/48', '::ffff:192.0.2.1/128']) {
    t.ok(isNetwork(text), text)
  }
  for (const text of ['10.0.0.0', '10.0.0.0/33', '10.0.0/8', '::/129', '/8', '10.0.0.0/', '10.0.0.0/8x']) {
    t.notOk(isNetwork(text), text)
  }
})

t.test('networks are the same whatever stands in the bits that do not count', async (t) => {
  t.equal(networkKey('10.10.10.150/25'), networkKey('10.10.10.128/25'))
  t.equal(networkKey('192.168.1.77/24'), networkKey('192.168.1.0/024'))
  t.equal(networkKey('2001:DB8::1/48'), networkKey('2001:db8:0:0:1:2:3:4/48'))
  t.equal(networkKey('::ffff:192.0.2.1/128'), networkKey('::FFFF:c000:201/128'))
  t.equal(networkKey('fe80::1%eth0/64'), networkKey('fe80::/64'))
  t.not(networkKey('10.10.10.150/25'), networkKey('10.10.10.0/25'))
  t.not(networkKey('10.0.0.0/8'), networkKey('10.0.0.0/9'))
  t.not(networkKey('0.0.0.0/0'), networkKey('::/0'))
})
