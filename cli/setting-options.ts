/** Settings as options of commands. */
import type { Command } from 'commander'
import { Option } from 'commander'
import type { ReadSettings, SettingName } from './settings.ts'
import { readSettings, settingNames, settingTable, variableOf } from './settings.ts'
import { readSettingsFile } from './settings-file.ts'

/** For commands that look at the data folder. */
export const placeSettings: readonly SettingName[] = ['data', 'settings']

/** For commands that ask the API. */
export const serverSettings: readonly SettingName[] = ['data', 'settings', 'http-port']

export type CommandOptions = Readonly<Record<string, unknown>>

/** @param group heading in the help */
export function addSettings(command: Command, names: readonly SettingName[], group = 'Settings:'): Command {
  for (const name of names) {
    const { value, standard, description } = settingTable[name]
    const flags = value === '' ? `--${name}` : `--${name} <${value}>`
    const tail = standard === '' ? '' : `; default ${standard}`
    command.addOption(new Option(flags, `${description} [${variableOf(name)}${tail}]`).helpGroup(group))
  }
  return command
}

/**
 * Reads the settings from commander's options, whose names are in camel case.
 * @throws SettingError
 */
export function settingsOf(options: CommandOptions): ReadSettings {
  const flags: Record<string, string> = {}
  for (const name of settingNames) {
    const value = options[name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())]
    if (value === true) flags[name] = 'yes'
    else if (typeof value === 'string') flags[name] = value
  }
  return readSettings(flags, process.env, readSettingsFile)
}
