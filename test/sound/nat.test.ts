/**
 * Sound through address translation, between softphones in networks of their own: a phone behind a router that translates, and a
 * server behind one that is told nothing but its outer address.
 */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { baresipSound, heardIn } from '../phones/baresip.ts'
import { readWav, toneShare } from '../phones/tone.ts'
import type { Person } from '../wire/company.ts'
import { Company } from '../wire/company.ts'
import type { TestScope } from '../wire/phones.ts'
import { skipWithout } from '../wire/programs.ts'
import { RingdownServer } from '../wire/server.ts'
import type { Host } from './private-network.ts'
import { cannotMakeNetworks, PrivateNetwork } from './private-network.ts'

t.setTimeout(120_000)

const mediaPorts = { first: 20_000, last: 20_099 }
const port = 5060

/** A softphone on a host: says a tone, answers at once. */
class Phone {
  readonly folder = mkdtempSync(join(tmpdir(), 'ringdown-nat-'))
  readonly host: Host
  readonly #tone: number
  #process: ChildProcess | null = null
  output = ''

  /** @param own its address, as it sees it itself */
  constructor(host: Host, own: string, server: string, person: Person, tone: number) {
    this.host = host
    this.#tone = tone
    const account = `<sip:${person.userName}@${server}:${port};transport=udp>`
    const parameters = `auth_user=${person.userName};auth_pass=${person.password};regint=60;answermode=auto;audio_codecs=PCMU`
    writeFileSync(join(this.folder, 'accounts'), `${account};${parameters}\n`)
    writeFileSync(join(this.folder, 'contacts'), '')
    const settings = [
      `sip_listen ${own}:5060`,
      `net_interface ${own}`,
      'rtp_ports 30000-30100',
      ...baresipSound(this.folder, tone),
    ]
    writeFileSync(join(this.folder, 'config'), `${settings.join('\n')}\n`)
  }

  /** @param dials what it dials as soon as it runs; '': it waits to be called */
  start(dials = ''): void {
    const given = ['-f', this.folder, ...(dials === '' ? [] : ['-e', `/dial ${dials}`])]
    const child = this.host.spawn('baresip', given, process.env, this.folder)
    this.#process = child
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (bytes: Buffer) => {
        this.output = (this.output + bytes.toString('latin1')).slice(-6000)
      })
    }
  }

  get heardBytes(): number {
    return heardIn(this.folder).length
  }

  /** Share of what it heard last that is the tone of the other one. */
  heard(other: Phone): number {
    const { samplesPerSecond, samples } = readWav(heardIn(this.folder))
    return toneShare({ samplesPerSecond, samples: samples.slice(-8000) }, other.#tone)
  }

  async stop(): Promise<void> {
    const child = this.#process
    if (child !== null && child.exitCode === null && child.signalCode === null) {
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    }
    rmSync(this.folder, { recursive: true, force: true })
  }
}

async function until(isSo: () => boolean | Promise<boolean>, what: () => string, milliseconds = 20_000): Promise<void> {
  const deadline = Date.now() + milliseconds
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`Waited for ${what()}`)
    await sleep(100)
  }
}

/** A server on a host; the only thing that it is told of the networks is what it advertises. */
async function serverOn(
  t: TestScope,
  host: Host,
  bind: string,
  company: Company,
  advertised = '',
): Promise<RingdownServer> {
  const server = await RingdownServer.start({
    document: company.document(),
    port,
    environment: {
      RINGDOWN_BIND: bind,
      RINGDOWN_MEDIA_PROCESSES: '1',
      RINGDOWN_MEDIA_PORTS: `${mediaPorts.first}-${mediaPorts.last}`,
      ...(advertised === '' ? {} : { RINGDOWN_ADVERTISE: advertised }),
    },
    spawn: (program, given, environment) => host.spawn(program, given, environment, process.cwd()),
  })
  t.teardown(() => server.remove())
  await server.printed(/A media process is there/)
  return server
}

