import type { KindDefinition } from './kind.ts'
import type { ListenerBody } from './listener.ts'
import { endsOf, Listener } from './listener.ts'
import { checkIpAddress, isHostAndPort, isNetwork } from './networks.ts'

/** Ports, as text; one where all transports share it. */
function portsOf(body: ListenerBody): string {
  return [...new Set(endsOf(body).map(({ port }) => port))].join(', ')
}

/** All but UDP are connections over TCP: two of them cannot share a port. */
function socketsOf(body: ListenerBody): string[] {
  const sockets = endsOf(body).map(
    ({ transport, port }) => `${body.bind} ${port} ${transport === 'UDP' ? 'UDP' : 'TCP'}`,
  )
  return [...new Set(sockets)]
}

function transportsOf(body: ListenerBody): readonly string[] {
  return endsOf(body).map(({ transport }) => transport)
}

/** A listener has no name: address, port and transports together are its id. */
export const listenerKind: KindDefinition<ListenerBody> = {
  kind: 'listener',
  collection: 'listeners',
  label: 'listener',
  schema: Listener,
  secrets: [],
  // Where each has its own port the first one stands for all: the transports say the rest.
  idOf: (body) => [body.bind, endsOf(body)[0]?.port ?? 0, ...transportsOf(body)].join('-'),
  titleOf: (body) => `${body.bind} port ${portsOf(body)} (${transportsOf(body).join(', ')})`,
  referencesOf: () => [],
  uniqueValuesOf: (body) =>
    socketsOf(body).map((socket) => ({
      scope: 'listener',
      value: socket,
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
    if (body.port !== undefined && transportsOf(body).filter((transport) => transport !== 'UDP').length > 1) {
      const cure = 'Leave the port out, so that each has its own, or write a listener for each of them'
      problems.add('port', body.port, 'only one of TCP, TLS, WS and WSS can have a port', cure)
    }
    for (const [one, other] of [
      ['certificate', 'key'],
      ['key', 'certificate'],
    ] as const) {
      if (body[one] === undefined || body[other] !== undefined) continue
      problems.add(one, body[one], `there is no ${other} with it`, 'Write both, or neither to use that of the settings')
    }
    for (const [index, network] of (body.localNetworks ?? []).entries()) {
      if (isNetwork(network)) continue
      const cure = 'Write an address and its length, for example 192.168.0.0/16'
      problems.add(`localNetworks[${index}]`, network, 'this is no network', cure)
    }
  },
}
