/** Names are JavaScript strings; messages and the journal are bytes. UTF-8 stands between them. */

export function encodeText(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}

export function decodeText(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
