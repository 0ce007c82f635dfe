/** What the configuration allows and probably nobody wants. */
import Type from 'typebox'
import { kindDefinitions } from '../../../engine/config/entities/kinds.ts'
import { operation, textParameter } from '../../http/operation.ts'
import type { AdminPlugin } from '../../plugin.ts'
import { LintRuns } from './lint-runs.ts'

const Finding = Type.Object(
  {
    kind: Type.String({ description: 'Kind of the entity' }),
    id: Type.String({ description: 'Its id' }),
    title: Type.String({ description: 'Its name' }),
    path: Type.String({ description: 'The field; empty for the whole entity' }),
    value: Type.String({ description: 'What stands there' }),
    message: Type.String({ description: 'What is wrong' }),
    cure: Type.String({ description: 'What to do' }),
  },
  { title: 'LintFinding' },
)

const Findings = Type.Object(
  {
    revision: Type.Integer({ description: 'Of the configuration that was looked through' }),
    items: Type.Array(Finding),
    unlisted: Type.Integer({ description: 'How many more there are than are listed' }),
  },
  { title: 'LintFindings' },
)

export const plugin: AdminPlugin = {
  name: 'lint',
  permissions: [{ name: 'lint', description: 'Look for what the configuration allows and probably nobody wants' }],
  register(app, services) {
    const runs = new LintRuns(services.dataFolder, services.clock)
    const definitions = new Map(kindDefinitions().map((definition) => [definition.kind, definition]))
    app.addHook('onClose', () => runs.close())
    app.get<{ Querystring: { kind?: string } }>('/v1/lint', {
      config: { permission: 'lint' },
      schema: operation({
        id: 'lintConfiguration',
        tag: 'explain',
        summary: 'What the configuration allows and probably nobody wants',
        description:
          'Rules that never fire, calls that go in circles, destinations that are deactivated, users without a phone, ' +
          'numbers of nobody, schedules that are never open or not used, extensions that are easily misdialled or read ' +
          'in two ways. The whole configuration is looked through by a thread of its own.',
        query: Type.Object(
          { kind: textParameter('Only of entities of this kind', 'user') },
          { additionalProperties: false },
        ),
        answers: { 200: { description: 'Findings', schema: Findings } },
      }),
      handler: async (request) => {
        await services.configuration.follow()
        const { revision, findings, unlisted } = await runs.result(services.configuration.revision)
        const { kind } = request.query
        const items = findings
          .filter((finding) => kind === undefined || finding.kind === kind)
          .map(({ kind: of, id, ...rest }) => {
            const body = services.configuration.configuration.get(of, id)
            const title = body === undefined ? id : (definitions.get(of)?.titleOf(body) ?? id)
            return { kind: of, id, title, ...rest }
          })
        return { revision, items, unlisted }
      },
    })
  },
}