/** Each pair talks; all must hear each other. */
async function talkInPairs(
  server: RingdownServer,
  pairs: readonly (readonly [Phone, Phone, Person])[],
): Promise<string[]> {
  for (const [, callee] of pairs) callee.start()
  await until(
    async () => (await server.registrations()).length >= pairs.length,
    () => `registrations: ${pairs.map(([, callee]) => callee.output.slice(-800)).join('\n')}\n${server.log}`,
  )
  for (const [caller, , person] of pairs) caller.start(person.extension)
  await until(
    () => pairs.every(([one, other]) => one.heardBytes > 40_000 && other.heardBytes > 40_000),
    () =>
      `sound: ${pairs.map((pair) => pair.slice(0, 2).map((phone) => (phone as Phone).output.slice(-1500))).join('\n')}\n${server.log}`,
  )
  return pairs.flatMap(([one, other], index) =>
    [one.heard(other), other.heard(one)].flatMap((share, way) =>
      share > 0.8 ? [] : [`pair ${index}, way ${way}: ${share}`],
    ),
  )
}

const skip = skipWithout('baresip') || cannotMakeNetworks()

t.test('a phone behind address translation, and one that is not', { skip }, async (t) => {
  const network = new PrivateNetwork()
  t.teardown(() => network.remove())
  const internet = network.host('net')
  internet.route()
  const [here, there] = [network.host('srv'), network.host('b')]
  network.join(here, '203.0.113.2', internet, '203.0.113.1', 30)
  network.join(there, '198.51.100.2', internet, '198.51.100.1', 30)
  const router = network.translator('nat', internet, '198.51.100.6', '198.51.100.5')
  const inside = network.host('a')
  network.join(inside, '192.168.7.50', router.host, '192.168.7.1')
  const company = new Company()
  const [anna, ben] = [company.person({ ringSeconds: 20 }), company.person({ ringSeconds: 20 })]
  const server = await serverOn(t, here, '203.0.113.2', company)
  const a = new Phone(inside, '192.168.7.50', '203.0.113.2', anna, 440)
  const b = new Phone(there, '198.51.100.2', '203.0.113.2', ben, 1000)
  t.teardown(() => Promise.all([a.stop(), b.stop()]))
  t.same(await talkInPairs(server, [[b, a, anna]]), [], 'both hear each other')
})

t.test('a server behind address translation that is told its outer address', { skip }, async (t) => {
  const network = new PrivateNetwork()
  t.teardown(() => network.remove())
  const internet = network.host('net')
  internet.route()
  const there = network.host('b')
  network.join(there, '198.51.100.2', internet, '198.51.100.1', 30)
  const router = network.translator('nat', internet, '198.51.100.6', '198.51.100.5')
  const inside = network.host('a')
  network.join(inside, '192.168.7.50', router.host, '192.168.7.1')
  // The server's own network, whose router hands on what comes to SIP's port and to those of sound.
  const office = network.translator('office', internet, '203.0.113.6', '203.0.113.5')
  const [here, colleague] = [network.host('srv'), network.host('c')]
  network.join(here, '10.77.1.2', office.host, '10.77.1.1')
  network.join(colleague, '10.77.2.2', office.host, '10.77.2.1')
  for (const ports of [String(port), `${mediaPorts.first}:${mediaPorts.last}`]) {
    const rule = ['-t', 'nat', '-A', 'PREROUTING', '-i', office.outer, '-p', 'udp', '--dport', ports]
    office.host.run('iptables', [...rule, '-j', 'DNAT', '--to-destination', '10.77.1.2'])
  }
  const company = new Company()
  const [anna, ben, cleo, dan] = Array.from({ length: 4 }, () => company.person({ ringSeconds: 20 })) as [
    Person,
    Person,
    Person,
    Person,
  ]
  const server = await serverOn(t, here, '10.77.1.2', company, '203.0.113.6')
  const another = network.host('d')
  network.join(another, '192.168.8.50', router.host, '192.168.8.1')
  const a = new Phone(inside, '192.168.7.50', '203.0.113.6', anna, 440)
  const b = new Phone(there, '198.51.100.2', '203.0.113.6', ben, 1000)
  const c = new Phone(colleague, '10.77.2.2', '10.77.1.2', cleo, 620)
  const d = new Phone(another, '192.168.8.50', '203.0.113.6', dan, 1500)
  t.teardown(() => Promise.all([a, b, c, d].map((phone) => phone.stop())))
  const faults = await talkInPairs(server, [
    [a, b, ben],
    [c, d, dan],
  ])
  t.same(faults, [], 'outside, behind translation and in the office: all hear each other')
})
