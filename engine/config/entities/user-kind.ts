import { blockListReferences, blockListWatches, checkBlockList } from './block-list.ts'
import { hasFact } from './emergency-strings.ts'
import { checkExtension, extensionFacts, extensionValue, extensionWatches } from './extension.ts'
import { deviceFact, numberFact } from './facts.ts'
import { checkCircles } from './forwarding-circle.ts'
import type { Body, ConfigurationView, Fact, Findings, KindDefinition, Reference } from './kind.ts'
import { numbersNamedIn } from './named-numbers.ts'
import type { UserBody } from './user.ts'
import { User, userSecrets } from './user.ts'
import { checkUserExtras, moreReferencesOfUser, moreUniqueValuesOfUser } from './user-checks.ts'

export const userKind: KindDefinition<UserBody> = {
  kind: 'user',
  collection: 'users',
  label: 'user',
  schema: User,
  secrets: userSecrets,
  idOf: (body) => body.userName,
  titleOf: (body) => `${body.firstName} ${body.lastName}`,
  referencesOf: referencesOfUser,
  uniqueValuesOf(body, configuration) {
    const pbx = pbxOf(body, configuration)
    return [
      {
        scope: 'userName',
        value: body.userName.toLowerCase(),
        path: 'userName',
        what: 'user name',
        cure: 'Give one of the two another user name',
      },
      ...(body.extension === undefined || pbx === '' ? [] : [extensionValue(body.extension, pbx)]),
      ...moreUniqueValuesOfUser(body, configuration),
    ]
  },
  check: checkUser,
  factsOf(body, configuration) {
    const pbx = pbxOf(body, configuration)
    return body.extension === undefined || pbx === '' ? [] : extensionFacts(body.extension, pbx, configuration)
  },
  watchesOf(body, configuration) {
    const pbx = pbxOf(body, configuration)
    const found: Fact[] = blockListWatches(body.blockList, pbx)
    if (body.extension !== undefined && pbx !== '') found.push(...extensionWatches(body.extension, pbx, configuration))
    for (const number of numbersNamedIn([body.forwarding, body.rules])) found.push(numberFact(number))
    return found
  },
  checkTogether: checkCircles,
  /** Others only care whether he can be called at all. */
  *affectedBy(changes, configuration) {
    for (const { id, before, after } of changes) {
      if (before !== null && before['active'] !== after?.['active']) yield* configuration.referrersOf('user', id)
    }
  },
}

function referencesOfUser(body: UserBody): Reference[] {
  const found: Reference[] = [{ kind: 'site', id: body.site, path: 'site' }]
  if (body.primaryNumber !== undefined) {
    found.push({ kind: 'phoneNumber', id: body.primaryNumber, path: 'primaryNumber' })
  }
  for (const [event, rule] of Object.entries(body.forwarding ?? {})) {
    if (rule.to.user !== undefined) found.push({ kind: 'user', id: rule.to.user, path: `forwarding.${event}.to.user` })
  }
  found.push(...blockListReferences(body.blockList), ...moreReferencesOfUser(body))
  return found
}

/** The id of a user's PBX, or '' while his site is missing. */
function pbxOf(body: UserBody, configuration: ConfigurationView): string {
  const pbx = configuration.get('site', body.site)?.['pbx']
  return typeof pbx === 'string' ? pbx : ''
}

function checkUser(body: UserBody, configuration: ConfigurationView, findings: Findings): void {
  const id = body.id ?? body.userName
  const pbx = pbxOf(body, configuration)
  if (body.extension !== undefined) {
    if (pbx !== '') checkExtension({ kind: 'user', id }, body.extension, pbx, configuration, findings)
    if (!hasFact(deviceFact(id), configuration)) {
      const cure = 'Add a device for the user'
      findings.warnings.add('', id, 'this user has an extension but no device', cure)
    }
  }
  checkBlockList(body.blockList, pbx, configuration, findings)
  checkPrimaryNumber(body.primaryNumber, id, configuration, findings)
  checkUserExtras(body, configuration, findings)
}

function checkPrimaryNumber(
  number: string | undefined,
  id: string,
  configuration: ConfigurationView,
  findings: Findings,
): void {
  const entry: Body | undefined = number === undefined ? undefined : configuration.get('phoneNumber', number)
  if (entry === undefined || entry['user'] === id) return
  const holder = entry['user']
  const message = typeof holder === 'string' ? `this number belongs to ${holder}` : 'this number is not his'
  const cure = `Write user: ${id} beside the number in phoneNumbers, or choose another number`
  findings.problems.add('primaryNumber', number, message, cure)
}
