/** Networks in the form address/length (RFC 4632, RFC 4291). */
import { isIP } from 'node:net'

/** Whether this is an IP address with a length that its family allows. */
export function isNetwork(text: string): boolean {
  const slash = text.indexOf('/')
  const family = isIP(slash < 0 ? '' : text.slice(0, slash))
  const length = text.slice(slash + 1)
  return family !== 0 && /^[0-9]{1,3}$/.test(length) && Number(length) <= (family === 4 ? 32 : 128)
}
