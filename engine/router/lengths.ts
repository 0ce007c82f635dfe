/** Whether texts of this length are among those whose lengths are these bits (at most 31: nothing longer is kept so). */
export function hasLength(bits: number, length: number): boolean {
  return length < 32 && ((bits >>> length) & 1) !== 0
}
