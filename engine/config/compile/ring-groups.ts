import type { Body } from '../entities/kind.ts'
import type { RingGroupBody } from '../entities/ring-group.ts'
import type { MemberBody } from '../entities/service.ts'
import type { GroupMember, RingGroup, Site } from '../snapshot.ts'
import { BucketMap } from './bucket-map.ts'
import type { ChangesOfKind } from './changes-by-kind.ts'
import { entitiesBetweenPauses } from './changes-by-kind.ts'
import { compileForwarding, compileRecording } from './compile-rules.ts'
import type { ExtensionChanges } from './extension-index.ts'
import { ExtensionNotes } from './extension-index.ts'
import { ringGroupKey } from './ring-group-key.ts'
import { unchecked } from './unchecked.ts'

/** Seconds that a group rings its members where nothing else is said. */
const usualRingSeconds = 15

/** Ring groups as they are now. They are few against users, so they are kept as written, too. */
export class RingGroups {
  /** By key. */
  groups = BucketMap.empty<RingGroup>()
  readonly #bodies = new Map<string, Body>();

  /** Takes over changes; `changedSites` are new objects, or gone. */
  *apply(
    changes: ChangesOfKind,
    sites: ReadonlyMap<string, Site>,
    changedSites: ReadonlySet<string>,
  ): Generator<void, ExtensionChanges> {
    const changed = new Set<string>()
    for (const [id, body] of changes) {
      if (body === null) this.#bodies.delete(id)
      else this.#bodies.set(id, body)
      changed.add(id)
    }
    if (changedSites.size > 0) {
      for (const [id, body] of this.#bodies) if (changedSites.has((body as RingGroupBody).site)) changed.add(id)
    }
    const groups = this.groups.edit()
    const extensions = new ExtensionNotes()
    let count = 0
    for (const id of changed) {
      const key = ringGroupKey(id)
      const body = this.#bodies.get(id) as RingGroupBody | undefined
      const old = groups.get(key)
      const next = body === undefined ? null : compileRingGroup(body, sites)
      if (next === null) groups.delete(key)
      else groups.set(key, next)
      extensions.put(old, next)
      if (++count % entitiesBetweenPauses === 0) yield
    }
    this.groups = groups.finish()
    return extensions
  }
}

function compileRingGroup(source: RingGroupBody, sites: ReadonlyMap<string, Site>): RingGroup {
  const site =
    sites.get(source.site) ?? unchecked(`ring group ${source.id} is at site ${source.site}, which does not exist`)
  const ringSeconds = source.ringSeconds ?? usualRingSeconds
  return {
    kind: 'ringGroup',
    id: source.id,
    key: ringGroupKey(source.id),
    site,
    pbx: site.pbx,
    displayName: source.name,
    extension: source.extension ?? '',
    members: source.members.map((member) => compileMember(member, ringSeconds)).filter((member) => member !== null),
    pattern: source.pattern ?? 'all',
    skipBusyMembers: source.skipBusyMembers ?? false,
    callerNamePrefix: source.callerNamePrefix ?? '',
    internationalForwarding: source.internationalForwarding ?? false,
    callingPlan: source.callingPlan ?? '',
    callingCountry: null,
    outboundBlocks: null,
    forwarding: compileForwarding(source.forwarding),
    mailbox: source.voicemail?.enabled ?? false,
    recording: compileRecording(source.recording),
  }
}

function compileMember(source: MemberBody, usual: number): GroupMember | null {
  const ringSeconds = source.ringSeconds ?? usual
  if (source.optedOut === true) return null
  if (source.user !== undefined) return { kind: 'user', userId: source.user, ringSeconds }
  return source.number === undefined ? null : { kind: 'number', number: source.number, ringSeconds }
}
