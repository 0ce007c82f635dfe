import type { KindDefinition } from './kind.ts'
import type { ListenerBody } from './listener.ts'
import { Listener } from './listener.ts'
import { checkIpAddress, isHostAndPort, isNetwork } from './networks.ts'

const defaultPort = 5060

function transportsOf(body: ListenerBody): readonly string[] {
  return body.transports ?? ['UDP', 'TCP']
}

/** A listener has no name: address, port and transports together are its id. */
export const listenerKind: KindDefinition<ListenerBody> = {
  kind: 'listener',
  collection: 'listeners',
  label: 'listener',
  schema: Listener,
  secrets: [],
  idOf: (body) => [body.bind, body.port ?? defaultPort, ...transportsOf(body)].join('-'),
  titleOf: (body) => `${body.bind} port ${body.port ?? defaultPort} (${transportsOf(body).join(', ')})`,
  referencesOf: () => [],
  uniqueValuesOf: (body) =>
    transportsOf(body).map((transport) => ({
      scope: 'listener',
      value: `${body.bind} ${body.port ?? defaultPort} ${transport}`,
      path: 'bind',
      what: 'address with this port and transport',
      cure: 'Choose another port or take one out',
    })),
  check(body, _configuration, findings) {
    const { problems } = findings
    checkIpAddress(body.bind, 'bind', findings)
    if (body.advertiseMedia !== undefined) checkIpAddress(body.advertiseMedia, 'advertiseMedia', findings)
    if (body.advertiseSip !== undefined && !isHostAndPort(body.advertiseSip)) {
      const cure = 'Write an address or a host name, and :port if it differs; IPv6 in brackets'
      problems.add('advertiseSip', body.advertiseSip, 'this is no address', cure)
    }
    for (const [index, network] of (body.localNetworks ?? []).entries()) {
      if (isNetwork(network)) continue
      const cure = 'Write an address and its length, for example 192.168.0.0/16'
      problems.add(`localNetworks[${index}]`, network, 'this is no network', cure)
    }
  },
}
