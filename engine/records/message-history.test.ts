import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { openJournal } from './journal-file.ts'
import type { MessageTaken } from './message-events.ts'
import type { RecordedMessage } from './message-history.ts'
import { MessageHistory } from './message-history.ts'

const log = { info() {}, warn() {}, error() {} }

const taken: MessageTaken = {
  id: 'one',
  at: 1_700_000_000_000,
  from: { kind: 'user', id: 'anna', title: '1001 Anna' },
  to: { kind: 'user', id: 'ben', title: '1002 Ben' },
  dialled: '1002',
  contentType: 'text/plain',
  body: 'Gr\xc3\xbc\xc3\x9fe\n\nfrom me\n',
}

t.test(
  'what was told of messages is in the history, over a restart, with lines and characters as written',
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'ringdown-messages-'))
    t.teardown(() => rmSync(folder, { recursive: true, force: true }))
    const path = join(folder, 'records.db')
    const open = () =>
      openJournal(join(folder, 'journal'), { log, syncEveryMilliseconds: 20, records: { path, days: 1 } })
    const history = new MessageHistory(path)
    t.teardown(() => history.close())
    t.same(await history.list({}, null, 10), { messages: [], next: null }, 'nothing was recorded yet')
    const first = open()
    first.messageEvents.taken(taken)
    first.messageEvents.taken({
      ...taken,
      id: 'two',
      at: taken.at + 1000,
      to: { kind: 'user', id: 'cleo', title: '1003' },
    })
    await first.close()
    const second = open()
    second.messageEvents.settled('one', taken.at + 5000, 'delivered')
    second.messageEvents.taken({ ...taken, id: 'three', at: taken.at + 2000, body: 'lunch?' })
    second.messageEvents.settled('three', taken.at + 2000, 'discarded')
    await second.close()
    const all = await history.list({}, null, 10)
    t.same(
      all.messages.map(({ id, state }) => `${id} ${state}`),
      ['three discarded', 'two waiting', 'one delivered'],
      'newest first; records are kept for a day, messages for ever',
    )
    const one: RecordedMessage = {
      id: 'one',
      from: { id: 'anna', title: '1001 Anna' },
      to: { id: 'ben', title: '1002 Ben' },
      dialled: '1002',
      contentType: 'text/plain',
      body: 'Grüße\n\nfrom me\n',
      state: 'delivered',
      sentAt: taken.at,
      settledAt: taken.at + 5000,
    }
    t.same(all.messages[2], one)
    const idsOf = async (filter: Parameters<MessageHistory['list']>[0]) =>
      (await history.list(filter, null, 10)).messages.map(({ id }) => id)
    t.same(await idsOf({ user: 'cleo' }), ['two'])
    t.same(await idsOf({ user: 'anna', state: 'waiting' }), ['two'])
    t.same(await idsOf({ text: 'LUNCH' }), ['three'])
    t.same(await idsOf({ from: taken.at + 1, to: taken.at + 1500 }), ['two'])
    const page = await history.list({}, null, 2)
    t.same((await history.list({}, page.next, 2)).messages, [one])
  },
)
