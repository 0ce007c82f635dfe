/** Outside numbers named anywhere in a part of a body (`number: +E164`), each once. */
export function numbersNamedIn(part: unknown): ReadonlySet<string> {
  const found = new Set<string>()
  collect(part, found)
  return found
}

function collect(part: unknown, found: Set<string>): void {
  if (typeof part !== 'object' || part === null) return
  if (Array.isArray(part)) {
    for (const item of part) collect(item, found)
    return
  }
  for (const [field, value] of Object.entries(part)) {
    if (typeof value === 'object') collect(value, found)
    else if (field === 'number' && typeof value === 'string') found.add(value)
  }
}
