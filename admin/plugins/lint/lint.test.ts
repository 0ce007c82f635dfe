import t from 'tap'
import { smallCompany, startTestApplication } from '../../application-under-test.ts'
import { LintRuns } from './lint-runs.ts'

const document = `${smallCompany.trimEnd()}
  - {number: "+442079460109"}
  - {number: "+442079460107", user: hugo}
schedules:
  - id: office
    name: Office
    timeZone: Europe/London
    weekly: {monday: [{from: "09:00", to: "17:00"}]}
  - {id: never, name: Never, timeZone: Europe/London, weekly: {}}
`.replace(
  'devices:',
  `  - userName: cora
    firstName: Cora
    lastName: Clark
    email: cora@example.com
    site: leeds
    extension: "1003"
    active: false
  - userName: dean
    firstName: Dean
    lastName: Dale
    email: dean@example.com
    site: leeds
    extension: "9991"
  - userName: emma
    firstName: Emma
    lastName: Ellis
    email: emma@example.com
    site: leeds
    extension: "1005"
    rules:
      - {name: Holiday, when: {from: "2020-07-01T00:00", until: "2020-07-15T00:00"}, to: {user: anna}}
      - {name: First, who: {callers: ["+4420*"]}, to: {user: anna}}
      - {name: Second, who: {callers: ["+4420*"]}, to: {user: ben}}
    forwarding: {all: {to: {user: cora}}, busy: {to: {user: anna}}}
  - userName: finn
    firstName: Finn
    lastName: Frost
    email: finn@example.com
    site: leeds
    extension: "1006"
    forwarding: {noAnswer: {to: {user: gina}}}
  - userName: gina
    firstName: Gina
    lastName: Green
    email: gina@example.com
    site: leeds
    extension: "1007"
    forwarding: {noAnswer: {to: {user: finn}}}
  - userName: hugo
    firstName: Hugo
    lastName: Hill
    email: hugo@example.com
    site: leeds
    forwarding: {notReachable: {to: {user: cora}}}
  - userName: iris
    firstName: Iris
    lastName: Irving
    email: iris@example.com
    site: leeds
    extension: "1009"
    forwarding: {notReachable: {to: {number: "+441632960000"}}, busy: {enabled: false, to: {number: "+441632960001"}}}
    rules:
      - {name: List, to: {list: {order: simultaneous, members: [{number: "+441632960002"}]}}}
devices:`,
)

interface Finding {
  readonly kind: string
  readonly id: string
  readonly path: string
  readonly message: string
  readonly cure: string
  readonly title: string
}

t.test('each finding names entity, field, what is wrong and what to do', async (t) => {
  const application = await startTestApplication({ document })
  t.teardown(() => application.close())
  const answer = await application.ask('GET', '/v1/lint')
  t.equal(answer.statusCode, 200, answer.body)
  const { items, revision } = answer.json() as { items: Finding[]; revision: number }
  t.equal(revision, application.configuration.revision)
  const has = (kind: string, id: string, path: string, message: RegExp) => {
    const found = items.find(
      (item) => item.kind === kind && item.id === id && item.path === path && message.test(item.message),
    )
    t.ok(found, `${kind} ${id} ${path} ${message}`)
    t.ok(found === undefined || (found.cure !== '' && found.title !== ''))
  }
  has('user', 'emma', 'forwarding.all.to.user', /deactivated/)
  has('user', 'emma', 'rules[0].when.until', /Holiday is over/)
  has('user', 'emma', 'rules[2]', /First above it fits all calls that this one fits/)
  has('user', 'emma', 'forwarding.busy', /forward all calls takes/)
  has('user', 'finn', 'forwarding.noAnswer.to', /circle: finn to gina to finn/)
  has('user', 'dean', '', /no device/)
  has('user', 'hugo', '', /end with 480 .*no phone/)
  has('user', 'iris', 'forwarding.notReachable.to.number', /not be forwarded there: no trunk carries \+441632960000/)
  has('user', 'iris', 'rules[0].to.list.members[0].number', /no trunk/)
  t.notMatch(JSON.stringify(items), /1632960001/, 'a rule that is off')
  has('site', 'leeds', '', /emergency calls from here cannot leave/)
  has('user', 'dean', 'extension', /999/)
  has('phoneNumber', '+442079460109', '', /nobody has this number/)
  has('schedule', 'never', 'weekly', /never open/)
  has('schedule', 'office', '', /nothing goes by this schedule/)
  t.equal(items.filter(({ message }) => /circle/.test(message)).length, 1, 'each circle once')
  t.equal(items.filter(({ path }) => path === 'forwarding.all.to.user').length, 1, 'each field once')
  t.notMatch(JSON.stringify(items), /a-long-secret/)
  const schedules = (await application.ask('GET', '/v1/lint?kind=schedule')).json() as { items: Finding[] }
  t.ok(schedules.items.length > 0 && schedules.items.every(({ kind }) => kind === 'schedule'))
})

t.test('one run for all who ask, and another for another revision', async (t) => {
  const application = await startTestApplication()
  t.teardown(() => application.close())
  const runs = new LintRuns(application.dataFolder, Date.now)
  t.teardown(() => runs.close())
  const [one, two] = await Promise.all([runs.result(1), runs.result(1)])
  t.equal(one, two)
  t.equal(await runs.result(1), one)
  const { ok } = await application.configuration.write(
    [{ kind: 'phoneNumber', id: '+442079460150', body: { number: '+442079460150' } }],
    {
      actor: 'test',
      address: '',
      source: 'api',
    },
  )
  t.equal(ok, true)
  const next = await runs.result(application.configuration.revision)
  t.equal(next.revision, application.configuration.revision)
  t.equal(next.findings.length, one.findings.length + 1)
})
