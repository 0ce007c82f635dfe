/** All commands. Each group of them stands in a file of its own under commands/. */
import { Command } from 'commander'
import { addAdministratorCommands } from './commands/administrator-commands.ts'
import { addAudioCommands } from './commands/audio-commands.ts'
import { addBackupCommands } from './commands/backup-commands.ts'
import { addCallCommands } from './commands/call-commands.ts'
import { addCompletionCommands } from './commands/completion-commands.ts'
import { addDocumentCommands } from './commands/document-commands.ts'
import { addEntityCommands } from './commands/entity-commands.ts'
import { addLintCommand } from './commands/lint-command.ts'
import { addLoadCommands } from './commands/load-commands.ts'
import { addNumberCommands } from './commands/number-commands.ts'
import { addRecordingCommands } from './commands/recording-commands.ts'
import { addRevisionCommands } from './commands/revision-commands.ts'
import { addRuleCommands } from './commands/rule-commands.ts'
import { addServerCommands } from './commands/server-commands.ts'
import { addWhatIfCommand } from './commands/whatif-command.ts'
import { packageVersion } from './package-version.ts'

export function buildProgram(): Command {
  // Settings of commander are inherited by commands that are added afterwards.
  const program = new Command('ringdown')
    .description('A business phone system whose calls survive a crash and whose routing explains itself.')
    .version(packageVersion())
    .showHelpAfterError('(--help lists what there is)')
    .exitOverride()
    .addHelpText('after', '\nExit status: 0 done, 1 refused or failed, 2 wrong usage, 3 no server reached.')
  addServerCommands(program)
  addLoadCommands(program)
  addCallCommands(program)
  addRecordingCommands(program)
  addEntityCommands(program)
  addNumberCommands(program)
  addAudioCommands(program)
  addRuleCommands(program)
  addDocumentCommands(program)
  addLintCommand(program)
  addWhatIfCommand(program)
  addRevisionCommands(program)
  addAdministratorCommands(program)
  addBackupCommands(program)
  addCompletionCommands(program)
  return program
}
