/** The configuration document that makes the benchmark's people known to Ringdown. */

import type { Document, DocumentDevice, DocumentTrunk, DocumentUser } from '../../engine/config/document.ts'
import type { BenchUser } from '../population.ts'
import { COMMON_EXTENSION, domainOfPbx, PHONE_DOMAIN, USERS_OF_A_PBX } from '../population.ts'
import type { ServerPlan } from './server.ts'

type DocumentPlan = Pick<ServerPlan, 'users' | 'callerPort' | 'moreCallerPorts' | 'emergencyPort' | 'signIn'>

/** Rules in turn; none of them changes the way of an answered call from a mobile number, all have to be looked at. */
const RULES: readonly ((next: BenchUser) => Pick<DocumentUser, 'blockList' | 'forwarding'>)[] = [
  () => ({ blockList: { callers: ['anonymous', '+442079460000', '+4420*'] } }),
  (next) => ({ forwarding: { busy: { to: { user: next.sipUserName } } } }),
  (next) => ({ forwarding: { noAnswer: { to: { user: next.sipUserName } } } }),
  (next) => ({ forwarding: { notReachable: { to: { user: next.sipUserName } } } }),
]

/** What a server is told for a plan. */
export function documentFor(plan: DocumentPlan): Document {
  const { users, callerPort, moreCallerPorts, emergencyPort, signIn = 'none' } = plan
  if (signIn === 'calls') return manyPbxs(users)
  const document = ringdownDocument(users, callerPort, moreCallerPorts, emergencyPort)
  return signIn === 'none' ? document : { ...document, devices: users.map(md5Device) }
}

/** As below, ten users a PBX, of whom the first has the extension that all dial; nobody is a trunk. */
function manyPbxs(users: readonly BenchUser[]): Document {
  const first = users.filter(({ index }) => index % USERS_OF_A_PBX === 0)
  const idOf = (index: number): string => `pbx-${Math.floor(index / USERS_OF_A_PBX)}`
  return {
    version: 1,
    account: { name: 'Benchmark' },
    pbxs: first.map(({ index }) => ({
      id: idOf(index),
      name: `Benchmark ${idOf(index)}`,
      domain: domainOfPbx(index),
      country: 'DE',
    })),
    sites: first.map(({ index }) => ({
      id: `site-of-${idOf(index)}`,
      name: 'Berlin',
      pbx: idOf(index),
      timeZone: 'Europe/Berlin',
      areaCode: '30',
    })),
    users: users.map((user, index) => ({
      ...documentUser(user, users[(index + 1) % users.length] ?? user),
      site: `site-of-${idOf(index)}`,
      extension: String(Number(COMMON_EXTENSION) + (index % USERS_OF_A_PBX)),
    })),
    devices: users.map(md5Device),
    phoneNumbers: users.map(({ phoneNumber, sipUserName }) => ({ number: phoneNumber, user: sipUserName })),
  }
}

function md5Device({ sipUserName, password }: BenchUser): DocumentDevice {
  return { user: sipUserName, sipUserName, password, digestAlgorithms: ['MD5'] }
}

/**
 * One PBX, one site, the users with a phone and a number each, and a trunk trusted by its address and port.
 * @param morePorts of the trunk, from which it calls too
 * @param emergencyPort of a second trunk, which takes emergency calls
 */
export function ringdownDocument(
  users: readonly BenchUser[],
  callerPort: number,
  morePorts: readonly number[] = [],
  emergencyPort = 0,
): Document {
  const emergencyTrunk: DocumentTrunk = {
    id: 'emergency',
    name: 'Emergency',
    address: '127.0.0.1',
    port: emergencyPort,
    trusted: [],
    prefixes: [],
    emergency: 'first',
    optionsSeconds: 0,
  }
  return {
    version: 1,
    account: { name: 'Benchmark' },
    pbxs: [{ id: 'bench', name: 'Benchmark', domain: PHONE_DOMAIN, country: 'DE' }],
    sites: [{ id: 'berlin', name: 'Berlin', pbx: 'bench', timeZone: 'Europe/Berlin', areaCode: '30' }],
    users: users.map((user, index) => documentUser(user, users[(index + 1) % users.length] ?? user)),
    devices: users.map(({ sipUserName, password }) => ({ user: sipUserName, sipUserName, password })),
    phoneNumbers: users.map(({ phoneNumber, sipUserName }) => ({ number: phoneNumber, user: sipUserName })),
    trunks: [
      {
        id: 'trunk',
        name: 'Trunk',
        address: '127.0.0.1',
        port: callerPort,
        trusted: [callerPort, ...morePorts].map((port) => ({ address: '127.0.0.1', port })),
        prefixes: ['+'],
        optionsSeconds: 0,
      },
      ...(emergencyPort === 0 ? [] : [emergencyTrunk]),
    ],
  }
}

function documentUser(user: BenchUser, next: BenchUser): DocumentUser {
  const rule = user.hasRule ? RULES[(user.index / 10) % RULES.length]?.(next) : undefined
  return {
    userName: user.sipUserName,
    firstName: 'User',
    lastName: String(user.index),
    email: `${user.sipUserName}@${PHONE_DOMAIN}`,
    site: 'berlin',
    extension: user.extension,
    primaryNumber: user.phoneNumber,
    lines: 4,
    ...rule,
  }
}
