/** Hosts and networks of their own on this machine (Linux network namespaces), joined by routers that translate addresses or do not. */
import type { ChildProcess } from 'node:child_process'
import { spawn, spawnSync } from 'node:child_process'
import { findProgram } from '../wire/programs.ts'

let networks = 0

/** Why hosts of their own cannot be made here; `false`: they can. */
export function cannotMakeNetworks(): string | false {
  if (process.platform !== 'linux') return 'network namespaces are of Linux'
  if (process.getuid?.() !== 0) return 'only root may make network namespaces'
  for (const program of ['ip', 'iptables']) {
    if (findProgram(program) === '') return `${program} is not installed: scripts/install-test-programs.mjs`
  }
  const name = `rd${process.pid}probe`
  if (spawnSync('ip', ['netns', 'add', name]).status !== 0) return 'the system makes no network namespaces'
  const rule = ['netns', 'exec', name, 'iptables', '-t', 'nat', '-A', 'POSTROUTING', '-j', 'MASQUERADE']
  const translates = spawnSync('ip', rule).status === 0
  const link = ['-n', name, 'link', 'add', 'probe0', 'type', 'veth', 'peer', 'name', 'probe1']
  const joins = spawnSync('ip', link).status === 0
  spawnSync('ip', ['netns', 'del', name])
  if (!translates) return 'the system does not translate addresses (MASQUERADE)'
  return joins ? false : 'the system has no pairs of network interfaces (veth)'
}

/** One host. */
export class Host {
  readonly name: string
  #links = 0

  constructor(name: string) {
    this.name = name
    run('ip', ['netns', 'add', name])
    this.run('ip', ['link', 'set', 'lo', 'up'])
  }

  /** The name of its next interface. */
  nextLink(): string {
    return `eth${this.#links++}`
  }

  /** Runs a program there to its end. @throws Error with what it said where it fails */
  run(program: string, given: readonly string[]): void {
    run('ip', ['netns', 'exec', this.name, program, ...given])
  }

  /** Starts a program there. */
  spawn(program: string, given: readonly string[], environment = process.env, folder = '/'): ChildProcess {
    const all = ['netns', 'exec', this.name, program, ...given]
    return spawn('ip', all, { env: environment, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  }

  /** Hands on what is not for it. */
  route(): void {
    this.run('sysctl', ['-qw', 'net.ipv4.ip_forward=1'])
  }
}

/** Hosts that belong together, and go together. */
export class PrivateNetwork {
  readonly #hosts: Host[] = []
  readonly #prefix = `rd${process.pid}n${networks++}`

  host(name: string): Host {
    const host = new Host(`${this.#prefix}${name}`)
    this.#hosts.push(host)
    return host
  }

  /** A cable between two hosts, whose ends have the addresses given; the first host reaches all else by the second. */
  join(host: Host, address: string, router: Host, routerAddress: string, length = 24): void {
    const [one, other] = [host.nextLink(), router.nextLink()]
    run('ip', ['-n', host.name, 'link', 'add', one, 'type', 'veth', 'peer', 'name', other, 'netns', router.name])
    for (const [at, link, own] of [
      [host, one, address],
      [router, other, routerAddress],
    ] as const) {
      at.run('ip', ['address', 'add', `${own}/${length}`, 'dev', link])
      at.run('ip', ['link', 'set', link, 'up'])
    }
    host.run('ip', ['route', 'add', 'default', 'via', routerAddress])
  }

  /**
   * A router between a network of its own and a cable to `outside`: those inside appear as its outer address, with ports of
   * its choice. @returns it, and the name of its outer interface
   */
  translator(
    name: string,
    outside: Host,
    address: string,
    gateway: string,
  ): { readonly host: Host; readonly outer: string } {
    const host = this.host(name)
    this.join(host, address, outside, gateway, 30)
    host.route()
    const outer = 'eth0'
    const rule = [
      '-t',
      'nat',
      '-A',
      'POSTROUTING',
      '-o',
      outer,
      '-p',
      'udp',
      '-j',
      'MASQUERADE',
      '--to-ports',
      '40000-60000',
    ]
    host.run('iptables', [...rule, '--random'])
    return { host, outer }
  }

  remove(): void {
    for (const { name } of this.#hosts) spawnSync('ip', ['netns', 'del', name])
  }
}

function run(program: string, given: readonly string[]): void {
  const { status, stderr, error } = spawnSync(program, given, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program} ${given.join(' ')}: ${error?.message ?? stderr}`)
}
