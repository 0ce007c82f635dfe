import { createHash } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import t from 'tap'
import { benchUsers } from './population.ts'
import { registerPhones } from './register-phones.ts'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/**
 * A registrar that challenges each request once and checks the answer; `status` to answer all with instead, `isBusy` to
 * turn each phone away at first.
 */
async function registrar(t: { teardown(close: () => void): void }, status: string, isBusy = false) {
  const socket = createSocket('udp4')
  const registered = new Set<string>()
  const turnedAway = new Set<string>()
  socket.on('message', (data, source) => {
    const request = data.toString('latin1')
    const copied = request.split('\r\n').filter((line) => /^(Via|From|To|Call-ID|CSeq):/.test(line))
    const respond = (line: string, headers: readonly string[]) =>
      socket.send(`${[`SIP/2.0 ${line}`, ...copied, ...headers].join('\r\n')}\r\n\r\n`, source.port)
    const value = (name: string): string => new RegExp(`[ ,]${name}="?([^",\r]*)`).exec(request)?.[1] ?? ''
    if (status !== '') return respond(status, [])
    const callId = /^Call-ID: (.*)\r$/m.exec(request)?.[1] ?? ''
    if (isBusy && !turnedAway.has(callId)) {
      turnedAway.add(callId)
      return respond('503 Service Unavailable', ['Retry-After: 0'])
    }
    if (!request.includes('Authorization:')) {
      return respond('401 Unauthorized', [
        'WWW-Authenticate: Digest realm="r", nonce="n", algorithm=SHA-256, qop="auth"',
      ])
    }
    const name = value('username')
    const user = benchUsers(100).find((one) => one.sipUserName === name)
    const answer = `n:00000001:${value('cnonce')}:auth:${sha256(`REGISTER:${value('uri')}`)}`
    const right = sha256(`${sha256(`${name}:r:${user?.password}`)}:${answer}`) === value('response')
    if (right) registered.add(name)
    return respond(right ? '200 OK' : '403 Forbidden', [])
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  t.teardown(() => socket.close())
  return { port: socket.address().port, registered }
}

t.test('all phones register with digest', async (t) => {
  const { port, registered } = await registrar(t, '')
  await registerPhones({ users: benchUsers(100), serverPort: port, phonePort: 0 })
  t.equal(registered.size, 100)
})

t.test('a phone that is turned away by an overloaded server comes back', async (t) => {
  const { port, registered } = await registrar(t, '', true)
  await registerPhones({ users: benchUsers(10), serverPort: port, phonePort: 0 })
  t.equal(registered.size, 10)
})

t.test('a refusal ends it and is named', async (t) => {
  const { port } = await registrar(t, '404 Not Found')
  const registering = registerPhones({ users: benchUsers(3), serverPort: port, phonePort: 0 })
  await t.rejects(registering, { message: 'The server refused the REGISTER of u00000: SIP/2.0 404 Not Found' })
})
