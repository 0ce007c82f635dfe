import { bracketed } from '../sip/uri.ts'

/**
 * Which web pages may open a WebSocket here. Browsers let every page connect to every address and only say which page it
 * is (RFC 6455 §10.2): a page from elsewhere could use the network of whoever looks at it.
 *
 * @param allowed origins as browsers write them, `https://phone.example.com`, or `*` for all; none: pages that come
 *   from this server, whatever their port
 * @param isOwnHost whether a lower-case host, IPv6 in brackets, is this server
 * @returns whether an Origin header may connect; who sends none is no browser
 */
export function originCheck(
  allowed: readonly string[],
  isOwnHost: (host: string) => boolean,
): (origin: string | undefined) => boolean {
  const known = new Set(allowed.map((origin) => origin.toLowerCase()))
  return (origin) => {
    if (origin === undefined || known.has('*')) return true
    if (known.size > 0) return known.has(origin.toLowerCase())
    const host = hostOfOrigin(origin)
    return host !== '' && isOwnHost(host)
  }
}

/** '' where it is none, as for pages from a file (`null`). */
function hostOfOrigin(origin: string): string {
  try {
    return bracketed(new URL(origin).hostname.toLowerCase())
  } catch {
    return ''
  }
}
