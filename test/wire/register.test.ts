/** Registration by real SIPp and by the tests' own endpoint (RFC 3261 §10, RFC 7616, docs/trust.md). */
import t from 'tap'
import { Company } from './company.ts'
import { answerChallenge, readChallenge } from './digest.ts'
import { Endpoint, fresh } from './endpoint.ts'
import type { HeaderLine } from './message.ts'
import { headerValue, headerValues } from './message.ts'
import { freePort } from './ports.ts'
import { skipWithout } from './programs.ts'
import type { ScenarioDevice, Step } from './scenario.ts'
import { receive, sendRegister } from './scenario.ts'
import { RingdownServer } from './server.ts'
import { runSipp } from './sipp.ts'

t.setTimeout(240_000)

const company = new Company()
const [good, wrong, refreshed, gone, doubled, brief, thief, victim] = Array.from({ length: 8 }, () => company.person())
const [stale, realm, both, lost, overTcp, elsewhere] = Array.from({ length: 6 }, () =>
  company.person({ digestAlgorithms: ['SHA-256', 'MD5'] }),
)
const sipp = { skip: skipWithout('sipp') }
const server = await RingdownServer.start({ document: company.document() })
t.teardown(() => server.stopEmpty())

/** REGISTER, 401, REGISTER with credentials. */
function registration(device: ScenarioDevice, options: Parameters<typeof sendRegister>[1] = {}): Step[] {
  const { signIn: _later, ...asked } = options
  return [
    sendRegister(device, asked),
    receive(401, { challenge: true }),
    sendRegister(device, { signIn: device, ...options }),
  ]
}

t.test('a phone registers', sipp, async () => {
  await runSipp(
    'register',
    server.address,
    [...registration(good!), receive(200, { check: [{ header: 'Contact', pattern: 'expires=[1-9]' }] })],
    {
      port: await freePort(),
    },
  )
})

t.test('a wrong password is refused', sipp, async () => {
  await runSipp(
    'wrong password',
    server.address,
    [...registration(wrong!, { signIn: { ...wrong!, password: 'a guess' } }), receive(401)],
    { port: await freePort() },
  )
})

t.test('a user name nobody has is refused like a wrong password', sipp, async () => {
  // The south PBX offers MD5 alone, also to strangers: SIPp of Debian knows nothing else.
  const nobody = { userName: 'nobody', password: 'anything', domain: 'south.test' }
  await runSipp('unknown user', server.address, [...registration(nobody), receive(401)], { port: await freePort() })
})

t.test('a registration is refreshed', sipp, async () => {
  const port = await freePort()
  for (let round = 0; round < 2; round++) {
    await runSipp('refresh', server.address, [...registration(refreshed!), receive(200)], { port })
  }
  const mine = (await server.registrations()).filter((one) => JSON.stringify(one).includes(refreshed!.userName))
  if (mine.length !== 1) throw new Error(`One registration was to be left: ${JSON.stringify(mine)}`)
})

t.test('a phone takes its registration back', sipp, async (t) => {
  const port = await freePort()
  await runSipp('register', server.address, [...registration(gone!), receive(200)], { port })
  t.match(JSON.stringify(await server.registrations()), gone!.userName)
  await runSipp('unregister', server.address, [...registration(gone!, { expires: 0 }), receive(200)], { port })
  t.notMatch(JSON.stringify(await server.registrations()), gone!.userName)
})

t.test('all registrations of a device are taken back by *', async (t) => {
  const endpoint = (await Endpoint.openUdp(server.address, lost!.domain)).as(lost!.userName, lost!.password)
  t.teardown(() => endpoint.close())
  t.equal((await endpoint.register()).status, 200)
  t.equal((await endpoint.register(0, { contact: '*' })).status, 200)
  t.notMatch(JSON.stringify(await server.registrations()), lost!.userName)
})

t.test('one device registers two contacts, and both are told', sipp, async () => {
  const [first, second] = [await freePort(), await freePort()]
  await runSipp('first contact', server.address, [...registration(doubled!), receive(200)], { port: first })
  const check = [first, second].map((port) => ({ header: '', pattern: `Contact:[^\r\n]*:${port}` }))
  await runSipp('second contact', server.address, [...registration(doubled!), receive(200, { check })], {
    port: second,
  })
})

t.test('too short a registration gets 423 with Min-Expires', sipp, async () => {
  const check = [{ header: 'Min-Expires', pattern: '[1-9][0-9]*' }]
  await runSipp('too brief', server.address, [...registration(brief!, { expires: 1 }), receive(423, { check })], {
    port: await freePort(),
  })
})

