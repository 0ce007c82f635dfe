/** A real phone that watches a colleague's presence and its own mailbox (docs/lamps.md), also after the engine was killed. */
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { loopback } from '../wire/ports.ts'
import { skipWithout } from '../wire/programs.ts'
import { RingdownServer } from '../wire/server.ts'
import { Baresip } from './baresip.ts'

t.setTimeout(120_000)

const people = ['anna', 'ben']
const device = (user: string) => ({ userName: user, password: `password-of-${user}` })

t.test(
  'baresip watches presence and its mailbox, before and after a crash',
  { skip: skipWithout('baresip') },
  async (t) => {
    const server = await RingdownServer.start({
      document: {
        account: { name: 'Lamps' },
        pbxs: [{ id: 'north', name: 'North', domain: 'north.test', country: 'GB' }],
        sites: [{ id: 'n', name: 'N', pbx: 'north', timeZone: 'Europe/London' }],
        users: people.map((user, index) => ({
          userName: user,
          firstName: user,
          lastName: 'Baresip',
          email: 'a@example.com',
          site: 'n',
          extension: String(1001 + index),
        })),
        devices: people.map((user) => ({
          user,
          sipUserName: user,
          password: device(user).password,
          // It knows no other.
          digestAlgorithms: ['MD5'],
        })),
      },
    })
    t.teardown(() => server.remove())
    const anna = await Baresip.start(server.address, device('anna'), 440, '', loopback, ['1002'])
    t.teardown(() => anna.stop())
    await anna.registered()
    await anna.printed(/MWI for [^\n]*\n[^\n]*Messages-Waiting: no/)
    const watched = async () => {
      const { output } = await server.command('subscriptions', '--json')
      const entries = JSON.parse(output) as {
        readonly event: string
        readonly watched: string
        readonly user: string
      }[]
      return entries.map(({ event, watched, user }) => `${event} of ${watched} by ${user}`).sort()
    }
    const both = ['message-summary of anna by anna Baresip', 'presence of ben by anna Baresip']
    // It says what changed only where it knew what was before.
    while ((await watched()).length < both.length) await sleep(50)
    const ben = await Baresip.start(server.address, device('ben'), 1000)
    t.teardown(() => ben.stop())
    await ben.registered()
    await anna.printed(/changed status from [^\n]*Offline[^\n]*Online/)
    t.same(await watched(), both)

    process.kill(await server.enginePid(), 'SIGKILL')
    await anna.printed(/(?:MWI for .*){2}/s)
    t.same(await watched(), both, 'the next engine knows them, and has told the phone')
    await ben.command('dial', '1001')
    await anna.printed(/changed status from [^\n]*Online[^\n]*Busy/)
    await ben.command('hangup')
    await anna.printed(/changed status from [^\n]*Busy[^\n]*Online/)
    t.same(await watched(), both)
  },
)
