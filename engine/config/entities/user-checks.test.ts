import t from 'tap'
import { acme, problemsWith, user, warningsWith } from './acme.test.ts'

const anna = (more: object) => ({ users: [user('anna', { extension: '2001', ...more }), ...acme.users.slice(1)] })

t.test('first names of 64 characters and more are kept, in any script', async (t) => {
  t.same(problemsWith(anna({ firstName: 'ابراهيم'.repeat(10) })), [])
})

t.test('notes for people, zones and languages are checked for their form', async (t) => {
  const notes = { jobTitle: 'Directrice', department: '', language: 'fr-CA', timeZone: 'America/Toronto' }
  t.same(problemsWith(anna({ ...notes, personalNumber: '+14165550100', crm: { name: 'Deals', login: 'anna' } })), [])
  t.same(problemsWith(anna({ language: 'french' })), ['users[0].language: this is not in the expected form'])
  t.same(problemsWith(anna({ timeZone: 'Mars/Olympus' })), ['users[0].timeZone: this is no time zone'])
  t.same(problemsWith(anna({ callingCountry: 'XX' })), [
    'users[0].callingCountry: the dialling rules of this country are not known',
  ])
  const twin = { users: [user('anna', { federationId: 'x' }), user('ben', { federationId: 'x' }), acme.users[2]] }
  t.match(problemsWith(twin), [/^users\[1\]\.federationId: this federation ID is already taken by user anna/])
})

t.test('a mailbox may be a destination while it is on', async (t) => {
  const forwarding = { noAnswer: { to: { voicemail: true } } }
  t.same(problemsWith(anna({ forwarding })), [])
  t.same(problemsWith(anna({ forwarding, voicemail: { enabled: false } })), [
    'users[0].forwarding.noAnswer.to.voicemail: there is no mailbox, or it is switched off',
  ])
  t.same(problemsWith(anna({ voicemail: { notification: 'attachment', transcript: true } })), [])
  t.same(problemsWith(anna({ voicemail: { notification: 'attachment', addresses: [] } })), [
    'users[0].voicemail.addresses: there is nobody to notify',
  ])
  t.same(problemsWith(anna({ voicemail: { transcript: true } })), [
    'users[0].voicemail.transcript: transcripts are sent with notices only',
  ])
  t.same(problemsWith(anna({ voicemail: { greetings: { pinned: 'weekend' } } })), [
    'users[0].voicemail.greetings.pinned: there is no such greeting',
  ])
  t.same(problemsWith(anna({ extension: '200117', voicemailPin: '200117' })), [
    'users[0].voicemailPin: this is the extension',
  ])
})

t.test('the number that callees see is his, his site’s or shared', async (t) => {
  const shown = anna({ externalCallerId: { number: '+442079460102' } })
  const problem = ['users[0].externalCallerId.number: this number is not his to show']
  t.same(problemsWith(shown), problem)
  t.same(problemsWith(anna({ externalCallerId: { number: '+442079460101', name: 'Anna' } })), [])
  const [own] = acme.phoneNumbers
  const shared = { number: '+442079460102', sharedCallerId: { displayName: 'Acme sales' } }
  t.same(problemsWith({ ...shown, phoneNumbers: [own, shared] }), [])
  t.same(problemsWith({ ...shown, phoneNumbers: [own, { number: '+442079460102', user: 'ben' }] }), problem)
  t.same(problemsWith({ ...shown, sites: [{ ...acme.sites[0], mainNumber: '+442079460102' }, acme.sites[1]] }), [])
})

t.test('a fax number is one of the account that nobody answers', async (t) => {
  t.same(problemsWith(anna({ faxNumber: '+442079460102' })), [])
  t.same(problemsWith(anna({ faxNumber: '+442079460101' })), [
    'users[0].faxNumber: calls to this number ring user anna',
  ])
  t.match(problemsWith(anna({ faxNumber: '+442079460109' })), [/faxNumber: this number is not in phoneNumbers/])
})

t.test('an own emergency address is whole for its country; none at all is a warning', async (t) => {
  const address = { street: 'Baker Street', city: 'London', postcode: 'NW1 6XE' }
  t.same(problemsWith(anna({ emergencyAddress: { use: 'own', address } })), [])
  t.same(problemsWith(anna({ emergencyAddress: { use: 'own', address: { ...address, country: 'US' } } })), [
    'users[0].emergencyAddress.address.streetNumber: an emergency address in US needs it',
    'users[0].emergencyAddress.address.state: an emergency address in US needs it',
  ])
  t.same(problemsWith(anna({ emergencyAddress: { use: 'site', address } })), [
    'users[0].emergencyAddress.address: with use: site no address is used',
  ])
  t.match(warningsWith(anna({ emergencyAddress: { use: 'none' } })).join(), /service through his number is not assured/)
})

t.test('a list has members that are each one thing, and those abroad need leave', async (t) => {
  const list = (members: object[], more: object = {}) =>
    anna({ forwarding: { noAnswer: { to: { list: { order: 'sequential', members, ...more } } } } })
  t.same(problemsWith(list([{ user: 'ben', ringSeconds: 20 }, { number: '+442079461234' }])), [])
  t.match(problemsWith(list([])), [/list\.members: this list is too short/])
  t.match(problemsWith(list([{ user: 'ben', number: '+442079461234' }])), [/members\[0\]: there is more than one/])
  t.match(problemsWith(list([{ number: '+33123456789' }])), [/members\[0\]\.number: this number is abroad/])
  t.match(problemsWith(list([{ user: 'dora' }])), [/list\.members\[0\]\.user: there is no user with this id/])
  t.match(problemsWith(list([{ user: 'ben' }], { afterwards: {} })), [/afterwards: there is no destination/])
})

t.test('a blocked caller is not sent where calls do not go yet', async (t) => {
  t.same(warningsWith(anna({ blockList: { callers: ['anonymous'], treatment: { voicemail: true } } })), [
    'users[0].blockList.treatment.voicemail: no message can be taken yet: until then callers get busy (486), or 480',
  ])
})

t.test('who sets what calls do not follow yet is told', async (t) => {
  t.same(warningsWith(anna({ forwarding: { busy: { to: { voicemail: true } } } })), [
    'users[0].forwarding.busy.to.voicemail: no message can be taken yet: until then callers get busy (486), or 480',
  ])
  t.same(warningsWith(anna({ doNotDisturb: false, rules: [] })), [])
})
