import t from 'tap'
import { problemsWith } from './acme.test.ts'

const contact = {
  id: 'tran',
  firstName: 'Thị Minh Khai',
  lastName: 'Trần',
  phoneNumbers: [
    { number: '+445558889999', type: 'WORK' },
    { number: '+84901234567', type: 'MOBILE' },
  ],
}

t.test('a contact has both names, and numbers each with a type', async (t) => {
  t.same(problemsWith({ contacts: [contact] }), [])
  t.same(problemsWith({ contacts: [{ id: 'tran', firstName: 'Minh' }] }), [
    'contacts[0].lastName: this field is missing',
  ])
  t.same(problemsWith({ contacts: [{ ...contact, phoneNumbers: [{ number: '+445558889999' }] }] }), [
    'contacts[0].phoneNumbers[0].type: this field is missing',
  ])
  t.same(
    problemsWith({ contacts: [{ ...contact, phoneNumbers: [contact.phoneNumbers[0], contact.phoneNumbers[0]] }] }),
    ['contacts[0].phoneNumbers[1].number: phoneNumbers[0] is the same number'],
  )
})

t.test('names may be long and in any script, up to 100 characters', async (t) => {
  t.same(problemsWith({ contacts: [{ ...contact, firstName: '名'.repeat(100) }] }), [])
  t.same(problemsWith({ contacts: [{ ...contact, firstName: '名'.repeat(101) }] }), [
    'contacts[0].firstName: this is longer than 100 characters',
  ])
})
