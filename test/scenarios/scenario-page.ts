/** The table of docs/router-scenarios.md: each rule of the router, in a sentence, with the scenarios that show it. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { ScenarioFile } from './scenario-file.ts'
import { mapOf, readPlain, readScenarioFile, textOf } from './scenario-file.ts'

export const scenarioFolder = 'test/scenarios'
export const scenarioPage = 'docs/router-scenarios.md'
const ruleFile = 'rules.yaml'
const tableHeading = '## Rules and their scenarios\n'

/** Rules by subject, then by id, as sentences. */
export function readRules(): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const subjects = Object.entries(readPlain(join(scenarioFolder, ruleFile)))
  return new Map(
    subjects.map(([subject, rules]) => [
      subject,
      new Map(Object.entries(mapOf(rules, subject)).map(([id, sentence]) => [id, textOf(sentence, id)])),
    ]),
  )
}

/** Every file of scenarios, by name. */
export function readAllScenarios(): ReadonlyMap<string, ScenarioFile> {
  const names = readdirSync(scenarioFolder).filter((name) => name.endsWith('.yaml') && name !== ruleFile)
  return new Map(names.sort().map((name) => [name, readScenarioFile(join(scenarioFolder, name))]))
}

/** The page with the table made anew; what stands above it is written by hand. */
export function pageWithTable(page: string): string {
  const [above = ''] = page.split(tableHeading)
  return `${above}${tableHeading}\n${table()}`
}

function table(): string {
  const shownBy = new Map<string, string[]>()
  for (const [file, { scenarios }] of readAllScenarios()) {
    for (const { name, covers } of scenarios) {
      for (const id of covers) shownBy.set(id, [...(shownBy.get(id) ?? []), `${file}: ${name}`])
    }
  }
  let text = ''
  for (const [subject, rules] of readRules()) {
    text += `### ${subject}\n\n| rule | says | scenarios |\n|---|---|---|\n`
    for (const [id, sentence] of rules) {
      text += `| \`${id}\` | ${sentence} | ${(shownBy.get(id) ?? []).join('<br>')} |\n`
    }
    text += '\n'
  }
  return `${text.trimEnd()}\n`
}
