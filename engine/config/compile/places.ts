import type { AccountBody } from '../entities/account.ts'
import type { Body } from '../entities/kind.ts'
import type { PbxBody } from '../entities/pbx.ts'
import type { SiteBody } from '../entities/site.ts'
import type { TrunkBody } from '../entities/trunk.ts'
import type { Account, AccountDialling, Pbx, Site, Trunk } from '../snapshot.ts'
import type { ChangesByKind, ChangesOfKind } from './changes-by-kind.ts'
import { entitiesBetweenPauses } from './changes-by-kind.ts'
import { callPrefixCodesOf } from './compile-feature-codes.ts'
import { compileAccount, compilePbx, compileSite, planOf } from './compile-places.ts'
import { byPriority, compileTrunk, emergencyTrunksFor, trunksByPrefix } from './compile-trunks.ts'
import { unchecked } from './unchecked.ts'

type TrunkTables = Pick<AccountDialling, 'trunksByPrefix' | 'emergencyTrunks'>
/** PBX ids by dial code. */
export interface DialCodes {
  readonly pbxs: ReadonlyMap<string, string>
  /** Longest first. */
  readonly lengths: readonly number[]
}

/** The account, its PBXs, sites and trunks as they are now. They are few, so all are kept as written, too. */
export class Places {
  account: Account | null = null
  /** In the order in which they were made. */
  readonly pbxs = new Map<string, Pbx>()
  readonly sites = new Map<string, Site>()
  pbxsByDomain: ReadonlyMap<string, Pbx> = new Map()
  /** Another object where one of them changed. */
  dialCodes: DialCodes = { pbxs: new Map(), lengths: [] }
  /** By priority. */
  trunks: readonly Trunk[] = []
  trunkTables: TrunkTables = { trunksByPrefix: { lengths: [], trunks: new Map() }, emergencyTrunks: new Map() }
  emergencyStrings: ReadonlySet<string> = new Set()
  callPrefixCodes: ReadonlySet<string> = new Set()
  readonly #accountBodies = new Map<string, Body>()
  readonly #pbxBodies = new Map<string, Body>()
  readonly #siteBodies = new Map<string, Body>()
  readonly #trunkBodies = new Map<string, Body>()
  /** The country of trunks that name none. */
  #home = '';

  /** Takes over changes. Gives the ids of the sites that are new objects or gone: who is there hangs below. */
  *apply(changes: ChangesByKind): Generator<void, ReadonlySet<string>> {
    this.#applyAccount(changes.account)
    const changedPbxs = yield* this.#applyPbxs(changes.pbx, changes.account.size > 0)
    const changedSites = yield* this.#applySites(changes.site, changedPbxs)
    if (changedSites.size > 0) this.emergencyStrings = yield* emergencyStringsOf(this.sites.values())
    const trunksChanged = yield* this.#applyTrunks(changes.trunk)
    if (trunksChanged || changedSites.size > 0) yield* this.#layOutTrunks(trunksChanged)
    return changedSites
  }