t.test("a REGISTER for another's address gets 403", sipp, async () => {
  const steps = registration(thief!, { user: victim!.userName, signIn: thief! })
  await runSipp("another's address", server.address, [...steps, receive(403)], { port: await freePort() })
})

t.test('a stale nonce is answered by a new one, and no failed sign-in', async (t) => {
  const endpoint = (await Endpoint.openUdp(server.address, stale!.domain)).as(stale!.userName, stale!.password)
  t.teardown(() => endpoint.close())
  const uri = `sip:${endpoint.domain}`
  const options = { to: `<${endpoint.addressOfRecord}>`, callId: fresh('c') }
  const challenge = await endpoint.request('REGISTER', uri, options).final()
  t.equal(challenge.status, 401)
  const foreign = { ...readChallenge(headerValue(challenge, 'WWW-Authenticate'))!, nonce: '0'.repeat(53) }
  const old: HeaderLine = ['Authorization', answerChallenge(foreign, stale!, 'REGISTER', uri)]
  const again = await endpoint.request('REGISTER', uri, { ...options, cseq: 2, headers: [old] }).final()
  t.equal(again.status, 401)
  t.match(headerValues(again, 'WWW-Authenticate').join(), /stale=true/i)
  const right = endpoint.authorization(again, 'REGISTER', uri)
  t.equal((await endpoint.request('REGISTER', uri, { ...options, cseq: 3, headers: [right] }).final()).status, 200)
  const replayed = await endpoint.request('REGISTER', uri, { ...options, cseq: 4, headers: [right] }).final()
  t.equal(replayed.status, 401, 'a nonce count is taken once')
  t.match(headerValues(replayed, 'WWW-Authenticate').join(), /stale=true/i)
})

t.test('a realm that is none of ours is challenged again with the right one', async (t) => {
  const endpoint = (await Endpoint.openUdp(server.address, realm!.domain)).as(realm!.userName, realm!.password)
  t.teardown(() => endpoint.close())
  const uri = `sip:${endpoint.domain}`
  const options = { to: `<${endpoint.addressOfRecord}>`, callId: fresh('c') }
  const challenge = await endpoint.request('REGISTER', uri, options).final()
  const [name, value] = endpoint.authorization(challenge, 'REGISTER', uri)
  const foreign = value.replace(/realm="[^"]*"/, 'realm="elsewhere.example"')
  const again = await endpoint.request('REGISTER', uri, { ...options, cseq: 2, headers: [[name, foreign]] }).final()
  t.equal(again.status, 401)
  t.match(headerValue(again, 'WWW-Authenticate'), new RegExp(`realm="${realm!.domain}"`))
})

t.test('SHA-256 is offered before MD5, and both are taken', async (t) => {
  for (const algorithm of ['SHA-256', 'MD5'] as const) {
    const endpoint = (await Endpoint.openUdp(server.address, both!.domain)).as(both!.userName, both!.password)
    endpoint.algorithm = algorithm
    const challenge = await endpoint
      .request('REGISTER', `sip:${both!.domain}`, { to: `<${endpoint.addressOfRecord}>` })
      .final()
    t.match(
      headerValues(challenge, 'WWW-Authenticate').map((value) => /algorithm=([^,\s]+)/.exec(value)?.[1]),
      ['SHA-256', 'MD5'],
    )
    t.equal((await endpoint.register()).status, 200, algorithm)
    t.equal((await endpoint.register(0)).status, 200)
    await endpoint.close()
  }
})

t.test('a phone registers over TCP', async (t) => {
  const endpoint = (await Endpoint.openTcp(server.address, overTcp!.domain)).as(overTcp!.userName, overTcp!.password)
  t.teardown(() => endpoint.close())
  t.equal((await endpoint.register()).status, 200)
  t.equal((await endpoint.register(0)).status, 200)
})

t.test('SIPp registers over TCP', sipp, async () => {
  await runSipp('register by TCP', server.address, [...registration(good!), receive(200)], {
    port: await freePort(),
    transport: 'TCP',
  })
})

t.test('a REGISTER for a domain that is not ours is refused', async (t) => {
  const endpoint = (await Endpoint.openUdp(server.address, 'elsewhere.example')).as(
    elsewhere!.userName,
    elsewhere!.password,
  )
  t.teardown(() => endpoint.close())
  const response = await endpoint.register()
  t.ok([401, 403, 404].includes(response.status), response.startLine)
  t.notMatch(JSON.stringify(await server.registrations()), elsewhere!.userName)
})
