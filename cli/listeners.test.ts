import { resolve } from 'node:path'
import t from 'tap'
import type { DocumentListener } from '../engine/config/document.ts'
import { chooseListeners } from './listeners.ts'
import { readSettings } from './settings.ts'

const tls = { 'tls-cert': '/etc/sip/cert.pem', 'tls-key': '/etc/sip/key.pem' }
const files = { certificate: '/etc/sip/cert.pem', key: '/etc/sip/key.pem', clientAuthorities: '' }

function choose(flags: Record<string, string>, documents: readonly DocumentListener[] = []) {
  const read = readSettings(flags, {}, () => ({ path: 'settings.yaml', values: {} }))
  return chooseListeners(read, documents)
}

function ends(flags: Record<string, string>, documents: readonly DocumentListener[] = []) {
  return choose(flags, documents).map(({ transport, address, port }) => `${transport} ${address} ${port}`)
}

t.test('without settings it is UDP and TCP; a certificate brings TLS, a port the WebSocket', async (t) => {
  t.same(ends({}), ['UDP 127.0.0.1 5060', 'TCP 127.0.0.1 5060'])
  t.same(ends(tls), ['UDP 127.0.0.1 5060', 'TCP 127.0.0.1 5060', 'TLS 127.0.0.1 5061'])
  t.same(ends({ ...tls, 'tls-port': 'off', bind: '::1' }), ['UDP ::1 5060', 'TCP ::1 5060'])
  t.same(ends({ 'ws-port': '8088' }), ['UDP 127.0.0.1 5060', 'TCP 127.0.0.1 5060', 'WS 127.0.0.1 8088'])
  const all = choose({ ...tls, 'ws-port': '5080', 'wss-port': '7443', 'ws-origins': 'https://a.example' })
  t.same(
    all.map(({ transport, certificateFiles, origins }) => [transport, certificateFiles, origins]),
    [
      ['UDP', undefined, undefined],
      ['TCP', undefined, undefined],
      ['TLS', files, undefined],
      ['WS', undefined, ['https://a.example']],
      ['WSS', files, ['https://a.example']],
    ],
  )
})

t.test('the advertised port is that of UDP and TCP', async (t) => {
  const found = choose({ ...tls, advertise: 'pbx.example.com:5070', bind: '0.0.0.0' })
  t.same(
    found.map(({ transport, advertised }) => [transport, advertised]),
    [
      ['UDP', 'pbx.example.com:5070'],
      ['TCP', 'pbx.example.com:5070'],
      ['TLS', 'pbx.example.com'],
    ],
  )
})

t.test('settings that do not go together are told', async (t) => {
  const mistakes: [Record<string, string>, RegExp][] = [
    [{ 'tls-cert': 'a' }, /tls-cert needs tls-key/],
    [{ 'tls-key': 'a' }, /tls-key needs tls-cert/],
    [{ 'tls-client-ca': 'a' }, /tls-client-ca needs/],
    [{ 'tls-port': '5061' }, /TLS needs tls-cert and tls-key/],
    [{ 'wss-port': '5081' }, /WSS needs tls-cert and tls-key/],
    [{ 'ws-port': '5060' }, /TCP and WS cannot share port 5060/],
    [{ ...tls, 'wss-port': '5061' }, /TLS and WSS cannot share port 5061/],
  ]
  for (const [flags, message] of mistakes) t.throws(() => choose(flags), message)
  t.throws(() => choose({ 'ws-origins': 'phone.example.com' }), /Write origins like/)
})

t.test('listeners of the document have ports and certificates of their own, else those of the settings', async (t) => {
  const documents: DocumentListener[] = [
    { bind: '192.0.2.1', transports: ['UDP', 'TLS', 'WSS'], advertiseSip: 'pbx.example.com:5062' },
    { bind: '192.0.2.2', port: 443, transports: ['WSS'], certificate: '/c.pem', key: '/k.pem', origins: ['*'] },
    { bind: '192.0.2.3', transports: ['TLS'], clientAuthorities: '/phones.pem' },
  ]
  const found = choose({ ...tls, 'ws-origins': 'https://a.example' }, documents)
  t.same(
    found.map(({ transport, port, advertised, certificateFiles, origins }) => [
      `${transport} ${port} ${advertised}`,
      certificateFiles,
      origins,
    ]),
    [
      ['UDP 5060 pbx.example.com:5062', undefined, undefined],
      ['TLS 5061 pbx.example.com', files, undefined],
      ['WSS 5081 pbx.example.com', files, ['https://a.example']],
      ['WSS 443 ', { certificate: '/c.pem', key: '/k.pem', clientAuthorities: '' }, ['*']],
      ['TLS 5061 ', { ...files, clientAuthorities: '/phones.pem' }, undefined],
    ],
  )
  t.throws(() => choose({}, [{ bind: '192.0.2.1', transports: ['TLS'] }]), /192\.0\.2\.1 needs certificate and key/)
})

t.test('paths are those of where the command runs', async (t) => {
  const [, , found] = choose({ 'tls-cert': 'cert.pem', 'tls-key': 'key.pem' })
  t.same(found?.certificateFiles?.certificate, resolve('cert.pem'))
})
