import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { SettingError } from './settings.ts'

/**
 * Values of the settings file, by name, as text: YAML or JSON, one setting a line (`sip-port: 5080`), lists allowed.
 *
 * @param path '' for settings.yaml in the data folder, if it is there
 * @throws SettingError where it is missing although it was named, or is not such a file
 */
export function readSettingsFile(
  path: string,
  dataFolder: string,
): { path: string; values: Readonly<Record<string, string>> } {
  const file = path === '' ? join(dataFolder, 'settings.yaml') : path
  if (path === '' && !existsSync(file)) return { path: file, values: {} }
  let content: unknown
  try {
    content = parse(readFileSync(file, 'utf8')) ?? {}
  } catch (error) {
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
    throw new SettingError(`The settings file ${file} cannot be read: ${reason}`)
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new SettingError(`The settings file ${file} must have one setting a line, like sip-port: 5060`)
  }
  const values = Object.entries(content).map(([name, value]) => [name, asText(value)])
  return { path: file, values: Object.fromEntries(values) as Record<string, string> }
}

function asText(value: unknown): string {
  if (Array.isArray(value)) return value.map(asText).join(',')
  return value === null || value === undefined ? '' : String(value)
}
