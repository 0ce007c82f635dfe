/** Session descriptions (RFC 8866) as scenarios offer and answer them. */

/** One audio stream that both know. */
export const usual: readonly string[] = ['m=audio 32000 RTP/AVP 0', 'a=rtpmap:0 PCMU/8000']

/** The lines of a message from Content-Type on: a session with these media. */
export function session(media: readonly string[] = usual): readonly string[] {
  return body('application/sdp', description(media))
}

/** A whole description with these media. */
export function description(media: readonly string[]): readonly string[] {
  return ['v=0', 'o=sipp 1 1 IN IP4 [local_ip]', 's=-', 'c=IN IP4 [local_ip]', 't=0 0', ...media]
}

/** The lines of a message from Content-Type on: any body. */
export function body(type: string, lines: readonly string[]): readonly string[] {
  return [`Content-Type: ${type}`, 'Content-Length: [len]', '', ...lines]
}

export const noBody: readonly string[] = ['Content-Length: 0', '']
