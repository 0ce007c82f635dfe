import type { Command } from 'commander'
import { connect } from '../client/connect.ts'
import { print, printJson, remark } from '../output.ts'
import type { CommandOptions } from '../setting-options.ts'
import { addSettings, serverSettings } from '../setting-options.ts'

/** `lint`: what the configuration allows and probably nobody wants. */
export function addLintCommand(program: Command): void {
  const command = program.command('lint').helpGroup('Documents and revisions:')
  command
    .description(
      'list what the configuration allows and probably nobody wants: rules that never fire, numbers of nobody',
    )
    .option('--kind <KIND>', 'only of entities of this kind, as phoneNumber')
    .option('--json', 'for programs')
  addSettings(command, serverSettings).action(async (options: CommandOptions) => {
    const query = typeof options['kind'] === 'string' ? { kind: options['kind'] } : {}
    const { body } = await connect(options).ask('lintConfiguration', { query })
    if (options['json'] === true) return printJson(body)
    for (const { kind, id, title, path, value, message, cure } of body.items) {
      const name = title === id ? '' : ` (${title})`
      const place = path === '' ? '' : `, ${path}${value === '' ? '' : ` (${value})`}`
      print(`${kind} ${id}${name}${place}: ${message}. ${cure}.`)
    }
    if (body.unlisted > 0) print(`... and ${body.unlisted} more`)
    if (body.items.length === 0) remark(`Nothing found in revision ${body.revision}.`)
  })
}
