/** Text as it is compared in lists: without case and accents, so that `muller` finds `Müller`. */
export function foldedText(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
}
