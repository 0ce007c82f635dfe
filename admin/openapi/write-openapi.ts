/** `npm run openapi`: writes the description of the API that is committed as admin/openapi.json. */
import { writeFileSync } from 'node:fs'
import { openApiText } from './openapi-text.ts'

// Seen from dist/admin/openapi.
writeFileSync(new URL('../../../admin/openapi.json', import.meta.url), await openApiText())
