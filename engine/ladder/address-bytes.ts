import { isIP } from 'node:net'

/** The 4 or 16 bytes of an IP address; zeros where it is none. */
export function addressBytes(address: string): Buffer {
  if (isIP(address) !== 6) {
    return Buffer.from(address.split('.').map(Number))
  }
  const [plain = ''] = address.split('%')
  const embedded = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(plain)
  const text =
    embedded === null ? plain : `${embedded[1]}${hex(embedded[2], embedded[3])}:${hex(embedded[4], embedded[5])}`
  const [before = '', after] = text.split('::')
  const left = before === '' ? [] : before.split(':')
  const right = after === undefined || after === '' ? [] : after.split(':')
  const groups =
    after === undefined ? left : [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right]
  const bytes = Buffer.alloc(16)
  for (const [place, group] of groups.entries()) bytes.writeUInt16BE(Number.parseInt(group, 16), place * 2)
  return bytes
}

function hex(high = '0', low = '0'): string {
  return (Number(high) * 256 + Number(low)).toString(16)
}
