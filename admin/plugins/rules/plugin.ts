import Type from 'typebox'
import { BlockList } from '../../../engine/config/entities/routing.ts'
import { User } from '../../../engine/config/entities/user.ts'
import type { AdminPlugin } from '../../plugin.ts'
import { addPartRoutes } from './part-routes.ts'
import { addRuleRoutes } from './rule-routes.ts'

/** Where a user's calls go, and who is kept out: parts of users, PBXs and the account with addresses of their own. */
export const plugin: AdminPlugin = {
  name: 'rules',
  permissions: [
    { name: 'rules.read', description: 'See rules, forwarding and block lists' },
    { name: 'rules.write', description: 'Change rules, forwarding and block lists' },
  ],
  register(app, services) {
    addRuleRoutes(app, services)
    const forwarding = Type.Object(User.properties.forwarding.properties, {
      additionalProperties: false,
      title: 'Forwarding',
      description: 'Write rules under all, notReachable, busy or noAnswer',
    })
    const blockList = { ...BlockList, title: 'BlockList' }
    addPartRoutes(app, services, {
      kind: 'user',
      field: 'forwarding',
      url: '/v1/users/:id/forwarding',
      label: 'forwarding of a user',
      name: 'UserForwarding',
      schema: forwarding,
      empty: {},
    })
    for (const [kind, url] of [
      ['user', '/v1/users/:id/block-list'],
      ['pbx', '/v1/pbxs/:id/block-list'],
      ['account', '/v1/account/block-list'],
    ] as const) {
      addPartRoutes(app, services, {
        kind,
        field: 'blockList',
        url,
        label: kind === 'account' ? 'block list of the account' : `block list of a ${kind === 'pbx' ? 'PBX' : kind}`,
        name: `${kind.charAt(0).toUpperCase()}${kind.slice(1)}BlockList`,
        schema: blockList,
        empty: { callers: [] },
      })
    }
  },
}
