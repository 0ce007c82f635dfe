import t from 'tap'
import { problemsWith, warningsWith } from './acme.test.ts'

const office = {
  id: 'office',
  name: 'Office',
  timeZone: 'Europe/London',
  weekly: {
    monday: [
      { from: '09:00', to: '12:30' },
      { from: '12:30', to: '24:00' },
    ],
  },
  exceptions: [
    { date: '2026-12-25', until: '2026-12-28', holiday: true },
    { date: '2028-02-29', open: [{ from: '09:00', to: '12:00' }] },
  ],
}

function problems(change: object): string[] {
  return problemsWith({ schedules: [{ ...office, ...change }] })
}

t.test('a schedule has hours in order, in a zone that exists, on days that exist', async (t) => {
  t.same(problems({}), [])
  t.same(problems({ timeZone: 'Europe/Lndon' }), ['schedules[0].timeZone: this is no time zone'])
  t.same(problems({ weekly: { friday: [{ from: '17:00', to: '09:00' }] } }), [
    'schedules[0].weekly.friday[0]: this ends before it begins',
  ])
  t.same(
    problems({
      weekly: {
        friday: [
          { from: '09:00', to: '12:00' },
          { from: '11:59', to: '13:00' },
        ],
      },
    }),
    ['schedules[0].weekly.friday[1]: this begins before the one above ends (12:00)'],
  )
  t.same(problems({ exceptions: [{ date: '2027-02-29' }] }), ['schedules[0].exceptions[0].date: there is no such day'])
  t.same(problems({ exceptions: [{ date: '2027-02-03', until: '2027-02-01' }] }), [
    'schedules[0].exceptions[0].until: this is before the first day',
  ])
  t.same(problems({ exceptions: [{ date: '2027-02-03', until: '2027-02-05' }, { date: '2027-02-05' }] }), [
    'schedules[0].exceptions[1].date: this day is not after those above, which reach to 2027-02-05',
  ])
})

t.test('a schedule that is never open is a warning, and names are unique without regard to capitals', async (t) => {
  t.same(warningsWith({ schedules: [{ ...office, weekly: { monday: [] }, exceptions: [] }] }), [
    'schedules[0].weekly: this schedule is never open',
  ])
  const [problem, ...others] = problemsWith({ schedules: [office, { ...office, id: 'other', name: 'OFFICE' }] })
  t.match(problem, /^schedules\[1\]\.name: this name is already taken by schedule office/)
  t.same(others, [])
})
