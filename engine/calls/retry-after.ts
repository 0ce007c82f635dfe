/** Retry-After lines (RFC 3261 §20.33). */
export function retryAfter(seconds: number): string {
  return `Retry-After: ${seconds}\r\n`
}
