import t from 'tap'
import { entriesOf } from '../../../engine/config/document-entries.ts'
import { DocumentReader } from './document-reader.ts'

const frame = '{"version":1,"account":{"name":"A"},"pbxs":[{"id":"p","name":"P","domain":"p.test","country":"GB"}]'
const contacts = Array.from({ length: 2000 }, (_, index) => ({
  id: `c${index}`,
  firstName: 'Ada',
  lastName: 'Lovelace',
}))
const long = `${frame},"contacts":${JSON.stringify(contacts)}}`
const large = `contacts:\n${'- {a: b}\n'.repeat(200_000)}`

t.test('a long document is read in a thread as a short one is at once', async (t) => {
  const reader = new DocumentReader()
  t.teardown(() => reader.close())
  t.ok(long.length > 64 * 1024)
  t.same(await reader.read(long, 'a.json'), entriesOf(long, 'a.json'))
  t.same(await reader.read('{"account":', 'a.json'), entriesOf('{"account":', 'a.json'))
  const broken = await reader.read(`${long}}`, 'a.json')
  t.match(broken, { entries: null, problems: [{ message: /not JSON/ }] })
})

t.test('one that would take all memory, or all time, is a mistake of the document', async (t) => {
  const small = new DocumentReader({ milliseconds: 60_000, megabytes: 64 })
  t.teardown(() => small.close())
  t.match(await small.read(large, 'a.yaml'), {
    entries: null,
    problems: [{ path: '', value: '', message: /more than 64 MB of memory/ }],
  })
  const hasty = new DocumentReader({ milliseconds: 1, megabytes: 512 })
  t.teardown(() => hasty.close())
  t.match(await hasty.read(large, 'a.yaml'), { entries: null, problems: [{ message: /more than 0.001 s/ }] })
  t.match(await small.read(long, 'a.json'), { problems: [] }, 'the next one is read')
})

t.test('no more than a few wait', async (t) => {
  const reader = new DocumentReader()
  t.teardown(() => reader.close())
  const results = await Promise.all(Array.from({ length: 5 }, () => reader.read(long, 'a.json')))
  t.equal(results.filter((result) => result === null).length, 2)
  t.not(await reader.read(long, 'a.json'), null, 'later there is room again')
})
