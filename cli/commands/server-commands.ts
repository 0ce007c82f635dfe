/** `serve` and `doctor`. What other commands do not need is loaded when it is needed: they start in half the time. */
import type { Command } from 'commander'
import type { CommandOptions } from '../setting-options.ts'
import { addSettings, settingsOf } from '../setting-options.ts'
import { settingNames } from '../settings.ts'

export function addServerCommands(program: Command): void {
  const server = program.command('serve').helpGroup('Server:')
  addSettings(server, settingNames)
    .description('run the server; the first start makes a sample company and prints how to make a call')
    .option('--empty', 'on the first start, make a company without anybody in it')
    .addHelpText(
      'after',
      `
Each setting is a flag, the variable in brackets, or a line of the settings file (sip-port: 5080); the first of these wins.
SIGTERM or Ctrl-C: no new calls, end when the last has ended; once more: end now. SIGHUP: apply the document (--config) again. SIGUSR2: upgrade ("ringdown upgrade").`,
    )
    .action(async (options: CommandOptions) => {
      const { serve } = await import('../serve.ts')
      await serve(settingsOf(options), options['empty'] === true)
    })

  const upgrade = program.command('upgrade').helpGroup('Server:')
  addSettings(upgrade, ['data'])
    .description('have the running server go on with the program that is installed now; calls go on')
    .action(async (options: CommandOptions) => {
      const { upgradeServer } = await import('../upgrade-server.ts')
      await upgradeServer(settingsOf(options).settings.data)
    })

  const examination = program.command('doctor').helpGroup('Server:')
  addSettings(examination, settingNames)
    .description('check ports, addresses, clock, disk and limits, and say what to do')
    .action(async (options: CommandOptions) => {
      const { doctor } = await import('../doctor.ts')
      if (!(await doctor(settingsOf(options)))) process.exitCode = 1
    })
}
