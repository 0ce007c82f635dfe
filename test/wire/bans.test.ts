/**
 * Bans (docs/trust.md). Loopback is never banned, so this runs in a network of its own: the file starts itself again in a
 * namespace whose loopback interface has other addresses as well.
 */
import { spawnSync } from 'node:child_process'
import process from 'node:process'
import t from 'tap'
import { IncomingCall, OutgoingCall } from './call.ts'
import type { Person } from './company.ts'
import { Company } from './company.ts'
import { Endpoint } from './endpoint.ts'
import { freePort, loopback } from './ports.ts'
import { RingdownServer } from './server.ts'

/** Addresses for documentation: the server's, a guesser's, an office's. */
const [ours, guesser, office] = ['192.0.2.1', '198.51.100.1', '203.0.113.1']
const inside = process.env['RINGDOWN_TEST_NAMESPACE'] === '1'
const setUp = [
  'ip link set lo up',
  ...[ours, guesser, office].map((address) => `ip addr add ${address}/32 dev lo`),
].join(' && ')

t.setTimeout(120_000)
if (inside) await testBans()
else {
  const mayMake = spawnSync('unshare', ['-rn', 'sh', '-c', setUp]).status === 0
  if (mayMake) {
    const again = spawnSync(
      'unshare',
      ['-rn', 'sh', '-c', `${setUp} && exec "$0" "$1"`, process.execPath, import.meta.filename],
      {
        stdio: 'inherit',
        env: { ...process.env, RINGDOWN_TEST_NAMESPACE: '1' },
      },
    )
    process.exitCode = again.status ?? 1
  } else t.test('bans', { skip: 'no network namespace can be made here (unshare -rn, ip)' }, () => undefined)
}

async function testBans(): Promise<void> {
  const company = new Company()
  const [lost, present, elsewhere] = [company.person(), company.person(), company.person()]
  const emergencyPort = await freePort()
  company.trunk(emergencyPort, { emergency: 'first' })
  const server = await RingdownServer.start({
    document: company.document(),
    environment: { RINGDOWN_BIND: `${loopback},${ours}` },
  })
  t.teardown(() => server.stopEmpty())
  const from = async (address: string, person: Person, password = person.password): Promise<Endpoint> => {
    const endpoint = await Endpoint.openUdp({ address: ours, port: server.address.port }, person.domain, 0, address)
    t.teardown(() => endpoint.close())
    return endpoint.as(person.userName, password)
  }
  /** Ten wrong passwords for names of which each is not yet slowed. */
  const guess = async (address: string): Promise<void> => {
    for (let count = 0; count < 10; count++) {
      const guessing = await from(address, { ...lost, userName: `guess${count}` }, 'wrong')
      t.equal((await guessing.register()).status, 401)
    }
  }
  const callEmergency = async (caller: Endpoint): Promise<void> => {
    const service = await Endpoint.openUdp(server.address, undefined, emergencyPort)
    const call = await OutgoingCall.start(caller, '999')
    const answering = await IncomingCall.next(service)
    answering.answer()
    await Promise.all([call.answered(), answering.acknowledged()])
    await Promise.all([call.hangUp(), answering.hungUp()])
    await service.close()
  }
  const bans = async () => JSON.parse((await server.command('bans', '--json')).output) as { source: string }[]

  await t.test('an address that guesses is banned: no answer, to anybody there', async (t) => {
    await guess(guesser)
    await server.printed(/the source is banned/)
    t.same(
      (await bans()).map(({ source }) => source),
      [guesser],
    )
    const phone = await from(guesser, elsewhere)
    const silent = phone.request('REGISTER', `sip:${phone.domain}`)
    await new Promise((resolve) => setTimeout(resolve, 300))
    t.equal(silent.responses.length, 0)
    silent.stop()
    t.equal((await (await from(office, present)).register()).status, 200, 'others are not touched')
  })

  await t.test('an emergency call of a phone there goes through all the same', async () => {
    await callEmergency(await from(guesser, elsewhere))
  })

  await t.test('an office with a phone that is registered is slowed, not banned', async (t) => {
    await guess(office)
    t.same(
      (await bans()).map(({ source }) => source),
      [guesser],
    )
    t.equal((await (await from(office, present)).register()).status, 200, 'who is registered goes on')
    await callEmergency(await from(office, elsewhere))
  })

  await t.test('a ban that is lifted is over', async (t) => {
    t.match(await server.command('bans', '--lift', guesser), { code: 0, output: `${guesser} is answered again.\n` })
    t.same(await bans(), [])
    t.equal((await (await from(guesser, elsewhere)).register()).status, 200)
    t.match(await server.command('bans', '--lift', guesser), { code: 2, errors: /is not banned/ })
  })
}
