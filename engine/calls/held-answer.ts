/**
 * An answer that takes all streams of an offer and lets no sound flow (RFC 3264 §6.1, §8.4): for a side that is alone,
 * whose session has to be kept until somebody is there.
 */
export function heldAnswer(offer: string): string {
  let answer = 'v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=-\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n'
  for (const ended of offer.split('\n')) {
    const line = ended.endsWith('\r') ? ended.slice(0, -1) : ended
    if (!line.startsWith('m=')) {
      // What the payload types stand for is repeated, so that the formats are those of the offer.
      if (line.startsWith('a=rtpmap:') || line.startsWith('a=fmtp:')) answer += `${line}\r\n`
      continue
    }
    const [media = '', port = '0', ...rest] = line.split(' ')
    // The discard port: nothing is to be sent there.
    answer += `${media} ${port === '0' ? 0 : 9} ${rest.join(' ')}\r\na=inactive\r\n`
  }
  return answer
}
