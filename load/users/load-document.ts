/** The configuration document that makes a load's people known to the server. */

import type { Document, DocumentUser } from '../../engine/config/document.ts'
import type { LoadUser, PopulationPlan } from './population.ts'
import { branchDomain, forwardTarget } from './population.ts'

/** Two PBXs with a site each, the users with a phone and a number each, and a trunk trusted by its address and port. */
export function loadDocument(plan: PopulationPlan, users: readonly LoadUser[]): Document {
  const { pbx, domain, dialCode, carrierAddress, carrierPort } = plan
  const branch = `${pbx}-branch`
  return {
    version: 1,
    account: { name: 'Load test' },
    pbxs: [
      { id: pbx, name: 'Load test', domain, dialCode, country: 'DE' },
      { id: branch, name: 'Load test, branch', domain: branchDomain(plan), country: 'DE' },
    ],
    sites: [
      { id: `${pbx}-site`, name: 'Load test', pbx, timeZone: 'Europe/Berlin', areaCode: '30' },
      { id: `${branch}-site`, name: 'Load test, branch', pbx: branch, timeZone: 'Europe/Berlin', areaCode: '30' },
    ],
    trunks: [
      {
        id: `${pbx}-carrier`,
        name: 'SIPp as a carrier',
        address: carrierAddress,
        port: carrierPort,
        trusted: [{ address: carrierAddress, port: carrierPort }],
        // It carries nothing outwards: calls of other users must not end at a load generator.
        prefixes: [],
        // SIPp answers what its scenario has and nothing else.
        optionsSeconds: 0,
      },
    ],
    users: users.map((user) => documentUser(plan, user, users)),
    // SIPp of Debian knows MD5 only, and gives up when SHA-256 is offered beside it.
    devices: users.map(({ sipUserName, password }) => {
      return { user: sipUserName, sipUserName, password, digestAlgorithms: ['MD5'] }
    }),
    phoneNumbers: users.map(({ phoneNumber, sipUserName }) => ({ number: phoneNumber, user: sipUserName })),
  }
}

/** Two lines each: with call waiting on, as it is unless somebody switches it off, the second call rings. */
function documentUser(plan: PopulationPlan, user: LoadUser, users: readonly LoadUser[]): DocumentUser {
  const { part, sipUserName, domain, extension, phoneNumber, callerNumber } = user
  return {
    userName: sipUserName,
    firstName: 'Load',
    lastName: String(user.index),
    email: `${sipUserName}@${domain}`,
    site: part === 'branch' ? `${plan.pbx}-branch-site` : `${plan.pbx}-site`,
    extension,
    primaryNumber: phoneNumber,
    lines: 2,
    ...(part === 'forwards' ? { forwarding: { all: { to: { user: forwardTarget(user, users).sipUserName } } } } : {}),
    ...(part === 'blocks' ? { blockList: { callers: [callerNumber] } } : {}),
  }
}
