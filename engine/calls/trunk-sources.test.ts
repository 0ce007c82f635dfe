import t from 'tap'
import type { Snapshot, Trunk } from '../config/snapshot.ts'
import type { Flow } from '../sip/transport.ts'
import { TrunkSources } from './trunk-sources.ts'

t.test('a trunk is known by its address, but never by WebSocket, which web pages use', async (t) => {
  const trunk = { id: 'carrier', trusted: [{ address: '192.0.2.1', port: 0 }] }
  const named = { at: ({ address }: Flow) => (address === '192.0.2.3' ? { trunk: { id: 'by name' } as Trunk } : null) }
  const sources = new TrunkSources({ trunks: [trunk] } as unknown as Snapshot, named)
  const flow: Flow = { transport: 'UDP', listener: 0, address: '192.0.2.1', port: 5060, connection: 0 }
  for (const transport of ['UDP', 'TCP', 'TLS'] as const)
    t.equal(sources.find({ ...flow, transport }, 'sip:us')?.id, 'carrier')
  for (const transport of ['WS', 'WSS'] as const) t.equal(sources.find({ ...flow, transport }, 'sip:us'), null)
  t.equal(sources.find({ ...flow, address: '192.0.2.2' }, 'sip:us'), null)
  t.equal(sources.find({ ...flow, address: '192.0.2.3' }, 'sip:us')?.id, 'by name')
  t.equal(sources.find({ ...flow, address: '192.0.2.3', transport: 'WS' }, 'sip:us'), null)
})
