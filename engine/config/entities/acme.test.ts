/** The company that tests of kinds add to, and what is said of it then. */
import t from 'tap'
import { readDocument } from '../read-document.ts'

/** Two sites in one PBX, two users with phones, numbers: nothing is wrong with it. */
export const acme = {
  account: { name: 'Acme' },
  pbxs: [{ id: 'north', name: 'North', domain: 'north.example.com', dialCode: '21', country: 'GB' }],
  sites: [
    { id: 'london', name: 'London', pbx: 'north', timeZone: 'Europe/London', areaCode: '20' },
    { id: 'york', name: 'York', pbx: 'north', timeZone: 'Europe/London' },
  ],
  users: [user('anna', { extension: '2001' }), user('ben', { extension: '2002' }), user('cora', { active: false })],
  devices: [
    { user: 'anna', sipUserName: 'anna', password: 'eight-or-more' },
    { user: 'ben', sipUserName: 'ben', password: 'eight-or-more' },
  ],
  phoneNumbers: [{ number: '+442079460101', user: 'anna' }, { number: '+442079460102' }],
}

/** A user of the London site. */
export function user(userName: string, more: object = {}): object {
  return {
    userName,
    firstName: userName,
    lastName: 'Abbott',
    email: `${userName}@example.com`,
    site: 'london',
    ...more,
  }
}

/** What is wrong with the company when these lists take the place of its own: `place: message`. */
export function problemsWith(more: object): string[] {
  const reading = readDocument(JSON.stringify({ ...acme, ...more }), 'acme.json')
  return reading.ok ? [] : reading.problems.map(({ path, message }) => `${path}: ${message}`)
}

/** What is warned of. The company must be sound. */
export function warningsWith(more: object): string[] {
  const reading = readDocument(JSON.stringify({ ...acme, ...more }), 'acme.json')
  if (!reading.ok) throw new Error(reading.problems.map(({ path, message }) => `${path}: ${message}`).join('\n'))
  return reading.warnings.map(({ path, message }) => `${path}: ${message}`)
}

t.test('the company that others add to is sound', async (t) => {
  t.same(problemsWith({}), [])
  t.same(warningsWith({}), [])
})
