import type { User } from '../config/snapshot.ts'

/**
 * Whether `by` may take calls that ring for `of`: colleagues in one PBX, as far as that PBX goes. It also decides who
 * learns from a lamp with whom somebody speaks (docs/trust.md).
 */
export function mayPickUp(by: User, of: User): boolean {
  if (by.pbx.id !== of.pbx.id) return false
  switch (of.pbx.pickup) {
    case 'everyone':
      return true
    case 'same-site':
      return by.site.id === of.site.id
    case 'same-group':
      return by.pickupGroups.some((group) => of.pickupGroups.includes(group))
    case 'nobody':
      return false
  }
}
