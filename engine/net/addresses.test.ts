import type { NetworkInterfaceInfo } from 'node:os'
import t from 'tap'
import { Addresses, isNetwork } from './addresses.ts'
import type { Listener } from './listener.ts'
import { withPort } from './listener.ts'

function listener(address: string, advertised = '', localNetworks: string[] = []): Listener {
  return { transport: 'UDP', address, port: 5060, descriptor: null, advertised, advertisedMedia: '', localNetworks }
}

function info(address: string, bits: number, internal = false): NetworkInterfaceInfo {
  const base = { address, netmask: '', mac: '', internal, cidr: `${address}/${bits}` }
  return address.includes(':') ? { ...base, family: 'IPv6', scopeid: 0 } : { ...base, family: 'IPv4' }
}

const machine = {
  lo: [info('127.0.0.1', 8, true), info('::1', 128, true)],
  eth0: [info('192.0.2.10', 24), info('fe80::1', 64), info('2001:db8::10', 64)],
  eth1: [info('10.1.0.1', 16)],
}
const read = () => machine

t.test('a listener bound to one address names it', async (t) => {
  const addresses = new Addresses([listener('192.0.2.10')], read)
  t.equal(addresses.advertised(0, '198.51.100.1'), '192.0.2.10:5060')
})

t.test('bound to all: the interface in the peer’s network, else the first that leads outside', async (t) => {
  const addresses = new Addresses([listener('0.0.0.0'), listener('::')], read)
  t.equal(addresses.advertised(0, '10.1.7.7'), '10.1.0.1:5060')
  t.equal(addresses.advertised(0, '198.51.100.1'), '192.0.2.10:5060')
  t.equal(addresses.advertised(0, '127.0.0.1'), '127.0.0.1:5060')
  t.equal(addresses.advertised(1, '2001:db8::99'), '[2001:db8::10]:5060')
  t.equal(addresses.advertised(1, 'fe80::7%eth0'), '[fe80::1]:5060')
  t.equal(addresses.advertised(1, '2001:db8:1::1'), '[2001:db8::10]:5060')
})

t.test('peers outside the local networks see the advertised address', async (t) => {
  const addresses = new Addresses(
    [listener('0.0.0.0', 'pbx.example.com'), listener('10.1.0.1', '203.0.113.5:5080')],
    read,
  )
  t.equal(addresses.advertised(0, '198.51.100.1'), 'pbx.example.com:5060')
  t.equal(addresses.advertised(0, '172.16.3.3'), '192.0.2.10:5060', 'RFC 1918 is local')
  t.equal(addresses.advertised(0, '192.0.2.77'), '192.0.2.10:5060', 'so is an interface’s own network')
  t.equal(addresses.advertised(1, '198.51.100.1'), '203.0.113.5:5080')
  t.equal(addresses.advertised(1, '127.0.0.1'), '10.1.0.1:5060', 'loopback is local')
})

t.test('named local networks replace the default', async (t) => {
  const addresses = new Addresses([listener('0.0.0.0', 'pbx.example.com', ['10.1.0.0/16', '203.0.113.9'])], read)
  t.equal(addresses.isLocal(0, '10.1.2.3'), true)
  t.equal(addresses.isLocal(0, '203.0.113.9'), true)
  t.equal(addresses.isLocal(0, '192.168.1.1'), false)
  t.equal(addresses.isLocal(0, '127.0.0.1'), true)
  t.equal(addresses.isLocal(0, 'not an address'), false)
})

t.test('changed interfaces are seen at the next look', async (t) => {
  let now: NodeJS.Dict<NetworkInterfaceInfo[]> = machine
  const addresses = new Addresses([listener('0.0.0.0')], () => now)
  t.equal(addresses.advertised(0, '198.51.100.1'), '192.0.2.10:5060')
  now = { eth0: [info('192.0.2.11', 24)] }
  t.equal(addresses.advertised(0, '198.51.100.1'), '192.0.2.10:5060')
  addresses.refresh()
  t.equal(addresses.advertised(0, '198.51.100.1'), '192.0.2.11:5060')
})

t.test('own hosts are our addresses and names', async (t) => {
  const bound = new Addresses([listener('127.0.0.1', 'PBX.example.com:5070')], read)
  for (const host of ['127.0.0.1', 'localhost', 'pbx.example.com']) t.ok(bound.isOwnHost(host), host)
  for (const host of ['192.0.2.10', 'example.com', '']) t.notOk(bound.isOwnHost(host), host)
  const all = new Addresses([listener('0.0.0.0'), listener('::')], read)
  for (const host of ['10.1.0.1', '192.0.2.10', '[2001:db8::10]', 'localhost']) t.ok(all.isOwnHost(host), host)
})

t.test('the listener that leads to a peer', async (t) => {
  const listeners = [listener('127.0.0.1'), listener('192.0.2.10'), listener('10.1.0.1'), listener('::1')]
  const addresses = new Addresses(listeners, read)
  t.equal(addresses.listenerFor('UDP', '127.0.0.9'), 0)
  t.equal(addresses.listenerFor('UDP', '192.0.2.7'), 1)
  t.equal(addresses.listenerFor('UDP', '10.1.2.2'), 2)
  t.equal(addresses.listenerFor('UDP', '198.51.100.1'), 1)
  t.equal(addresses.listenerFor('UDP', '::1'), 3)
  t.equal(addresses.listenerFor('UDP', '2001:db8::1'), -1)
  t.equal(addresses.listenerFor('TCP', '127.0.0.1'), -1)
})

t.test('networks and ports as text', async (t) => {
  for (const text of ['10.0.0.0/8', '10.0.0.1', '::/0', 'fc00::/7']) t.ok(isNetwork(text), text)
  for (const text of ['10.0.0.0/33', 'x', '10.0.0/8', '10.0.0.0/', 'fc00::/129']) t.notOk(isNetwork(text), text)
  t.equal(withPort('::1', 5060), '[::1]:5060')
  t.equal(withPort('[::1]', 5060), '[::1]:5060')
  t.equal(withPort('[::1]:5080', 5060), '[::1]:5080')
  t.equal(withPort('a.example:5080', 5060), 'a.example:5080')
  t.equal(withPort('a.example', 5060), 'a.example:5060')
})
