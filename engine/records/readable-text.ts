/** UTF-8 bytes, one character each, as a JavaScript string: what came by SIP, for people. */
export function readableText(bytes: string): string {
  for (let i = 0; i < bytes.length; i++) {
    if (bytes.charCodeAt(i) > 127) return Buffer.from(bytes, 'latin1').toString('utf8')
  }
  return bytes
}
