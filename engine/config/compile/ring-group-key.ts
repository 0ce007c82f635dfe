/** The key by which extensions, numbers and destinations name a ring group: no user's id looks like it. */
export function ringGroupKey(id: string): string {
  return `ringGroup:${id}`
}
