/** The one form of dates in SIP (RFC 3261 §20.17), without a clock or a calendar library. */

const weekdays = ['Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed'] as const
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const
const day = 86_400_000

/** As `Sat, 13 Nov 2010 23:29:00 GMT`. @param time milliseconds since the epoch, not before it */
export function sipDate(time: number): string {
  const days = Math.floor(time / day)
  const { year, month, date } = civil(days)
  const seconds = Math.floor((time % day) / 1000)
  const clock = [seconds / 3600, (seconds / 60) % 60, seconds % 60].map(twoDigits).join(':')
  return `${weekdays[days % 7]}, ${twoDigits(date)} ${months[month - 1]} ${year} ${clock} GMT`
}

/** Years are counted from March, so that a leap day is their last: in 400 of them there are 146 097 days. */
function civil(days: number): { readonly year: number; readonly month: number; readonly date: number } {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const leapDays = Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096)
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365)
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const date = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, date }
}

function twoDigits(value: number): string {
  return String(Math.floor(value)).padStart(2, '0')
}
