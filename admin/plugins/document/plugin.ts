import type { AdminPlugin } from '../../plugin.ts'
import { addApplyRoute } from './apply-route.ts'
import { addExportRoute } from './export-route.ts'

/** The whole account as one document: exported and applied. */
export const plugin: AdminPlugin = {
  name: 'document',
  permissions: [
    { name: 'document.export', description: 'Export the whole configuration, without its secrets' },
    { name: 'document.apply', description: 'Make the configuration what a document says' },
  ],
  register(app, services) {
    addExportRoute(app, services)
    addApplyRoute(app, services)
  },
}
