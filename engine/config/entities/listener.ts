import type { Static } from 'typebox'
import Type from 'typebox'
import { Port, strict } from './values.ts'

export const Listener = Type.Object(
  {
    bind: Type.String({ description: 'Write an IP address of this machine; 127.0.0.1 is this machine only' }),
    port: Type.Optional(Port),
    transports: Type.Optional(
      Type.Array(Type.Enum(['UDP', 'TCP'], { description: 'Write UDP or TCP' }), {
        minItems: 1,
        maxItems: 2,
        description: 'List UDP, TCP or both',
      }),
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
  { ...strict, description: 'Write bind, port, transports, advertiseSip, advertiseMedia, localNetworks' },
)

export type ListenerBody = Static<typeof Listener>
