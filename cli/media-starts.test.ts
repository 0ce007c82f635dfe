import t from 'tap'
import type { ListenerSetting } from '../engine/control/engine-start.ts'
import { mediaStarts } from './media-starts.ts'
import { readSettings } from './settings.ts'

const listeners: ListenerSetting[] = [
  { transport: 'UDP', address: '192.0.2.1', port: 5060, advertised: '', advertisedMedia: '', localNetworks: [] },
  {
    transport: 'TLS',
    address: '192.0.2.1',
    port: 5061,
    advertised: '',
    advertisedMedia: '203.0.113.1',
    localNetworks: [],
  },
  { transport: 'UDP', address: '::1', port: 5060, advertised: '', advertisedMedia: '', localNetworks: [] },
]

function starts(flags: Record<string, string>) {
  const { settings } = readSettings(flags, {}, (path) => ({ path, values: {} }))
  return mediaStarts(settings, '/data', listeners, 'json')
}

t.test('processes share the ports in pairs, and each address is told once', async (t) => {
  t.match(starts({}), [{ process: 0, ports: { first: 16_384, last: 32_767 }, rtpengine: null }])
  const three = starts({ 'media-processes': '3', 'media-ports': '20001-20100' })
  t.same(
    three.map(({ ports }) => [ports.first, ports.last]),
    [
      [20_002, 20_033],
      [20_034, 20_065],
      [20_066, 20_097],
    ],
  )
  t.same(three[0]?.addresses, [
    { bind: '192.0.2.1', advertised: '203.0.113.1' },
    { bind: '::1', advertised: '' },
  ])
})

t.test('none, too few ports, and ports that are none', async (t) => {
  t.same(starts({ 'media-processes': '0' }), [])
  t.throws(() => starts({ 'media-processes': '40', 'media-ports': '20000-20100' }), /20000-20100 are too few for 40/)
  for (const text of ['20000', '20000-20001', '20000-70000', '80-200', 'x-y']) {
    t.throws(() => starts({ 'media-ports': text }), /hyphen between/, text)
  }
})

t.test('each rtpengine has a process that directs it', async (t) => {
  const list = starts({ rtpengine: '127.0.0.1,10.0.0.5:22222,[::1]:2224' })
  t.same(
    list.map(({ process, rtpengine }) => [process, rtpengine?.address, rtpengine?.port]),
    [
      [0, '127.0.0.1', 2223],
      [1, '10.0.0.5', 22_222],
      [2, '::1', 2224],
    ],
  )
  t.match(list, [{ rtpengine: { serves: 'browsers' }, ports: { first: 16_384 } }, {}, {}])
  t.equal(new Set(list.map(({ ports }) => ports.first)).size, 3, 'with ports of its own')
  const shared = starts({ rtpengine: '127.0.0.1', 'media-processes': '2', 'rtpengine-serves': 'all' })
  t.match(
    shared.map(({ rtpengine }) => rtpengine),
    Array(2).fill({ address: '127.0.0.1', serves: 'all' }),
    'one for several',
  )
  t.same(starts({ rtpengine: '127.0.0.1', 'media-processes': '0' }), [])
})
