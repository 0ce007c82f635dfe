/** Area codes of calling code 1, which many countries share (North American Numbering Plan). */

/** By ISO 3166-1 alpha-2: neither in the USA (with its territories) nor in Canada. */
export const caribbeanAreas: Readonly<Record<string, readonly string[]>> = {
  AG: words('268'),
  AI: words('264'),
  BB: words('246'),
  BM: words('441'),
  BS: words('242'),
  DM: words('767'),
  DO: words('809 829 849'),
  GD: words('473'),
  JM: words('658 876'),
  KN: words('869'),
  KY: words('345'),
  LC: words('758'),
  MS: words('664'),
  SX: words('721'),
  TC: words('649'),
  TT: words('868'),
  VC: words('784'),
  VG: words('284'),
}

export const canadianAreas: readonly string[] = words(
  '204 226 236 249 250 257 263 273 289 306 343 354 365 367 368 382 403 416 418 428 431 437 438 450 468 474 506 514 ' +
    '519 548 579 581 584 587 604 613 639 647 672 683 705 709 742 753 778 780 782 807 819 825 867 873 879 902 905 942',
)

/** Numbers without a place that belong to all: freephone, premium rate, personal. They are abroad for nobody. */
export const sharedAreas: ReadonlySet<string> = new Set(
  words('500 521 522 533 544 566 577 588 800 833 844 855 866 877 888 900'),
)

const foreign = new Set([...canadianAreas, ...Object.values(caribbeanAreas).flat()])

/** There are about 400: whatever is not Canadian, Caribbean or shared is taken to be in the USA. */
export const unitedStatesAreas: readonly string[] = allAreas().filter(
  (code) => !foreign.has(code) && !sharedAreas.has(code),
)

function words(text: string): string[] {
  return text.split(' ')
}

function allAreas(): string[] {
  const codes: string[] = []
  for (let code = 200; code < 1000; code++) codes.push(String(code))
  return codes
}