  #applyAccount(changes: ChangesOfKind): void {
    if (changes.size === 0) return
    takeOver(this.#accountBodies, changes)
    if (this.#accountBodies.size > 1) unchecked('there is more than one account')
    this.account = null
    for (const [id, body] of this.#accountBodies) this.account = compileAccount(id, body as AccountBody)
  }

  *#applyPbxs(changes: ChangesOfKind, all: boolean): Generator<void, ReadonlySet<string>> {
    takeOver(this.#pbxBodies, changes)
    const changed = new Set(all ? [...changes.ids(), ...this.#pbxBodies.keys()] : changes.ids())
    if (changed.size === 0) return changed
    for (const id of changed) {
      const body = this.#pbxBodies.get(id)
      if (body === undefined) this.pbxs.delete(id)
      else {
        const account = this.account ?? unchecked(`PBX ${id} belongs to no account`)
        this.pbxs.set(id, compilePbx(body as PbxBody, account))
      }
      yield
    }
    const pbxs = [...this.pbxs.values()]
    this.callPrefixCodes = new Set(pbxs.flatMap(({ featureCodes }) => callPrefixCodesOf(featureCodes)))
    this.pbxsByDomain = new Map(pbxs.map((pbx) => [pbx.domain, pbx]))
    const byDialCode = new Map<string, string>()
    for (const pbx of pbxs) if (pbx.dialCode !== '') byDialCode.set(pbx.dialCode, pbx.id)
    const lengths = new Set([...byDialCode.keys()].map((code) => code.length))
    this.dialCodes = { pbxs: byDialCode, lengths: [...lengths].sort((a, b) => b - a) }
    return changed
  }

  *#applySites(changes: ChangesOfKind, changedPbxs: ReadonlySet<string>): Generator<void, ReadonlySet<string>> {
    takeOver(this.#siteBodies, changes)
    const changed = new Set(changes.ids())
    if (changedPbxs.size > 0) {
      for (const [id, body] of this.#siteBodies) if (changedPbxs.has((body as SiteBody).pbx)) changed.add(id)
    }
    let count = 0
    for (const id of changed) {
      const body = this.#siteBodies.get(id) as SiteBody | undefined
      if (body === undefined) this.sites.delete(id)
      else {
        const pbx = this.pbxs.get(body.pbx) ?? unchecked(`site ${id} is in PBX ${body.pbx}, which does not exist`)
        this.sites.set(id, compileSite(body, pbx))
      }
      if (++count % entitiesBetweenPauses === 0) yield
    }
    return changed
  }

  *#applyTrunks(changes: ChangesOfKind): Generator<void, boolean> {
    takeOver(this.#trunkBodies, changes)
    // By id, and not as they came: what a restart reads in another order must decide the same.
    const firstPbx = [...this.pbxs.values()].reduce<Pbx | null>((a, b) => (a !== null && a.id < b.id ? a : b), null)
    const home = firstPbx?.country ?? ''
    if (changes.size === 0 && home === this.#home) return false
    this.#home = home
    const trunks: Trunk[] = []
    for (const body of this.#trunkBodies.values()) {
      const source = body as TrunkBody
      trunks.push(compileTrunk(source, planOf(source.country ?? home)))
      yield
    }
    this.trunks = byPriority(trunks)
    return true
  }

  *#layOutTrunks(changed: boolean): Generator<void, void> {
    const byPrefix = changed ? yield* trunksByPrefix(this.trunks) : this.trunkTables.trunksByPrefix
    const usable = this.trunks.filter(({ id }) => (this.#trunkBodies.get(id) as TrunkBody).emergency !== 'never')
    const emergencyTrunks = new Map<string, readonly Trunk[]>()
    for (const { country } of this.sites.values()) {
      if (emergencyTrunks.has(country)) continue
      emergencyTrunks.set(country, emergencyTrunksFor(country, usable))
      yield
    }
    this.trunkTables = { trunksByPrefix: byPrefix, emergencyTrunks }
  }
}

/** What is dialled at these sites for an emergency number. */
function* emergencyStringsOf(sites: Iterable<Site>): Generator<void, ReadonlySet<string>> {
  const strings = new Set<string>()
  const done = new Set<string>()
  for (const { country, numbering, pbx } of sites) {
    const place = `${country} ${pbx.outsidePrefix}`
    if (done.has(place)) continue
    done.add(place)
    for (const number of numbering.emergencyNumbers) {
      strings.add(number)
      strings.add(pbx.outsidePrefix + number)
    }
    yield
  }
  return strings
}

function takeOver(bodies: Map<string, Body>, changes: ChangesOfKind): void {
  for (const [id, body] of changes) {
    if (body === null) bodies.delete(id)
    else bodies.set(id, body)
  }
}
