/** Checks an auto attendant: keys, menus by time, and that no menu leaves callers without a way on. */
import type { ActionBody, AutoAttendantBody, MenuBody } from './auto-attendant.ts'
import { checkExactlyOne, checkTarget } from './destination-checks.ts'
import type { ConfigurationView, Findings } from './kind.ts'
import { checkExtensionOfService, forwarderOfService } from './service.ts'
import { serviceKinds } from './targets.ts'

const onwards = ['user', 'number', ...serviceKinds, 'voicemailOf', 'dialExtension', 'dialByName', 'hangUp'] as const
const staying = ['menu', 'repeat', 'play', 'language'] as const
const times = ['open', 'closed', 'holiday', 'alternate'] as const

/** Checks the whole attendant; `actions` is everything that its menus lead to. */
export function checkAttendant(
  body: AutoAttendantBody,
  actions: readonly { readonly action: ActionBody; readonly path: string }[],
  configuration: ConfigurationView,
  findings: Findings,
): void {
  const { problems } = findings
  const owner = forwarderOfService('autoAttendant', body, false)
  checkExtensionOfService('autoAttendant', body, configuration, findings)
  const menus = menusByName(body, findings)
  checkTimes(body, menus, findings)
  for (const { action, path } of actions) {
    checkExactlyOne(action, [...onwards, ...staying], path, findings)
    checkTarget(action, path, owner, configuration, findings)
    if (action.voicemailOf !== undefined) {
      checkExactlyOne(action.voicemailOf, ['user', 'ringGroup', 'callQueue'], `${path}.voicemailOf`, findings)
    }
    if (action.menu !== undefined && !menus.has(action.menu))
      problems.add(`${path}.menu`, action.menu, ...noMenu(menus))
  }
  for (const [index, menu] of body.menus.entries()) checkKeys(menu, `menus[${index}]`, findings)
  checkWaysOn(body, menus, findings)
}

function noMenu(menus: ReadonlyMap<string, MenuBody>): [message: string, cure: string] {
  return ['there is no menu with this name', `Use one of ${[...menus.keys()].slice(0, 10).join(', ')}`]
}

function menusByName(body: AutoAttendantBody, findings: Findings): ReadonlyMap<string, MenuBody> {
  const menus = new Map<string, MenuBody>()
  for (const [index, menu] of body.menus.entries()) {
    if (menus.has(menu.name)) {
      findings.problems.add(`menus[${index}].name`, menu.name, 'another menu has this name', 'Give one another name')
    } else {
      menus.set(menu.name, menu)
    }
  }
  return menus
}

function checkTimes(body: AutoAttendantBody, menus: ReadonlyMap<string, MenuBody>, findings: Findings): void {
  const { problems } = findings
  for (const time of times) {
    const name = body[time]
    if (name !== undefined && !menus.has(name)) problems.add(time, name, ...noMenu(menus))
  }
  const mode = body.mode ?? (body.schedule === undefined ? 'open' : 'schedule')
  if (mode === 'schedule') {
    if (body.schedule === undefined) {
      const cure = 'Write schedule, or choose the menu by hand with another mode'
      problems.add('mode', mode, 'there is no schedule', cure)
    }
  } else if (body[mode] === undefined) {
    problems.add('mode', mode, `there is no menu for ${mode}`, `Write a menu under ${mode}, or choose another mode`)
  }
  if (body.schedule !== undefined && body.closed === undefined) {
    const cure = 'Write a menu under closed'
    findings.warnings.add('closed', undefined, 'outside of its hours the attendant plays the menu for open', cure)
  }
}

function checkKeys(menu: MenuBody, path: string, findings: Findings): void {
  const seen = new Map<string, number>()
  for (const [index, { key }] of (menu.keys ?? []).entries()) {
    const first = seen.get(key)
    if (first === undefined) seen.set(key, index)
    else {
      const message = `key ${key} has a meaning already (keys[${first}])`
      findings.problems.add(`${path}.keys[${index}].key`, key, message, 'Take one of the two out')
    }
  }
}

/** Reports menus from which, over whatever keys, callers reach nobody and nothing: all they can do is hang up. */
function checkWaysOn(body: AutoAttendantBody, menus: ReadonlyMap<string, MenuBody>, findings: Findings): void {
  const open = new Set<string>()
  const leadingTo = new Map<string, string[]>()
  for (const [name, menu] of menus) {
    const actions = (menu.keys ?? []).map(({ to }) => to)
    for (const failing of [menu.timeout, menu.wrongKey]) if (failing?.to !== undefined) actions.push(failing.to)
    const dialling = menu.extensionDialling ?? (body.extensionDialling === true ? 'immediately' : 'off')
    if (dialling !== 'off' || actions.some(leadsOn)) open.add(name)
    for (const { menu: target } of actions) {
      if (target === undefined) continue
      const sources = leadingTo.get(target) ?? []
      sources.push(name)
      leadingTo.set(target, sources)
    }
  }
  // A set that grows while it is walked: each menu is visited once.
  for (const name of open) for (const source of leadingTo.get(name) ?? []) open.add(source)
  for (const [index, { name }] of body.menus.entries()) {
    if (open.has(name)) continue
    const cure = 'Give a key or the time-out somewhere to go, or hangUp: true where that is meant'
    findings.problems.add(`menus[${index}]`, name, 'this menu is a dead end: nothing leads on from it', cure)
  }
}

function leadsOn(action: ActionBody): boolean {
  return onwards.some((field) => action[field] !== undefined && action[field] !== false)
}
