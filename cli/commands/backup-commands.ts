/** `backup` and `restore-backup`: the whole data folder, apart from what is only live. */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { StartError } from '../../supervisor/data-folder.ts'
import { print, remark } from '../output.ts'
import type { CommandOptions } from '../setting-options.ts'
import { addSettings, placeSettings, settingsOf } from '../setting-options.ts'

export function addBackupCommands(program: Command): void {
  const backup = program.command('backup').helpGroup('Server:')
  backup
    .description('copy configuration, secrets and call records into a folder, while the server runs or not')
    .argument('<DIR>', 'a folder that is empty or not there yet')
  addSettings(backup, placeSettings).action(async (target: string, options: CommandOptions) => {
    const { createBackup } = await import('../backup/create-backup.ts')
    const manifest = await explained(() => createBackup(settingsOf(options).settings, target, remark))
    print(`Backed up revision ${manifest.revision} of ${manifest.dataFolder} to ${target}.`)
  })

  const restore = program.command('restore-backup').helpGroup('Server:')
  restore
    .description('make a data folder from a backup; no server may run on it')
    .argument('<DIR>', 'a folder that "ringdown backup" made')
    .option('--replace', 'take a data folder that is not empty; what is in it is moved aside')
  addSettings(restore, placeSettings).action(async (source: string, options: CommandOptions) => {
    const folder = resolve(settingsOf(options).settings.data)
    const { restoreBackup } = await import('../backup/restore-backup.ts')
    const { manifest, before, outside } = await explained(() =>
      restoreBackup(source, folder, options['replace'] === true),
    )
    print(`Restored revision ${manifest.revision} of ${manifest.madeAt} into ${folder}.`)
    if (before !== '') print(`What was there is now in ${before}.`)
    for (const { name, from } of outside) print(`Not put back: ${source}/${name}, which stood at ${from}.`)
    remark('Phones are registered again as soon as they refresh; calls of that time are not brought back.')
  })
}

/** Faults of the file system in one line. */
async function explained<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException
    if (code === undefined || !/^(E[A-Z]+|SQLITE_)/.test(code)) throw error
    const what = path === undefined ? '' : ` (${path})`
    throw new StartError(`This cannot be finished${what}: ${error instanceof Error ? error.message : String(error)}`)
  }
}
