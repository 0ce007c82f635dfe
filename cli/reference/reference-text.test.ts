import { existsSync, readFileSync } from 'node:fs'
import type { Command } from 'commander'
import t from 'tap'
import { kindDefinitions } from '../../engine/config/entities/kinds.ts'
import { commandNameOf } from '../commands/entity-commands.ts'
import { buildProgram } from '../program.ts'
import { commandPage, fieldPage, isOwn, visible } from './reference-text.ts'

/** Of the checkout, wherever the compiled tests stand. */
function page(name: string): string {
  for (let folder = new URL('.', import.meta.url); ; folder = new URL('..', folder)) {
    const file = new URL(`docs/${name}`, folder)
    if (existsSync(file)) return readFileSync(file, 'utf8')
    if (folder.pathname === '/') throw new Error(`there is no docs/${name}`)
  }
}

t.test('the pages are those of the commands', async (t) => {
  const text = page('command-line.md')
  t.equal(commandPage(text, buildProgram()) === text, true, 'if not: npm run command-pages')
  t.equal(fieldPage() === page('command-line-fields.md'), true, 'if not: npm run command-pages')
})

t.test('every command and option is in them', async (t) => {
  const text = page('command-line.md')
  const check = (command: Command, path: string) => {
    for (const inner of visible(command)) if (inner.name() !== 'help') check(inner, `${path} ${inner.name()}`)
    if (command.commands.length > 0) return
    const section = text
      .split('\n#### ')
      .find((part) => part.startsWith(`\`${path}`) && /^[` ]/.test(part.slice(path.length + 1)))
    t.ok(section, path)
    for (const option of command.options.filter(isOwn)) {
      t.ok(section?.includes(option.flags.replaceAll('|', '\\|')), `${path} ${option.flags}`)
    }
  }
  const kinds = new Set(kindDefinitions().map(({ kind }) => commandNameOf(kind)))
  const usual = new Set(['list', 'show', 'add', 'change', 'remove'])
  for (const command of visible(buildProgram())) {
    if (command.name() === 'help') continue
    if (!kinds.has(command.name())) {
      check(command, `ringdown ${command.name()}`)
      continue
    }
    t.ok(text.includes(`\`${command.name()}\``), command.name())
    for (const inner of visible(command)) {
      if (inner.name() === 'help') continue
      const path = usual.has(inner.name()) ? 'ringdown KIND' : `ringdown ${command.name()}`
      check(inner, `${path} ${inner.name()}`)
    }
  }
})

t.test('each file of commands says in its help what it does', async (t) => {
  const check = (command: Command) => {
    t.not(command.description(), '', command.name())
    for (const option of command.options) t.not(option.description, '', `${command.name()} ${option.flags}`)
    for (const inner of command.commands) check(inner)
  }
  check(buildProgram())
})
