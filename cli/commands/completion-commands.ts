/** `completion`: what a shell needs to complete commands, options and ids. */
import type { Command } from 'commander'
import { Argument } from 'commander'
import { candidates } from '../completion/candidates.ts'
import { completionScripts } from '../completion/scripts.ts'

export function addCompletionCommands(program: Command): void {
  const shells = Object.keys(completionScripts)
  const completion = program.command('completion').helpGroup('Server:')
  completion
    .description('print what a shell needs to complete commands, options and ids')
    .addArgument(new Argument('<SHELL>', 'your shell').choices(shells))
    .addHelpText(
      'after',
      `
bash:  ringdown completion bash > ~/.local/share/bash-completion/completions/ringdown
zsh:   ringdown completion zsh > "\${fpath[1]}/_ringdown"
fish:  ringdown completion fish > ~/.config/fish/completions/ringdown.fish`,
    )
    .action((shell: keyof typeof completionScripts) => {
      process.stdout.write(completionScripts[shell])
    })

  const words = program.command('complete', { hidden: true })
  words
    .description('print what the last of these words may become, one a line; for the scripts of "completion"')
    .argument('[WORDS...]', 'as typed so far, behind --')
    .action(async (given: readonly string[]) => {
      for (const candidate of await candidates(program, given)) process.stdout.write(`${candidate}\n`)
    })
}
