/** What `ringdown audio-file` can do beyond what every kind can. */
import { existsSync, readFileSync } from 'node:fs'
import type { Command } from 'commander'
import type { AudioFileUseList } from '../client/api.ts'
import { connect } from '../client/connect.ts'
import { print, printJson } from '../output.ts'
import type { CommandOptions } from '../setting-options.ts'
import { addSettings, serverSettings } from '../setting-options.ts'
import { table } from '../table.ts'
import { UsageError } from '../usage-error.ts'
import { commandNameOf, idArgument, tell } from './entity-commands.ts'

/** Comes after the commands of every kind. */
export function addAudioCommands(program: Command): void {
  const group = program.commands.find((command) => command.name() === commandNameOf('audioFile'))
  if (group === undefined) throw new Error('there is no command for audio files to add to')
  const upload = group.command('upload').description('upload the sound of an audio file: WAV, AU, MP3 or Ogg')
  upload.addArgument(idArgument('audioFile')).argument('<FILE>', 'at most 64 MB and half an hour')
  addSettings(upload, serverSettings).action(async (id: string, path: string, options: CommandOptions) => {
    if (!existsSync(path)) throw new UsageError(`there is no file ${path}`)
    const request = { path: { id }, body: readFileSync(path), mediaType: 'application/octet-stream' }
    tell([`~ sound of audio file ${id}`], await connect(options).askAny('uploadAudioFile', request))
  })

  const uses = group.command('uses').description('list where an audio file is used').option('--json', 'for programs')
  uses.addArgument(idArgument('audioFile'))
  addSettings(uses, serverSettings).action(async (id: string, options: CommandOptions) => {
    const { body } = await connect(options).ask('listAudioFileUses', { path: { id } })
    if (options['json'] === true) return printJson(body)
    const { items } = body as AudioFileUseList
    if (items.length === 0) return print('It is used nowhere.')
    print(
      table(
        ['KIND', 'ID', 'NAME', 'FIELD'],
        items.map((one) => [one.kind, one.id, one.title, one.path]),
      ),
    )
  })
}
