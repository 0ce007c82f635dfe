/**
 * A set of prompts: a folder with `manifest.json` and a sound file for each prompt. The one in English comes with
 * Ringdown; another language is another folder, and no code. An account's own recordings lie in a folder that is asked
 * first, under the same names.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { SpeakingRules } from './sentence.ts'

export interface PromptManifest extends SpeakingRules {
  readonly version: 1
  /** As in a site's or user's `language`: en, en-GB, de. */
  readonly language: string
  readonly name: string
  /** What is said, by name. */
  readonly prompts: Readonly<Record<string, string>>
}

export interface PromptSet {
  readonly manifest: PromptManifest
  /** @returns path of the sound; `null`: there is no such prompt */
  file(name: string): string | null
}

/** Beside `dist`, where the package has its data. */
export const ownPrompts = fileURLToPath(new URL('../../../media/prompts', import.meta.url))
/** Below the data folder: own recordings in place of prompts, and languages that somebody added. */
export const dataPromptsName = 'prompts'
const nameForm = /^[a-z0-9]+(-[a-z0-9]+)*$/

/**
 * Reads all languages that are there. What was replaced is looked at anew each time it is asked for.
 * @param dataFolder of the server
 * @throws Error with one line that names the manifest that is wrong
 */
export function readPromptSets(dataFolder: string): ReadonlyMap<string, PromptSet> {
  const sets = new Map<string, PromptSet>()
  const replacements = join(dataFolder, dataPromptsName)
  for (const root of [ownPrompts, replacements]) {
    if (!existsSync(root)) continue
    for (const folder of readdirSync(root)) {
      const path = join(root, folder, 'manifest.json')
      if (!existsSync(path)) continue
      const manifest = readManifest(path)
      sets.set(manifest.language, promptSet(manifest, join(root, folder), join(replacements, folder)))
    }
  }
  return sets
}

/** The set of a language, of that language anywhere (en for en-GB), or English. */
export function promptSetFor(sets: ReadonlyMap<string, PromptSet>, language: string): PromptSet | null {
  return sets.get(language) ?? sets.get(language.split('-')[0] ?? '') ?? sets.get('en') ?? null
}

/** Whether it can name a prompt, and so a file. */
export function isPromptName(name: string): boolean {
  return nameForm.test(name) && name.length <= 60
}

function promptSet(manifest: PromptManifest, folder: string, replacements: string): PromptSet {
  return {
    manifest,
    file(name) {
      if (!Object.hasOwn(manifest.prompts, name)) return null
      const own = join(replacements, `${name}.wav`)
      return existsSync(own) ? own : join(folder, `${name}.wav`)
    },
  }
}

function readManifest(path: string): PromptManifest {
  let manifest: Partial<PromptManifest>
  try {
    manifest = JSON.parse(readFileSync(path, 'utf8')) as Partial<PromptManifest>
  } catch (error) {
    throw new Error(`${path} cannot be read: ${error instanceof Error ? error.message : error}`)
  }
  const { language, prompts, numbers, date, time } = manifest
  if (typeof language !== 'string' || typeof prompts !== 'object' || prompts === null) {
    throw new Error(`${path}: language and prompts are missing`)
  }
  if (!Array.isArray(numbers) || !Array.isArray(date) || typeof time !== 'object') {
    throw new Error(`${path}: the rules for numbers, date and time are missing`)
  }
  const bad = Object.keys(prompts).find((name) => !isPromptName(name))
  if (bad !== undefined) throw new Error(`${path}: ${bad} cannot name a prompt: letters, digits and hyphens do`)
  return manifest as PromptManifest
}
