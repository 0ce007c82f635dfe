import { createCipheriv } from 'node:crypto'

/** Bytes of a master key and of a master salt (RFC 3711 §8.2, RFC 4568 §6.2). */
const masterKeyBytes = 16
const masterSaltBytes = 14
const inlineKeyBytes = masterKeyBytes + masterSaltBytes

/** Labels of the keys derived (RFC 3711 §4.3.1, §4.3.2). */
export const rtpLabels = { cipher: 0, authentication: 1, salt: 2 }
export const rtcpLabels = { cipher: 3, authentication: 4, salt: 5 }

export interface SessionKeys {
  /** AES-128. */
  readonly cipher: Buffer
  /** HMAC-SHA1, 20 bytes. */
  readonly authentication: Buffer
  /** 14 bytes. */
  readonly salt: Buffer
}

/** The keys of one direction for RTP or RTCP, derived once (key derivation rate 0). */
export function deriveKeys(masterKey: Buffer, masterSalt: Buffer, labels: typeof rtpLabels): SessionKeys {
  const derive = (label: number, bytes: number) => {
    // RFC 3711 §4.3.3: the salt with the label in its eighth byte, and two bytes of counter behind.
    const counter = Buffer.alloc(16)
    masterSalt.copy(counter)
    counter[7] = counter[7]! ^ label
    return createCipheriv('aes-128-ctr', masterKey, counter).update(Buffer.alloc(bytes))
  }
  return {
    cipher: derive(labels.cipher, masterKeyBytes),
    authentication: derive(labels.authentication, 20),
    salt: derive(labels.salt, masterSaltBytes),
  }
}

/** Master key and salt of `a=crypto`; `null` where it is not 30 bytes of base64. */
export function readInlineKey(text: string): { readonly key: Buffer; readonly salt: Buffer } | null {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length !== inlineKeyBytes) return null
  return { key: bytes.subarray(0, masterKeyBytes), salt: bytes.subarray(masterKeyBytes) }
}
