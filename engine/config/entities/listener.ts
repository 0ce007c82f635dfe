import type { Static } from 'typebox'
import Type from 'typebox'
import { listOf, Port, strict } from './values.ts'

const FilePath = (what: string) =>
  Type.String({ pattern: '^/[^\\x00-\\x1f]*$', maxLength: 1000, description: `Write the absolute path of ${what}` })

export const Listener = Type.Object(
  {
    bind: Type.String({ description: 'Write an IP address of this machine; 127.0.0.1 is this machine only' }),
    port: Type.Optional(Port),
    transports: Type.Optional(
      Type.Array(
        Type.Enum(['UDP', 'TCP', 'TLS', 'WS', 'WSS'], { description: 'Write UDP, TCP, TLS, WS (WebSocket) or WSS' }),
        {
          minItems: 1,
          maxItems: 5,
          uniqueItems: true,
          description: 'List UDP, TCP, TLS, WS, WSS or some of them, each once',
        },
      ),
    ),
    certificate: Type.Optional(FilePath('the certificate for TLS and WSS, PEM with its chain')),
    key: Type.Optional(FilePath("the certificate's private key, PEM without a password")),
    clientAuthorities: Type.Optional(FilePath('the authorities (PEM) whose certificates clients must show')),
    origins: Type.Optional(
      listOf(
        Type.String({
          pattern: '^(\\*|https?://[^/\\s]+)$',
          maxLength: 300,
          description: 'Write an origin as browsers do, for example https://phone.example.com, or *',
        }),
        100,
        'the web origins whose pages may connect by WebSocket',
      ),
    ),
    advertiseSip: Type.Optional(
      Type.String({ description: 'Write the address, or address:port, at which phones outside reach this listener' }),
    ),
    advertiseMedia: Type.Optional(
      Type.String({ description: 'Write the IP address at which sound reaches this machine' }),
    ),
    localNetworks: Type.Optional(
      Type.Array(Type.String({ description: 'Write a network with its length, for example 192.168.0.0/16' }), {
        maxItems: 100,
        description: 'List the networks from which this machine is reached without address translation',
      }),
    ),
  },
  {
    ...strict,
    description:
      'Write bind, port, transports, certificate, key, clientAuthorities, origins, advertiseSip, advertiseMedia, ' +
      'localNetworks',
  },
)

export type ListenerBody = Static<typeof Listener>
export type ListenerTransport = NonNullable<ListenerBody['transports']>[number]

const standardTransports: readonly ListenerTransport[] = ['UDP', 'TCP']

/** Where each transport listens unless it is told otherwise (RFC 3261 §19.1.2; those of WebSocket are our own). */
export const standardPorts: Readonly<Record<ListenerTransport, number>> = {
  UDP: 5060,
  TCP: 5060,
  TLS: 5061,
  WS: 5080,
  WSS: 5081,
}

/** What a listener listens for: transports with their ports, as it names them or by default. */
export function endsOf(listener: ListenerBody): { readonly transport: ListenerTransport; readonly port: number }[] {
  const { transports = standardTransports, port } = listener
  return transports.map((transport) => ({ transport, port: port ?? standardPorts[transport] }))
}
