import { kindDefinitions } from '../../../engine/config/entities/kinds.ts'
import type { AdminPlugin } from '../../plugin.ts'
import { addAccountRoutes } from './account-routes.ts'
import { addCollectionRoutes } from './collection-routes.ts'

/** Every kind of entity: made, read, listed, changed and deleted, by one implementation for all. */
export const plugin: AdminPlugin = {
  name: 'entities',
  permissions: [
    { name: 'configuration.read', description: 'See the configuration, without its secrets' },
    { name: 'configuration.write', description: 'Change the configuration' },
  ],
  register(app, services) {
    for (const definition of kindDefinitions()) {
      if (definition.kind === 'account') addAccountRoutes(app, services, definition)
      else addCollectionRoutes(app, services, definition)
    }
  },
}
