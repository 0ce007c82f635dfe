/** Records of real calls: one for each attempt, with the rules that decided, over a crash too. */
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import t from 'tap'
import type { CallRecord } from '../../engine/records/call-record.ts'
import { CallRecords } from '../../engine/records/call-records.ts'
import { IncomingCall, OutgoingCall, talk } from './call.ts'
import { Company } from './company.ts'
import { registeredPhone, signedIn } from './phones.ts'
import { RingdownServer } from './server.ts'

t.setTimeout(120_000)

const company = new Company()
const callerPerson = company.person()
const other = company.person()
const heir = company.person()
const away = company.person({ forwarding: { notReachable: { name: 'To the heir', to: { user: heir.id } } } })
const blocking = company.person({ blockList: { callers: [callerPerson.extension] } })

t.test('each attempt has one record', async (t) => {
  const server = await RingdownServer.start({ document: company.document() })
  t.teardown(() => server.remove())
  const records = new CallRecords(`${server.dataFolder}/records.db`)
  t.teardown(() => records.close())
  const finished = async (count: number): Promise<readonly CallRecord[]> => {
    const deadline = Date.now() + 15_000
    for (;;) {
      const page = await records.list({}, null, 100)
      if (page.records.length === count && page.records.every(({ endedAt }) => endedAt !== null)) return page.records
      if (Date.now() > deadline) throw new Error(`Not ${count} finished records: ${JSON.stringify(page.records)}`)
      await sleep(50)
    }
  }
  const caller = await signedIn(t, server, callerPerson)
  const phone = await registeredPhone(t, server, other)
  const heirPhone = await registeredPhone(t, server, heir)

  const answered = await talk(caller, other.extension, phone)
  await Promise.all([answered.outgoing.hangUp(), answered.incoming.hungUp()])

  const forwarded = await OutgoingCall.start(caller, away.extension)
  const incoming = await IncomingCall.next(heirPhone)
  incoming.ring()
  await forwarded.status(180)
  await Promise.all([forwarded.cancel(), incoming.cancelled()])

  for (const dialled of [blocking.extension, '4999']) {
    const refused = await OutgoingCall.start(caller, dialled)
    await refused.final()
  }
  const [unknown, blocked, cancelled, call] = await finished(4)
  const title = `${callerPerson.extension} Nora Number ${callerPerson.extension}`
  t.match(call, {
    outcome: 'answered',
    endedBy: 'caller',
    status: 200,
    dialled: other.extension,
    revision: 1,
    caller: { kind: 'user', id: callerPerson.id, title },
    callee: { kind: 'user', id: other.id },
    steps: [{ facts: [`registered:${other.id}=1`, `lines:${other.id}=0`], rules: [] }],
  })
  t.ok((call?.answeredAt ?? 0) >= (call?.startedAt ?? 1) && (call?.endedAt ?? 0) >= (call?.answeredAt ?? 1))
  t.match(cancelled, {
    outcome: 'cancelled',
    endedBy: 'caller',
    status: 487,
    callee: null,
    steps: [{ rules: [{ user: away.id, step: 'not reachable', rule: 'To the heir' }] }],
  })
  t.match(blocked, {
    outcome: 'busy',
    status: 486,
    steps: [{ rules: [{ user: blocking.id, step: 'block list' }], rings: '' }],
  })
  t.match(unknown, { outcome: 'refused', status: 404, dialled: '4999' })

  const explained = async (record: CallRecord | undefined) => {
    const { code, output, errors } = await server.command('explain', '--call', record?.id ?? '')
    t.equal(code, 0, errors)
    t.notMatch(output, /NOT AS RECORDED/)
    return output
  }
  t.match(await explained(cancelled), /the rule "To the heir" is on.*=> ring Nora Number.*forwarded by.*487/s)
  t.match(await explained(blocked), /block list.*the caller gets 486.*Not answered: the caller got 486/s)
  t.match(await explained(unknown), /nothing fits 4999/)
  await ladderOf(t, server, call?.id ?? '')
  const none = await server.command('explain', '--call', 'no-such-call')
  t.equal(none.code, 1)
  t.match(none.errors, /There is no record of a call no-such-call/)

  const through = await talk(caller, other.extension, phone)
  const ringing = await OutgoingCall.start(await signedIn(t, server, callerPerson), heir.extension)
  const rung = await IncomingCall.next(heirPhone)
  rung.ring()
  await ringing.status(180)
  process.kill(await server.enginePid(), 'SIGKILL')
  t.equal((await ringing.final()).status, 500)
  await rung.cancelled()
  await Promise.all([through.incoming.hangUp(), through.outgoing.hungUp()])
  const [ended, survivor] = await finished(6)
  t.match(survivor, { outcome: 'answered', endedBy: 'callee', callee: { id: other.id } })
  t.match(ended, { outcome: 'failed', endedBy: 'server', status: 500, callee: null })
})

/** `trace` of an answered call shows both sides from the first INVITE to the last 200, without passwords. */
async function ladderOf(t: Test, server: RingdownServer, call: string): Promise<void> {
  const drawn = await server.command('trace', call, '--messages')
  t.equal(drawn.code, 0, drawn.errors)
  const [ladder = '', ...messages] = drawn.output.split('\n\n')
  const arrows = [...ladder.matchAll(/\|(?:<-|-) ([A-Z]+(?: [\w~-]+)?|\d+ [A-Za-z -]+?)(?: \([A-Z]+\))* -/g)].map(
    ([, name]) => name,
  )
  t.match(arrows.join(', '), /^INVITE \d+, .*INVITE \S+, .*200 OK, .*ACK, .*BYE, .*200 OK$/)
  t.equal(arrows.filter((name) => name === 'BYE').length, 2)
  t.match(ladder, /Ringdown/)
  t.match(messages.join('\n\n'), /\nAuthorization: Digest username="[^"]*", \*\*\*\n/)
  t.notMatch(drawn.output, /response="/)
  const file = `${server.dataFolder}/call.pcap`
  const captured = await server.command('trace', call, '--pcap', file)
  t.match(captured.output, /^\d+ messages are in /)
  t.equal(readFileSync(file).readUInt32LE(0), 0xa1b2c3d4)
  const unknown = await server.command('trace', 'no-such-call')
  t.equal(unknown.code, 2)
  t.match(unknown.errors, /no messages of call no-such-call are kept/)
}
